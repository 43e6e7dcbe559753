/* SPDX-License-Identifier: MIT
 *
 * What the parts of loading share: complaints, and the documents that nodes live in.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <libfyaml.h>

#include "experiment_internal.h"
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

enum ov_status ov_loading_no_memory(struct ov_loading *l)
{
    l->failed = true;
    return ov_fail(l->err, OV_ENOMEM, "%s: out of memory", l->e && l->e->path ? l->e->path : "");
}

enum ov_status ov_documents_add(struct ov_experiment *e, struct fy_document *doc,
                                struct ov_error *err)
{
    struct ov_documents *d = e->documents;
    struct fy_document **grown = realloc(d->doc, (d->n + 1) * sizeof *grown);
    if (!grown) {
        fy_document_destroy(doc);
        return ov_fail(err, OV_ENOMEM, "out of memory");
    }
    d->doc = grown;
    d->doc[d->n++] = doc;
    return OV_OK;
}
