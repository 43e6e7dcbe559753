/* SPDX-License-Identifier: MIT
 *
 * overlap table --where: comparisons joined by `and`, those by `or`.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/alloc.h"
#include "overlap/claims/expr.h"
#include "table_internal.h"

static const char *const operators[] = {"==", "!=", "<=", ">=", "<", ">"};

static bool look_up(double *x, const void *ctx, const char *name)
{
    return ov_table_number(x, ctx, name);
}

static char *trimmed(const char *from, const char *to)
{
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    bool quoted = to - from > 1 && (*from == '\'' || *from == '"') && to[-1] == *from;
    return ov_xprintf("%.*s", (int)((to - from) - 2 * quoted), from + quoted);
}

static bool compare(int op, double a, double b)
{
    bool same = fabs(a - b) <= 1e-12 * fmax(fabs(a), fabs(b));
    bool is[] = {same, !same, a <= b || same, a >= b || same, a < b && !same, a > b && !same};
    return is[op];
}

/* left OP right: of texts where `left` names one, else of formulas. */
static enum ov_status decide(bool *yes, const struct place *p, const char *left, int op,
                             const char *right, struct ov_error *err)
{
    char text[TEXT_ROOM];
    double a, b;
    size_t column;
    if (ov_expr_name(left) == strlen(left) && !ov_table_number(&a, p, left) &&
        ov_table_text(text, p, left)) {
        if (op > 1)
            return ov_fail(err, OV_EUSER, "--where: '%s' is a text: == and != only", left);
        *yes = (strcmp(text, right) == 0) == (op == 0);
        return OV_OK;
    }
    enum ov_status status = ov_expr_evaluate(&a, left, look_up, p, p->c->variable, &column, err);
    if (status == OV_OK)
        status = ov_expr_evaluate(&b, right, look_up, p, p->c->variable, &column, err);
    if (status != OV_OK)
        ov_error_context(err, "--where, curve %s", p->c->id);
    *yes = status == OV_OK && compare(op, a, b);
    return status;
}

static enum ov_status one_condition(bool *yes, const struct place *p, const char *from,
                                    const char *to, struct ov_error *err)
{
    for (const char *at = from; at < to; at++)
        for (int op = 0; op < 6; op++) {
            size_t n = strlen(operators[op]);
            if (strncmp(at, operators[op], n) != 0)
                continue;
            char *left = trimmed(from, at), *right = trimmed(at + n, to);
            enum ov_status status = decide(yes, p, left, op, right, err);
            free(left);
            free(right);
            return status;
        }
    return ov_fail(err, OV_EUSER, "--where: '%.*s' compares nothing: it takes ==, !=, <, <=, >, >=",
                   (int)(to - from), from);
}

/* Where the next `word`, with blanks around it, stands; the end of s if there is none. */
static const char *next_word(const char *s, const char *end, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = s; at + n + 2 <= end; at++)
        if (isspace((unsigned char)at[0]) && strncmp(at + 1, word, n) == 0 &&
            isspace((unsigned char)at[n + 1]))
            return at + 1;
    return end;
}

enum ov_status ov_table_where(bool *yes, const struct place *p, const char *where,
                              struct ov_error *err)
{
    const char *end = where + strlen(where);
    enum ov_status status = OV_OK;
    *yes = false;
    for (const char *any = where; any < end && !*yes && status == OV_OK;) {
        const char *stop = next_word(any, end, "or");
        bool all = true;
        for (const char *each = any; each < stop && status == OV_OK;) {
            const char *here = next_word(each, stop, "and");
            bool one = false;
            status = one_condition(&one, p, each, here, err);
            all = all && one;
            each = here < stop ? here + 3 : stop;
        }
        *yes = all;
        any = stop < end ? stop + 2 : end;
    }
    return status;
}
