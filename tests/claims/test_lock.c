/* SPDX-License-Identifier: MIT */
#include <jansson.h>

#include "fake_claims.h"
#include "overlap/claims/lock.h"

/* Theory's value, a mean over seeds, and an order: values without and with an error. */
static const char claims_yaml[] =
    "- {id: theory, says: so, kind: margin, curves: K4, at: 1, expect: 2, margin: {abs: 0.1}}\n"
    "- {id: mean, says: so, kind: mean, curves: [K2, K3], at: [1, 10], expect: 1,"
    " margin: {abs: 5}, statistic: value}\n"
    "- {id: pair, says: so, kind: order, curves: [K2, K3], side: theory, at: 1,"
    " direction: increasing}\n";

static void path_of(char path[128], const struct fake *f, const char *name)
{
    snprintf(path, 128, "%s/%s", f->out, name);
}

/* Writes the lock of these claims on data with this shift of simulation and level of theory. */
static void lock(const char *path, const char *yaml, double shift, double level)
{
    struct fake f;
    fake_open(&f, yaml);
    write_all(&f, shift, 0.5, 4);
    struct data d = {level, shift, 0.5};
    fake_write(&f, 2, OV_THEORY, number, &d);
    struct ov_claims claims = read_claims(&f);
    for (size_t i = 0; i < claims.n; i++)
        evaluate(&claims, &f, i);
    ck_ok(ov_lock_write(&claims, path, NULL));
    ov_claims_free(&claims);
    fake_close(&f);
}

/* Two locks in a directory of their own. */
struct pair {
    char dir[64], old[128], new[128];
    struct ov_drift drift;
};

