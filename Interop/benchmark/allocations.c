/* Counts what a process allocates, and how often Swift code in it retains and releases, into a file that the benchmark
 * reads while the process runs: LD_PRELOAD=allocations.so COUNTS=FILE peopled serve …
 *
 * The file holds three 64-bit numbers: allocations (realloc is one too), retains, releases. Calls within the Swift
 * runtime's own library are not seen, calls from the program and from other libraries are.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct counts { uint64_t allocations, retains, releases; };

static struct counts nowhere;
static struct counts *counts = &nowhere;    /* until the file is mapped */

static inline void count(uint64_t *which) { __atomic_fetch_add(which, 1, __ATOMIC_RELAXED); }

__attribute__((constructor)) static void map_counts(void) {
    const char *path = getenv("COUNTS");
    int descriptor = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (descriptor < 0 || ftruncate(descriptor, sizeof *counts) != 0) return;
    void *mapped = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapped != MAP_FAILED) counts = mapped;
    close(descriptor);
}

/* The C library's allocator, by the names it keeps for those who wrap it. */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    count(&counts->allocations);
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count(&counts->allocations);
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    count(&counts->allocations);
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    count(&counts->allocations);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **made, size_t alignment, size_t size) {
    void *memory = memalign(alignment, size);
    if (!memory) return ENOMEM;
    *made = memory;
    return 0;
}

/* The Swift runtime's reference counting. */

#define RETAINS(name) \
    void *name(void *object) { \
        static void *(*next)(void *); \
        if (!next) next = (void *(*)(void *))dlsym(RTLD_NEXT, #name); \
        count(&counts->retains); \
        return next(object); \
    }

#define RELEASES(name) \
    void name(void *object) { \
        static void (*next)(void *); \
        if (!next) next = (void (*)(void *))dlsym(RTLD_NEXT, #name); \
        count(&counts->releases); \
        next(object); \
    }

RETAINS(swift_retain)
RETAINS(swift_bridgeObjectRetain)
RELEASES(swift_release)
RELEASES(swift_bridgeObjectRelease)
