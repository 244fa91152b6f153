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
    memset(data, 0, sizeof *data);
    free(data);
    return failed ? -1 : 0;
}
