/* SPDX-License-Identifier: MIT
 *
 * Texts of anybody, character by character.
 */
#ifndef OVERLAP_BASE_UTF8_H
#define OVERLAP_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/text.h"

/* The character at `text`, which is not at its end; 0xfffd where that is no UTF-8. Returns how many
 * bytes it takes, at least 1 and never beyond the end. */
size_t ov_utf8_next(uint32_t *code, const char *text);

/* Appends it: its n bytes, or U+FFFD. */
void ov_utf8_add(struct ov_text *t, const char *bytes, size_t n, uint32_t code);

/* Appends a whole text: what is no UTF-8 as U+FFFD. */
void ov_utf8_add_all(struct ov_text *t, const char *text);

#endif
