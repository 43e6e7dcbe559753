/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "overlap/base/utf8.h"
#include "overlap/paper/outcomes.h"

/* XML 1.0 knows no other characters (its section 2.2). */
static bool is_xml(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

/* Inside of an attribute in double quotes; line ends and tabs are kept there only as references. */
static void add_escaped(struct ov_text *t, const char *s)
{
    uint32_t code;
    for (size_t n; *s; s += n) {
        n = ov_utf8_next(&code, s);
        if (!is_xml(code))
            ov_utf8_add(t, s, n, 0xfffd);
        else if (code < 0x20 || code == 0x7f || strchr("&<>\"'", code < 0x80 ? (int)code : 'a'))
            ov_text_addf(t, "&#%u;", (unsigned)code);
        else
            ov_utf8_add(t, s, n, code);
    }
}

static void add_attribute(struct ov_text *t, const char *name, const char *value)
{
    ov_text_addf(t, " %s=\"", name);
    add_escaped(t, value);
    ov_text_addf(t, "\"");
}

static void add_case(struct ov_text *out, const struct ov_outcome *p)
{
    struct ov_text name = {0};
    ov_text_addf(&name, "%s%s%s", p->name, *p->says ? ": " : "", p->says);
    ov_text_addf(out, "    <testcase");
    add_attribute(out, "classname", p->group);
    add_attribute(out, "name", name.failed ? p->name : name.s);
    ov_text_free(&name);
    if (p->verdict == OV_PASS) {
        ov_text_addf(out, "/>\n");
        return;
    }
    ov_text_addf(out, ">\n      <%s", p->verdict == OV_SKIPPED ? "skipped" : "failure");
    if (p->verdict != OV_SKIPPED)
        add_attribute(out, "type", ov_verdict_name(p->verdict));
    add_attribute(out, "message", p->why);
    ov_text_addf(out, "/>\n    </testcase>\n");
}

static void add_counts(struct ov_text *out, const struct ov_outcome *p, size_t n)
{
    size_t failed = 0, skipped = 0;
    for (size_t i = 0; i < n; i++) {
        skipped += p[i].verdict == OV_SKIPPED;
        failed += p[i].verdict != OV_SKIPPED && p[i].verdict != OV_PASS;
    }
    ov_text_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", n, failed,
                 skipped);
}

void ov_outcomes_junit(struct ov_text *out, const struct ov_outcomes *all)
{
    ov_text_addf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"overlap\"");
    add_counts(out, all->point, all->n);
    for (size_t i = 0, end; i < all->n; i = end) {
        end = i;
        while (end < all->n && strcmp(all->point[end].group, all->point[i].group) == 0)
            end++;
        ov_text_addf(out, "  <testsuite");
        add_attribute(out, "name", all->point[i].group);
        add_counts(out, all->point + i, end - i);
        for (size_t k = i; k < end; k++)
            add_case(out, &all->point[k]);
        ov_text_addf(out, "  </testsuite>\n");
    }
    ov_text_addf(out, "</testsuites>\n");
}
