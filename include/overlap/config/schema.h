/* SPDX-License-Identifier: MIT
 *
 * Configuration as typed values with a place. YAML is read through libfyaml; every key is declared
 * once, in a table of struct ov_key (type, range, default, meaning); what does not fit is reported
 * as FILE:LINE:COLUMN: error: what is wrong; did you mean 'eta_w'? followed by the excerpt. All
 * mistakes found in one reading are reported together, one line (and excerpt) each. A value
 * remembers whether somebody read it, so that keys that nothing reads can be reported too.
 */
#ifndef OVERLAP_CONFIG_SCHEMA_H
#define OVERLAP_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/config/place.h"

struct fy_node;
struct ov_field;

/* What a key's value may be; a bit each, so that a key can allow several. */
enum ov_type {
    OV_INT = 1,        /* whole number */
    OV_REAL = 2,       /* finite number; whole numbers too */
    OV_BOOL = 4,       /* true or false */
    OV_WORD = 8,       /* one of `words` */
    OV_STRING = 16,    /* any text, not empty */
    OV_LIST = 32,      /* numbers: [0, 1, 10] */
    OV_MATRIX = 64,    /* rows of numbers of equal length: [[1, 0], [0, 1]] */
    OV_MAP = 128,      /* keys as `map` declares them */
    OV_STRINGS = 256,  /* texts: [K2, K4] */
    OV_ANY = 512,      /* whatever is there: only its place is kept, somebody else reads it */
    OV_MAPS = 1024,    /* a list of maps, each with keys as `each` declares them */
    OV_MATRICES = 2048 /* a list of matrices */
};

struct ov_key {
    const char *name; /* NULL ends a table */
    unsigned types;   /* enum ov_type, or-ed */
    double min, max;  /* inclusive, for numbers and the elements of lists and matrices; INFINITY on
                         either side is no limit, and so is min = max = 0 */
    const char *const *words; /* for OV_WORD, NULL at the end */
    const struct ov_key *map; /* for OV_MAP */
    const char *fallback;     /* the default as YAML text (of a map: no more than its keys' own
                                 defaults); OV_REQUIRED; or OV_OPTIONAL */
    const char *doc;          /* one line for people, units included */

    /* Where the value is kept and what it belongs to (config/param.h); nothing: whoever asks for
     * the value reads it. */
    const struct ov_field *field;
    unsigned of;       /* enum ov_belongs, or-ed */
    size_t at;         /* byte of the field in the struct that the table is for */
    size_t rows, cols; /* of an array: bytes of the size_t that hold its shape */
    const char *shape; /* of an array, for messages: "teacher has M", "K x M" */

    const struct ov_key *each; /* for OV_MAPS */
};
#define OV_REQUIRED ((const char *)0) /* missing: an error */
#define OV_OPTIONAL ""                /* missing: no value (ov_value_get gives NULL) */

struct ov_value {
    enum ov_type type;
    const struct ov_key *key;  /* NULL for the root */
    const struct ov_key *keys; /* OV_MAP: its table */
    struct fy_node *node;      /* its place; NULL for a default */
    double number;             /* OV_INT, OV_REAL, OV_BOOL (0 or 1) */
    char *string;              /* OV_WORD, OV_STRING; owned */
    double *array;             /* OV_LIST (cols), OV_MATRIX (rows, cols) row-major; owned */
    size_t rows, cols;
    char **strings;        /* OV_STRINGS (cols); owned */
    struct ov_value *item; /* OV_MAP: (n_item) one for each key of the table that has a value, in
                              the order of the table; OV_MAPS, OV_MATRICES: (n_item) each of the
                              list, with the list's own key; owned */
    size_t n_item;
    const char
        *dir; /* of the root: the directory that relative paths mean; not owned; may be NULL */
    bool read;
    const char *why; /* why nobody will read it, as after "curve K4 ": "has no theory"; or NULL */
};

/* One given key, where a mapping is put together from several places. */
struct ov_given {
    const char *name;    /* outlives the reading */
    struct fy_node *key; /* its place, or NULL: then the value's */
    struct fy_node *value;
    bool path; /* the name is a path: "init.std" goes into the map `init`, given or default */
};

