// Shims for Files; see CSystem.h.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

// open(2) is variadic in C, which Swift cannot call with a mode.
static inline int csystem_open(const char *path, int flags, unsigned mode) { return open(path, flags, mode); }

// mremap(2) is a GNU extension with an optional argument.
void *mremap(void *old_address, size_t old_size, size_t new_size, int flags, ...);
static inline void *csystem_grow_mapping(void *address, size_t old_size, size_t new_size) {
    return mremap(address, old_size, new_size, 1 /* MREMAP_MAYMOVE */);
}

// MAP_FAILED is a cast macro.
static inline bool csystem_is_map_failed(const void *address) { return address == (const void *)-1; }

// inotify: a directory in which files are renamed into place, written or removed.
static inline int csystem_watch_open(void) { return inotify_init1(IN_NONBLOCK | IN_CLOEXEC); }
static inline int csystem_watch_add(int watch, const char *directory) {
    return inotify_add_watch(watch, directory, IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR);
}

// CRC32C by the processor's instruction, eight octets at a time. The caller asks csystem_has_crc32c() first.
#if defined(__x86_64__)
static inline bool csystem_has_crc32c(void) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & (1u << 20)) != 0;
}
__attribute__((target("sse4.2"))) static inline uint32_t
csystem_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t wide = crc;
    for (; count >= 8; count -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = (uint32_t)wide;
    for (; count > 0; count--, bytes++) crc = __builtin_ia32_crc32qi(crc, *bytes);
    return crc;
}
#elif defined(__aarch64__)
static inline bool csystem_has_crc32c(void) { return (getauxval(AT_HWCAP) & (1ul << 7)) != 0; }
__attribute__((target("crc"))) static inline uint32_t
csystem_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (; count >= 8; count -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = __builtin_arm_crc32cd(crc, word);
    }
    for (; count > 0; count--, bytes++) crc = __builtin_arm_crc32cb(crc, *bytes);
    return crc;
}
#else
static inline bool csystem_has_crc32c(void) { return false; }
static inline uint32_t csystem_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) {
    (void)bytes, (void)count;
    return crc;
}
#endif

// SIGBUS: a page of a mapped file could not be read (the file shrank, or the disk failed). There is no right answer
// to give from it, so the process says so and ends at once; only write(2) and _exit(2) are allowed here.
static volatile sig_atomic_t csystem_bus_error_status = 74;
static inline void csystem_on_bus_error(int signal_number) {
    static const char text[] =
        "peopled: error: a mapped index file became unreadable (it was truncated, or its disk failed); "
        "stopping rather than answering from it; run 'peopled check'\n";
    (void)signal_number;
    ssize_t ignored = write(2, text, sizeof text - 1);
    (void)ignored;
    _exit(csystem_bus_error_status);
}
static inline int csystem_exit_on_bus_error(int status) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = csystem_on_bus_error;
    sigemptyset(&action.sa_mask);
    csystem_bus_error_status = status;
    return sigaction(SIGBUS, &action, NULL);
}
