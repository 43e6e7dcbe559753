/* SPDX-License-Identifier: MIT
 *
 * Rows of parameters at work: into a struct, out of it as text, and as numbers of formulas.
 */
#include "overlap/config/param.h"

#include <string.h>

#define FIELD(type, base, key) (*(type *)((char *)(base) + (key)->at))
#define KEPT(type, base, key) (*(const type *)((const char *)(base) + (key)->at))

/* ---- the kinds of fields ---- */

enum ov_status ov_take_size(void *base, const struct ov_key *key, const struct ov_value *v,
                            struct ov_error *err)
{
    (void)err;
    FIELD(size_t, base, key) = (size_t)v->number;
    return OV_OK;
}

void ov_say_size(struct ov_text *out, const struct ov_key *key, const void *base)
{
    ov_text_addf(out, "%s: %zu\n", key->name, KEPT(size_t, base, key));
}

bool ov_number_size(double *x, const struct ov_key *key, const void *base)
{
    *x = (double)KEPT(size_t, base, key);
    return true;
}

static void say_known(struct ov_text *out, const struct ov_key *key, const void *base)
{
    if (KEPT(size_t, base, key) > 0)
        ov_say_size(out, key, base);
}

bool ov_number_known(double *x, const struct ov_key *key, const void *base)
{
    return ov_number_size(x, key, base) && *x > 0.0;
}

enum ov_status ov_take_real(void *base, const struct ov_key *key, const struct ov_value *v,
                            struct ov_error *err)
{
    (void)err;
    FIELD(double, base, key) = v->number;
    return OV_OK;
}

static void say_real(struct ov_text *out, const struct ov_key *key, const void *base)
{
    ov_say_numbers(out, key->name, &KEPT(double, base, key), 1);
}

static bool number_real(double *x, const struct ov_key *key, const void *base)
{
    *x = KEPT(double, base, key);
    return true;
}

static enum ov_status take_flag(void *base, const struct ov_key *key, const struct ov_value *v,
                                struct ov_error *err)
{
    (void)err;
    FIELD(bool, base, key) = v->type != OV_BOOL || v->number != 0.0;
    return OV_OK;
}

static void say_flag(struct ov_text *out, const struct ov_key *key, const void *base)
{
    if (KEPT(bool, base, key))
        ov_text_addf(out, "%s: true\n", key->name);
}

static enum ov_status take_word(void *base, const struct ov_key *key, const struct ov_value *v,
                                struct ov_error *err)
{
    unsigned i = 0;
    (void)err;
    while (key->words[i] && (v->type == OV_MAP || strcmp(key->words[i], v->string) != 0))
        i++;
    FIELD(unsigned, base, key) = i;
    return OV_OK;
}

static void say_word(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const char *word = key->words[KEPT(unsigned, base, key)];
    ov_text_addf(out, "%s: %s\n", key->name, word ? word : "given");
}

const struct ov_field ov_as_size = {ov_take_size, ov_say_size, ov_number_size};
const struct ov_field ov_as_known = {ov_take_size, say_known, ov_number_known};
const struct ov_field ov_as_real = {ov_take_real, say_real, number_real};
const struct ov_field ov_as_flag = {take_flag, say_flag, NULL};
const struct ov_field ov_as_word = {take_word, say_word, NULL};

/* ---- whole tables ---- */

enum ov_status ov_params_take(void *base, struct ov_value *map, struct ov_error *err)
{
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < map->n_item && status == OV_OK; i++) {
        struct ov_value *v = &map->item[i];
        if (v->why)
            continue;
        if (v->key->field && v->key->field->take) {
            v->read = true;
            status = v->key->field->take(base, v->key, v, err);
        }
        if (status == OV_OK && v->type == OV_MAP)
            status = ov_params_take(base, v, err);
    }
    return status;
}

void ov_params_say(struct ov_text *out, const struct ov_key *keys, unsigned of, const void *base)
{
    for (const struct ov_key *key = keys; key && key->name; key++) {
        if (key->field && key->field->say && key->of & of)
            key->field->say(out, key, base);
        ov_params_say(out, key->map, of, base);
    }
}

void ov_params_define(const struct ov_key *keys, const void *base,
                      void (*define)(void *ctx, const char *name, double x), void *ctx)
{
    for (const struct ov_key *key = keys; key && key->name; key++) {
        double x;
        if (key->of & OV_IN_FORMULAS && key->field->number(&x, key, base))
            define(ctx, key->name, x);
        ov_params_define(key->map, base, define, ctx);
    }
}

void ov_say_numbers(struct ov_text *out, const char *name, const double *x, size_t n)
{
    ov_text_addf(out, "%s:", name);
    for (size_t i = 0; i < n; i++) {
        ov_text_addf(out, " ");
        ov_text_add_number(out, x[i]);
    }
    ov_text_addf(out, "\n");
}