/* Reads a mapping node against a table.
 *   out  value   an OV_MAP; on error safe to free
 *   in   node    NULL means an empty mapping (all defaults)
 *   in   what    for messages: "curve", "claim"
 * Defaults are filled in (given = false is `node == NULL`). Unknown keys get a did-you-mean from
 * the table; duplicate keys, wrong types, empty texts, non-finite numbers and ranges are reported.
 * Returns OV_OK or OV_EUSER with all mistakes in err->text. */
OV_NODISCARD enum ov_status ov_schema_read(struct ov_value *value, struct fy_node *node,
                                           const struct ov_key *keys, const char *what,
                                           struct ov_error *err);

/* The same for keys gathered by the caller: of two with one name the later holds.
 *   in   where  the place for what is missing, and the root's node; may be NULL
 *   in   given  (n) */
OV_NODISCARD enum ov_status ov_schema_read_given(struct ov_value *value, struct fy_node *where,
                                                 const struct ov_given *given, size_t n,
                                                 const struct ov_key *keys, const char *what,
                                                 struct ov_error *err);

/* The entry of a table that a name or a path ("init.std") leads to, or NULL. */
const struct ov_key *ov_schema_find(const struct ov_key *keys, const char *path);

/* The number that a plain text is: decimal digits with an optional sign, point and exponent,
 * nothing else; finite. False if it is none. */
bool ov_schema_number(double *x, const char *text);

void ov_value_free(struct ov_value *v); /* frees what v owns, not v; NULL-safe */

/* The item of a map by name, marked as read; NULL if it has no value. A name that the table does
 * not have is a programmer's error and asserts. */
struct ov_value *ov_value_get(struct ov_value *map, const char *name);

/* Scalars of a map that must have them (required or with a default); marks them read. */
double ov_value_number(struct ov_value *map, const char *name);
const char *ov_value_string(struct ov_value *map, const char *name);

/* The value at a path ("init.Q", "N"), not marked as read; NULL if there is none. */
struct ov_value *ov_value_find(struct ov_value *map, const char *path);

/* Says why an item, if given, is not read, or was in vain. `why` is a string constant. */
void ov_value_unused(struct ov_value *map, const char *name, const char *why);

/* The first given (not default) value in the tree that nobody read, or NULL. */
const struct ov_value *ov_value_unread(const struct ov_value *v);

/* Fails with OV_EUSER at the value's place: "FILE:LINE:COL: error: …" with the excerpt; without a
 * place (a default) "error: KEY: …". Appended to what err already holds, on a new line, unless the
 * same line stands there already; when the room is used up, a last line says that there are more.
 */
enum ov_status ov_value_fail(const struct ov_value *v, struct ov_error *err, const char *fmt, ...)
    OV_PRINTF(3, 4);
/* The same at byte `offset` of a text: a formula's mistake is where it is written, quotes and
 * escapes before it counted. A text that goes over several lines is reported at its start. */
enum ov_status ov_value_fail_within(const struct ov_value *v, size_t offset, struct ov_error *err,
                                    const char *fmt, ...) OV_PRINTF(4, 5);
/* The candidate nearest to `word` in edits (insert, delete, change, swap; case counts half) if it
 * is near enough to be a slip (at most 1 + length/3 edits, and fewer than the word is long), else
 * NULL. names: NULL at the end. */
const char *ov_suggest(const char *word, const char *const *names);
/* The end of a complaint about a word: "; did you mean 'NEAR'?", or nothing. Used as
 * ov_hint(word, names).text, which lasts as long as the statement. names may be NULL. */
struct ov_hint {
    char text[300];
};
struct ov_hint ov_hint(const char *word, const char *const *names);

/* Writes the reference of a table for people: one paragraph a key with type, range, default, doc.
 */
void ov_schema_document(struct ov_text *out, const struct ov_key *keys, int indent);

/* How a word picks keys, the narrowest way first. */
enum ov_match {
    OV_MATCH_PATH,  /* the whole path: init.std */
    OV_MATCH_NAME,  /* the last name of it, or a pattern as a shell has them: std, eta_* */
    OV_MATCH_PART,  /* a part of the name */
    OV_MATCH_MEANS, /* a part of what it means, or of its words: noise */
    OV_N_MATCHES
};

/* The reference of those keys alone, at any depth, each with its path. Case does not count.
 * Returns how many there are. */
size_t ov_schema_document_matches(struct ov_text *out, const struct ov_key *keys, const char *word,
                                  enum ov_match how);

#endif