static void open_pair(struct pair *p)
{
    *p = (struct pair){.dir = "/tmp/overlap-lock-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(p->dir));
    snprintf(p->old, sizeof p->old, "%s/old.json", p->dir);
    snprintf(p->new, sizeof p->new, "%s/new.json", p->dir);
    lock(p->old, claims_yaml, 0.0, 4.0);
}

static void close_pair(struct pair *p)
{
    ov_drift_free(&p->drift);
    unlink(p->old);
    unlink(p->new);
    ck_assert_int_eq(rmdir(p->dir), 0);
}

static void compare(struct pair *p)
{
    struct ov_error err = {0};
    ov_drift_free(&p->drift);
    enum ov_status status = ov_drift_compare(&p->drift, p->old, p->new, &err);
    ck_assert_msg(status == OV_OK, "%s", err.text);
}

static void refused(struct pair *p, const char *text, const char *what)
{
    struct ov_error err = {0};
    ck_ok(ov_file_write(p->new, text, strlen(text), NULL));
    ck_assert_int_eq(ov_drift_compare(&p->drift, p->old, p->new, &err), OV_EUSER);
    ck_contains(err.text, what);
    ck_contains(err.text, "/new.json");
    ck_assert_ptr_null(strchr(err.text, '\n'));
}

START_TEST(what_a_lock_holds)
{
    struct pair p;
    struct ov_text a = {0}, b = {0};
    open_pair(&p);
    lock(p.new, claims_yaml, 0.0, 4.0);
    ck_ok(ov_file_read(&a, p.old, 0, NULL));
    ck_ok(ov_file_read(&b, p.new, 0, NULL));
    ck_assert_str_eq(a.s, b.s); /* though it is of another directory */
    json_t *root = json_loads(a.s, 0, NULL), *all = json_object_get(root, "claims");
    ck_assert_uint_eq(json_object_size(all), 3);
    json_t *mean = json_object_get(all, "fake.mean"), *tables = json_object_get(mean, "tables");
    ck_assert_uint_eq(json_object_size(tables), 2);
    ck_assert_uint_eq(json_string_length(json_object_get(tables, "K2.sgd")), OV_KEY_SIZE - 1);
    tables = json_object_get(json_object_get(all, "fake.theory"), "tables");
    ck_assert_ptr_nonnull(json_object_get(tables, "K4.theory"));
    json_t *m = json_array_get(json_object_get(mean, "measures"), 0);
    ck_assert(json_number_value(json_object_get(m, "value")) == 1.0);
    ck_assert(json_number_value(json_object_get(m, "n")) == 4.0);
    ck_assert(json_number_value(json_object_get(m, "se")) > 0.0);
    json_t *margin = json_object_get(json_object_get(mean, "asks"), "margin");
    ck_assert(json_number_value(json_object_get(margin, "abs")) == 5.0);
    json_decref(root);
    ov_text_free(&a);
    ov_text_free(&b);
    close_pair(&p);
}
END_TEST

START_TEST(nothing_moved)
{
    struct pair p;
    open_pair(&p);
    lock(p.new, claims_yaml, 0.0, 4.0);
    compare(&p);
    ck_assert_uint_eq(p.drift.n_same, 3);
    ck_assert(!ov_drift_matters(&p.drift));
    ck_assert_uint_eq(p.drift.table.len, 0);
    ck_assert_str_eq(p.drift.summary.s, "3 claims as before, 0 verdicts changed, 0 drifted, "
                                        "0 redefined, 0 new, 0 gone");
    close_pair(&p);
}
END_TEST

/* The standard error is 0.5 sqrt(4/3)/2 = 0.2887, that of the difference 0.4082. */
START_TEST(drift_in_units_of_sigma)
{
    struct pair p;
    open_pair(&p);
    lock(p.new, claims_yaml, 1.2, 4.0); /* 2.94 sigma */
    compare(&p);
    ck_assert_uint_eq(p.drift.n_drifted, 0);
    lock(p.new, claims_yaml, 1.25, 4.0); /* 3.06 sigma */
    compare(&p);
    ck_assert_uint_eq(p.drift.n_drifted, 1);
    ck_contains(p.drift.table.s, "drifted  fake.mean  K2 @ 1   1 ± 0.29         2.25 ± 0.29     "
                                 "3.1 sigma\n");
    ck_assert(ov_drift_matters(&p.drift));
    close_pair(&p);
}
END_TEST

START_TEST(drift_without_an_error)
{
    struct pair p;
    open_pair(&p);
    lock(p.new, claims_yaml, 0.0, 4.0 * (1.0 + 5e-7));
    compare(&p);
    ck_assert_uint_eq(p.drift.n_drifted, 0);
    lock(p.new, claims_yaml, 0.0, 4.0 * (1.0 + 3e-6));
    compare(&p);
    ck_assert_uint_eq(p.drift.n_drifted, 1);
    ck_contains(p.drift.table.s, "3e-06 relative\n");
    close_pair(&p);
}
END_TEST

START_TEST(verdicts_and_definitions)
{
    static const char changed[] =
        "- {id: theory, says: other words, kind: margin, curves: K4, at: 1, expect: 3,"
        " margin: {abs: 0.1}}\n"
        "- {id: mean, says: so, kind: mean, curves: [K2, K3], at: [1], expect: 1,"
        " margin: {abs: 6}, statistic: value}\n"
        "- {id: added, says: so, kind: margin, curves: K4, at: 1, expect: 2, margin: {abs: 1}}\n";
    struct pair p;
    open_pair(&p);
    lock(p.new, changed, 0.0, 4.0);
    compare(&p);
    ck_assert_uint_eq(p.drift.n_verdict, 1);
    ck_assert_uint_eq(p.drift.n_redefined, 2);
    ck_assert_uint_eq(p.drift.n_new, 1);
    ck_assert_uint_eq(p.drift.n_gone, 1);
    ck_assert_uint_eq(p.drift.n_same, 0);
    const char *t = p.drift.table.s;
    ck_contains(t, "verdict    fake.theory            PASS");
    ck_contains(t, "FAIL\n");
    ck_contains(t, "{\"abs\":5.0}");
    ck_contains(t, "{\"abs\":6.0}\n");
    ck_contains(t, "4, of them 2 elsewhere  2, of them 0 elsewhere\n");
    ck_contains(t, "new        fake.added");
    ck_contains(t, "gone       fake.pair");
    ck_assert_ptr_null(strstr(t, "other words")); /* words are no claim */
    close_pair(&p);
}
END_TEST

START_TEST(new_claims_are_fine)
{
    struct pair p;
    open_pair(&p);
    ck_ok(ov_file_write(p.new, "", 0, NULL));
    lock(p.new, claims_yaml, 0.0, 4.0);
    static const char empty[] = "{\"format\": 1, \"claims\": {}}";
    ck_ok(ov_file_write(p.old, empty, sizeof empty - 1, NULL));
    compare(&p);
    ck_assert_uint_eq(p.drift.n_new, 3);
    ck_assert(!ov_drift_matters(&p.drift));
    close_pair(&p);
}
END_TEST

START_TEST(a_value_that_is_gone)
{
    struct pair p;
    struct fake f;
    open_pair(&p);
    fake_open(&f, claims_yaml);
    write_all(&f, 0.0, 0.5, 4);
    char path[128];
    path_of(path, &f, "K4.theory.csv");
    ck_assert_int_eq(unlink(path), 0);
    struct ov_claims claims = read_claims(&f);
    for (size_t i = 0; i < claims.n; i++)
        evaluate(&claims, &f, i);
    ck_ok(ov_lock_write(&claims, p.new, NULL));
    compare(&p);
    ck_assert_uint_eq(p.drift.n_verdict, 1);
    ck_assert_uint_eq(p.drift.n_drifted, 1); /* to no number */
    ck_contains(p.drift.table.s, "MISSING\n");
    ov_claims_free(&claims);
    fake_close(&f);
    close_pair(&p);
}
END_TEST

START_TEST(what_is_no_lock)
{
    struct pair p;
    struct ov_error err = {0};
    struct ov_text whole = {0};
    open_pair(&p);
    ck_assert_int_eq(ov_drift_compare(&p.drift, p.old, p.new, &err), OV_EUSER);
    ck_contains(err.text, "No such file");
    refused(&p, "", "truncated, or no JSON");
    refused(&p, "[1, 2", ":1:5: error: truncated, or no JSON");
    refused(&p, "[1, 2]", "not a lock of claims");
    refused(&p, "{\"claims\": {}}", "not a lock of claims");
    refused(&p, "{\"claims\": {}, \"format\": 2}", "another format than 1");
    refused(&p, "{\"claims\": {\"a.b\": 3}, \"format\": 1}", "claim 'a.b' lacks");
    refused(&p,
            "{\"claims\": {\"a\": {\"asks\": {}, \"verdict\": \"PASS\", \"measures\": [1]}},"
            " \"format\": 1}",
            "claim 'a' lacks");
    ck_ok(ov_file_read(&whole, p.old, 0, NULL)); /* cut anywhere, it is refused */
    for (size_t n = 1; n + 1 < whole.len; n += 97) {
        whole.s[whole.len - 1 - n] = '\0';
        refused(&p, whole.s, "truncated, or no JSON");
    }
    ov_text_free(&whole);
    close_pair(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, what_a_lock_holds);
    OV_TEST(s, nothing_moved);
    OV_TEST(s, drift_in_units_of_sigma);
    OV_TEST(s, drift_without_an_error);
    OV_TEST(s, verdicts_and_definitions);
    OV_TEST(s, new_claims_are_fine);
    OV_TEST(s, a_value_that_is_gone);
    OV_TEST(s, what_is_no_lock);
}
OV_TEST_MAIN("claims/lock");
