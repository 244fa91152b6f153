// Shims for Crypt; see CSystem.h.
#pragma once
