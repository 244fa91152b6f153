// Shims for Files; see CSystem.h.
#pragma once
