/* SPDX-License-Identifier: MIT
 *
 * SHA-256 by OpenSSL: of bytes in memory, and of files piece by piece.
 */
#include "overlap/base/sha256.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

static void digest(unsigned char out[32], const void *bytes, size_t n)
{
    unsigned int length = 0;
    int ok = EVP_Digest(bytes, n, out, &length, EVP_sha256(), NULL);
    assert(ok == 1 && length == 32); /* fails only without a crypto provider */
    (void)ok;
}

static void print_hex(char hex[OV_KEY_SIZE], const unsigned char bytes[32])
{
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

void ov_sha256(char hex[OV_KEY_SIZE], const void *bytes, size_t n)
{
    unsigned char out[32];
    digest(out, bytes, n);
    print_hex(hex, out);
}

enum ov_status ov_sha256_file(char hex[OV_KEY_SIZE], const char *path, struct ov_error *err)
{
    unsigned char piece[65536], out[32];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f)
        return ov_fail(err, OV_EUSER, "%s: %s", path, strerror(errno));
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;
    while (good && (n = fread(piece, 1, sizeof piece, f)) > 0)
        good = EVP_DigestUpdate(ctx, piece, n) == 1;
    good = good && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
    enum ov_status status = good ? OV_OK : ov_fail(err, OV_ENOMEM, "%s: out of memory", path);
    if (ferror(f))
        status = ov_fail(err, OV_EUSER, "%s: %s", path, strerror(errno));
    if (status == OV_OK)
        print_hex(hex, out);
    EVP_MD_CTX_free(ctx);
    fclose(f);
    return status;
}
