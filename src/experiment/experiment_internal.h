/* SPDX-License-Identifier: MIT
 *
 * What the loading of an experiment is made of: experiment.c reads the file's own keys, settings.c
 * --set, curves.c the curves, unread.c finds what was written in vain.
 */
#ifndef OVERLAP_EXPERIMENT_EXPERIMENT_INTERNAL_H
#define OVERLAP_EXPERIMENT_EXPERIMENT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include <libfyaml.h>

#include "overlap/experiment/experiment.h"

/* One --set. */
struct ov_setting {
    const char *text; /* "eta_w=0.1", as given */
    char *path;       /* "eta_w" */
    struct fy_node *value;
    const char *aimed; /* what it sets on the curves that it is meant for: "eta_w" of "K4.eta_w" */
    bool matched;      /* some curve is meant by it */
    bool applied;      /* and has what it sets */
};

/* A value written where several curves may read it: among the defaults, or by --set. */
struct ov_shared {
    struct fy_node *node;
    char *name;    /* as a path: "init.Q"; owned */
    size_t parent; /* index of the map it is in, or its own index */
    size_t later;  /* the settings from this one on may replace it */
    bool read;
    const char *why; /* why not, from a curve that does not */
    size_t curve;    /* that curve */
};

struct ov_loading {
    struct ov_experiment *e;
    const struct ov_load_options *options;
    struct ov_error *err; /* never NULL */
    bool failed;
    struct ov_setting *set; /* (n_set) */
    size_t n_set;
    struct ov_given *given; /* (n_default) the defaults, room for more */
    size_t n_default;
    struct ov_shared *shared; /* (n_shared) */
    size_t n_shared;
};

/* One key of `vary`. */
struct ov_axis {
    const char *name;
    struct fy_node *key, *list; /* as written: a list, or the map of a range */
    struct fy_node **value;     /* (n) owned */
    size_t n;
};

enum { OV_MOST_AXES = 8, OV_VARIES = OV_INT | OV_REAL | OV_WORD | OV_STRING };

/* One entry of the list of curves. */
struct ov_entry {
    struct fy_node *node, *id, *vary;
    const char *group;
    struct ov_given *own; /* (n_own) its keys besides id and vary */
    size_t n_own;
    struct ov_axis axis[OV_MOST_AXES];
    size_t n_axis;
    bool zip; /* the axes go on together, not each for all of the others */
};

#define OV_LOAD_FAIL(l, node, ...) ((l)->failed = true, ov_node_fail((node), (l)->err, __VA_ARGS__))

/* The text of a scalar, or NULL. */
static inline const char *ov_word_of(struct fy_node *node)
{
    return node && fy_node_is_scalar(node) ? fy_node_get_scalar0(node) : NULL;
}

/* The documents that an experiment's nodes live in. */
struct ov_documents {
    struct fy_document **doc; /* (n) */
    size_t n;
};
/* Hands a document over to the experiment. */
void ov_documents_add(struct ov_experiment *e, struct fy_document *doc);

/* Reports about a whole setting, "eta_w=0.1". Returns OV_EUSER. */
enum ov_status ov_loading_fail(struct ov_loading *l, const char *setting, const char *fmt, ...)
    OV_PRINTF(3, 4);

/* settings.c: reads all --set; the ones meant for a curve, appended to given[*n]; complains about
 * those that met nothing. Room for n_set more is the caller's. */
void ov_settings_read(struct ov_loading *l);
void ov_settings_apply(struct ov_given *given, size_t *n, struct ov_loading *l, const char *id,
                       const char *group);
void ov_settings_check(struct ov_loading *l);
/* The setting that sets a key (or part of it) of a curve as a whole, or NULL. */
const struct ov_setting *ov_settings_find(const struct ov_loading *l, const char *key,
                                          const char *id, const char *group);

/* unread.c: the list of shared values; what a curve read; complaints about what none did. */
void ov_shared_add(struct ov_loading *l, struct fy_node *node, const char *name, size_t later);
void ov_shared_note(struct ov_loading *l, size_t curve);
void ov_shared_check(struct ov_loading *l);
void ov_shared_free(struct ov_loading *l);

/* vary.c: the axes of an entry, OV_EUSER where there are mistakes in them. */
enum ov_status ov_axes_read(struct ov_entry *entry, struct ov_loading *l);
/* vary_range.c: the values of an axis whose list is a map. */
enum ov_status ov_axis_range(struct ov_axis *axis, const struct ov_key *key, struct ov_loading *l);

/* curves.c: all curves of the list. */
void ov_curves_read(struct ov_loading *l, struct fy_node *list);

#endif
