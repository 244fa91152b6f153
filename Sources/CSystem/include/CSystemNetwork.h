// Shims for Network; see CSystem.h.
#pragma once
