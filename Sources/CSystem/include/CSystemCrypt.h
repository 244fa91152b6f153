// libcrypt's crypt(3) for stored {CRYPT} passwords; see CSystem.h. Its 32 KiB struct crypt_data is kept out of Swift.
#pragma once
#include <crypt.h>
#include <stdlib.h>
#include <string.h>

// The hash of `phrase` under `setting` into `output`, of at least CRYPT_OUTPUT_SIZE octets; 0, or -1 where libcrypt has
// no such method, the setting is malformed or memory is short.
static inline int csystem_crypt(const char *phrase, const char *setting, char *output) {
    struct crypt_data *data = calloc(1, sizeof *data);
    if (!data) return -1;
    const char *hash = crypt_rn(phrase, setting, data, sizeof *data);
    int failed = !hash || strlen(hash) >= CRYPT_OUTPUT_SIZE;
    if (!failed) strcpy(output, hash);
    explicit_bzero(data, sizeof *data);
    free(data);
    return failed ? -1 : 0;
}

// A setting for new hashes of the method that `prefix` names, of random octets, into `output`; 0, or -1 where libcrypt
// has no such method or takes the cost not.
static inline int csystem_crypt_setting(
    const char *prefix, unsigned long cost, const char *random, int random_count, char *output, int output_size) {
    return crypt_gensalt_rn(prefix, cost, random, random_count, output, output_size) ? 0 : -1;
}
