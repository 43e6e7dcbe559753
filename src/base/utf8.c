/* SPDX-License-Identifier: MIT
 *
 * Texts of anybody, character by character.
 */
#include "overlap/base/utf8.h"

size_t ov_utf8_next(uint32_t *code, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    *code = 0xfffd;
    if (n == 0 || s[0] > 0xf4)
        return 1;
    uint32_t c = n == 1 ? s[0] : s[0] & (0x7fU >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) /* the end of the text, too */
            return i;
        c = c << 6 | (s[i] & 0x3f);
    }
    bool overlong = (n == 3 && c < 0x800) || (n == 4 && c < 0x10000);
    if (!overlong && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff))
        *code = c;
    return n;
}

void ov_utf8_add(struct ov_text *t, const char *bytes, size_t n, uint32_t code)
{
    if (code == 0xfffd)
        ov_text_addf(t, "\xef\xbf\xbd");
    else
        ov_text_add(t, bytes, n);
}

void ov_utf8_add_all(struct ov_text *t, const char *text)
{
    uint32_t code;
    ov_text_add(t, "", 0);
    for (size_t n; *text; text += n) {
        n = ov_utf8_next(&code, text);
        ov_utf8_add(t, text, n, code);
    }
}
