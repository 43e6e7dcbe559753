/* SPDX-License-Identifier: MIT
 *
 * What the parts of loading share: complaints, and the documents that nodes live in.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <libfyaml.h>

#include "experiment_internal.h"
#include "overlap/base/alloc.h"
#include "overlap/config/place.h"
#include "overlap/config/yaml.h"

enum ov_status ov_loading_fail(struct ov_loading *l, const char *setting, const char *fmt, ...)
{
    char message[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    char report[1024];
    snprintf(report, sizeof report, "--set %.400s: error: %s", setting, message);
    ov_report_clean(report);
    l->failed = true;
    return ov_report_add(l->err, report);
}

void ov_documents_add(struct ov_experiment *e, struct fy_document *doc)
{
    struct ov_documents *d = e->documents;
    d->doc = ov_xrealloc(d->doc, d->n + 1, sizeof(struct fy_document *));
    d->doc[d->n++] = doc;
}
