// Preloaded into peopled (LD_PRELOAD), ends it by SIGKILL at one chosen call that changes files, as a crash would.
//   KILL_AT=N      the N-th such call, counted from 1, is not made
//   KILL_TORN=1    if that call is a write, half of it is made first
//   KILL_COUNT=F   writes how many such calls were made to F at the end, for those who want to try them all
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

// True when this call is the one to die at.
static int is_last(void) {
    const char *chosen = getenv("KILL_AT");
    long call = atomic_fetch_add(&calls, 1) + 1;
    return chosen != NULL && call == atol(chosen);
}

static void die(void) { kill(getpid(), SIGKILL); }

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("KILL_COUNT");
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    if (file == NULL) return;
    fprintf(file, "%ld\n", atomic_load(&calls));
    fclose(file);
}

#define REAL(type, name, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

#define PWRITE(name, offset_type)                                                                                     \
    ssize_t name(int file, const void *bytes, size_t count, offset_type offset) {                                     \
        ssize_t (*real)(int, const void *, size_t, offset_type) = REAL(ssize_t, name, int, const void *, size_t, offset_type); \
        if (is_last()) {                                                                                               \
            if (getenv("KILL_TORN") != NULL) real(file, bytes, count / 2, offset);                                    \
            die();                                                                                                    \
        }                                                                                                             \
        return real(file, bytes, count, offset);                                                                      \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define OPEN(name)                                                                                                    \
    int name(const char *path, int flags, ...) {                                                                      \
        va_list rest;                                                                                                 \
        va_start(rest, flags);                                                                                        \
        mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0;                                                   \
        va_end(rest);                                                                                                 \
        if ((flags & O_CREAT) && is_last()) die();                                                                    \
        return REAL(int, name, const char *, int, ...)(path, flags, mode);                                            \
    }
OPEN(open)
OPEN(open64)

int fsync(int file) {
    if (is_last()) die();
    return REAL(int, fsync, int)(file);
}

int ftruncate(int file, off_t length) {
    if (is_last()) die();
    return REAL(int, ftruncate, int, off_t)(file, length);
}

int ftruncate64(int file, off64_t length) {
    if (is_last()) die();
    return REAL(int, ftruncate64, int, off64_t)(file, length);
}

int rename(const char *from, const char *to) {
    if (is_last()) die();
    return REAL(int, rename, const char *, const char *)(from, to);
}

int unlink(const char *path) {
    if (is_last()) die();
    return REAL(int, unlink, const char *)(path);
}

int mkdir(const char *path, mode_t mode) {
    if (is_last()) die();
    return REAL(int, mkdir, const char *, mode_t)(path, mode);
}
