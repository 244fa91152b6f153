// What a process may do and leave behind; see CSystem.h.
#pragma once
#include <sys/prctl.h>
#include <sys/resource.h>

// No core dump, neither by the kernel nor by who it hands them to: prctl(2), which is variadic in C, and setrlimit(2).
static inline int csystem_forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) | prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// No program that is run from here has more rights than this process, whatever bits its file has.
static inline int csystem_forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
