/* SPDX-License-Identifier: MIT
 *
 * Invariants: what must hold whatever the user does. A build with OV_CHECKED (make CHECKED=1)
 * evaluates them and aborts with the place; the others compile them and spend nothing.
 */
#ifndef OVERLAP_BASE_CHECK_H
#define OVERLAP_BASE_CHECK_H

#if defined(OV_CHECKED)
#define OV_CHECK(condition)                                                                        \
    ((condition) ? (void)0 : ov_check_failed(__FILE__, __LINE__, __func__, #condition))
#else
#define OV_CHECK(condition) ((void)(0 && (condition)))
#endif

/* Says "FILE:LINE: FUNCTION: CONDITION does not hold" on stderr and aborts. */
void ov_check_failed(const char *file, int line, const char *function, const char *condition)
    __attribute__((noreturn));

#endif
