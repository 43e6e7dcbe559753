/* SPDX-License-Identifier: MIT
 *
 * Which files a key covers, and what changes it.
 */
#include <string.h>

#include "overlap/store/provenance.h"
#include "test.h"

/* theory/online includes model/problem; model/problem's source includes num/sym and a private
 * header; gauss_quad is a module of its own, gauss_erf is not. */
static const struct ov_source fake[] = {
    {"include/overlap/model/problem.h", "h1", (const char *const[]){NULL}},
    {"include/overlap/num/sym.h", "h2", (const char *const[]){NULL}},
    {"include/overlap/num/normal.h", "h3", (const char *const[]){NULL}},
    {"include/overlap/theory/gauss.h", "h4", (const char *const[]){NULL}},
    {"include/overlap/theory/gauss_quad.h", "h5", (const char *const[]){NULL}},
    {"include/overlap/theory/online.h", "h6",
     (const char *const[]){"include/overlap/model/problem.h", NULL}},
    {"src/model/covariance_internal.h", "h7", (const char *const[]){NULL}},
    {"src/model/problem.c", "h8",
     (const char *const[]){"include/overlap/num/sym.h", "src/model/covariance_internal.h", NULL}},
    {"src/num/normal.c", "h9", (const char *const[]){NULL}},
    {"src/num/sym.c", "h10", (const char *const[]){NULL}},
    {"src/theory/gauss.c", "h11", (const char *const[]){NULL}},
    {"src/theory/gauss_erf.c", "h12", (const char *const[]){NULL}},
    {"src/theory/gauss_quad.c", "h13", (const char *const[]){NULL}},
    {"src/theory/online.c", "h14",
     (const char *const[]){"include/overlap/theory/gauss.h", "include/overlap/theory/online.h",
                           NULL}},
    {NULL, NULL, NULL},
};

START_TEST(closure_is_what_the_room_uses)
{
    static const char *const modules[] = {"theory/online", NULL};
    struct ov_text t = {0};
    ov_sources_closure(&t, fake, modules);
    ck_assert_str_eq(t.s, "include/overlap/model/problem.h: h1\n"
                          "include/overlap/num/sym.h: h2\n"
                          "include/overlap/theory/gauss.h: h4\n"
                          "include/overlap/theory/online.h: h6\n"
                          "src/model/covariance_internal.h: h7\n"
                          "src/model/problem.c: h8\n"
                          "src/num/sym.c: h10\n"
                          "src/theory/gauss.c: h11\n"
                          "src/theory/gauss_erf.c: h12\n"
                          "src/theory/online.c: h14\n");
    ov_text_free(&t);
}
END_TEST

static bool covers(const char *module, const char *path)
{
    const char *const modules[] = {module, NULL};
    struct ov_text t = {0};
    ov_sources_closure(&t, ov_sources, modules);
    bool found = strstr(t.s, path) != NULL;
    ov_text_free(&t);
    return found;
}

START_TEST(the_real_sources)
{
    ck_assert(covers("theory/online", "src/theory/online.c"));
    ck_assert(covers("theory/online", "src/theory/gauss.c"));
    ck_assert(covers("theory/online", "src/theory/solve.c"));
    ck_assert(covers("theory/online", "src/model/eps_g.c"));
    ck_assert(!covers("theory/online", "src/sim/"));
    ck_assert(!covers("theory/online", "src/theory/gauss_quad.c")); /* only tests use it */
    ck_assert(covers("sim/weights", "src/sim/weights.c"));
    ck_assert(covers("sim/weights", "src/num/normal.c"));
    ck_assert(covers("sim/weights", "src/num/philox.c"));
    ck_assert(!covers("sim/weights", "src/theory/"));
    ck_assert(!covers("sim/weights", "src/lab/"));
}
END_TEST

START_TEST(keys_are_functions_of_inputs_and_seeds)
{
    char a[OV_KEY_SIZE], b[OV_KEY_SIZE];
    ov_inputs_key(a, "K: 4\n");
    ov_inputs_key(b, "K: 4\n");
    ck_assert_str_eq(a, b);
    ck_assert_uint_eq(strlen(a), 64);
    ov_inputs_key(b, "K: 5\n");
    ck_assert_str_ne(a, b);
    ov_curve_key(a, "K: 4\n", 1, 5);
    ov_curve_key(b, "K: 4\n", 1, 6);
    ck_assert_str_ne(a, b);
    ov_curve_key(b, "K: 4\n", 0, 5);
    ck_assert_str_ne(a, b);
    ov_curve_key(b, "K: 5\n", 1, 5);
    ck_assert_str_ne(a, b);
}
END_TEST

static uint64_t random_key(uint64_t stream, uint64_t seed)
{
    struct ov_curve c = {.stream = stream};
    uint64_t key = 0;
    ov_text_addf(&c.problem, "K: 1\n");
    ck_ok(ov_random_key(&key, &c, seed));
    ov_text_free(&c.problem);
    return key;
}

/* The numbers are what sha256sum says. */
START_TEST(streams_are_other_random_numbers)
{
    ck_assert_uint_eq(random_key(1, 7), 0x408ec43a14202e44);
    ck_assert_uint_eq(random_key(0, 7), 0x408ec43a14202e44); /* nobody said which */
    ck_assert_uint_eq(random_key(2, 7), 0xf24b56f9efb2757f);
    ck_assert_uint_eq(random_key(1, 0), 0x12c0f1af9cab8ff3);
    ck_assert_uint_eq(random_key(2, 0), 0x12c0f1af9cab8ff3); /* of no seed */
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, closure_is_what_the_room_uses);
    OV_TEST(s, the_real_sources);
    OV_TEST(s, keys_are_functions_of_inputs_and_seeds);
    OV_TEST(s, streams_are_other_random_numbers);
}

OV_TEST_MAIN("store/provenance");
