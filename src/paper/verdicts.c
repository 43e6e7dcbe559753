/* SPDX-License-Identifier: MIT
 *
 * Writes verdicts.json: the claims, the numbers of the paper and what was found wrong, in one
 * file.
 */
#include "overlap/paper/verdicts.h"

#include <jansson.h>

#include "overlap/base/utf8.h"

/* What is no UTF-8 becomes U+FFFD. */
static json_t *text_json(const char *text)
{
    struct ov_text t = {0};
    ov_utf8_add_all(&t, text);
    json_t *string = t.failed ? NULL : json_string(t.s);
    ov_text_free(&t);
    return string;
}

static json_t *paper_json(const char *paper, const struct ov_paper_report *report)
{
    json_t *list = json_array();
    bool good = list;
    for (size_t i = 0; good && i < report->n_point; i++) {
        const struct ov_paper_point *p = &report->point[i];
        json_t *point = json_pack("{s:I, s:I, s:s, s:o}", "line", (json_int_t)p->line, "column",
                                  (json_int_t)p->column, "verdict", ov_verdict_name(p->verdict),
                                  "text", text_json(p->text));
        good = point && json_array_append_new(list, point) == 0;
    }
    if (good)
        return json_pack("{s:{s:o, s:o}}", "paper", "path", text_json(paper), "points", list);
    json_decref(list);
    return NULL;
}

/* Takes `more` over; NULL: memory ran out. */
static enum ov_status write_with(json_t *more, const char *path, const struct ov_claims *claims,
                                 struct ov_error *err)
{
    enum ov_status status = more ? ov_claims_write_json(claims, more, path, err)
                                 : ov_fail(err, OV_ENOMEM, "%s: out of memory", path);
    json_decref(more);
    return status;
}

enum ov_status ov_verdicts_write(const char *path, const struct ov_claims *claims,
                                 const char *paper, const struct ov_paper_report *report,
                                 struct ov_error *err)
{
    return write_with(paper ? paper_json(paper, report) : json_object(), path, claims, err);
}

enum ov_status ov_verdicts_broken(const char *path, const char *why, struct ov_error *err)
{
    struct ov_claims none = {0};
    return write_with(json_pack("{s:o}", "broken", text_json(why)), path, &none, err);
}
