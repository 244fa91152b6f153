// The processor's advice instructions; see CSystem.h.
#pragma once

// Asks for the cache line of an address. Never faults, whatever the address.
static inline void csystem_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }
