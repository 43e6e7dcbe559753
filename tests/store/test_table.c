/* SPDX-License-Identifier: MIT
 *
 * Tables printed and read back; truncated and edited ones.
 */
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>

#include "overlap/base/text.h"
#include "overlap/store/provenance.h"
#include "store/make_table.h"
#include "test.h"

static char dir[] = "/tmp/overlap-table-XXXXXX";
static char path[64];

static void make_dir(void)
{
    strcpy(dir, "/tmp/overlap-table-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/t.csv", dir);
}

static void remove_dir(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(dir), 0); /* also: no temporary file is left */
}

static void make_table(struct ov_table *t, size_t n_row)
{
    const char *names[] = {"seed", "alpha", "eps_g"};
    table_make(t, n_row, 3);
    for (size_t j = 0; j < 3; j++)
        table_name(t, j, names[j]);
    gsl_rng *r = ov_test_rng(20261121);
    for (size_t i = 0; i < n_row * 3; i++)
        t->cell[i % 3][i / 3] =
            ldexp(gsl_rng_uniform(r) - 0.5, (int)gsl_rng_uniform_int(r, 200) - 100);
    gsl_rng_free(r);
    table_comment(t, strdup("# overlap\n# key: 0123abc\n# seeds: 1-5\n"));
}

static void write_bytes(const char *bytes)
{
    ck_ok(ov_file_write(path, bytes, strlen(bytes), NULL));
}

static void write_sealed(const char *bytes)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "%s", bytes);
    ov_table_seal(&t);
    write_bytes(t.s);
    ov_text_free(&t);
}

/* Reading PATH has to fail with OV_EUSER and words that hold `expected`. */
static void refused(const char *expected)
{
    struct ov_table t;
    struct ov_error err = {0};
    ck_assert_int_eq(ov_table_read(&t, path, NULL, &err), OV_EUSER);
    ck_assert_msg(strstr(err.text, expected) != NULL, "'%s' lacks '%s'", err.text, expected);
    ck_assert_ptr_null(t.cell);
}

START_TEST(every_bit_comes_back)
{
    struct ov_table t, back;
    make_dir();
    make_table(&t, 500);
    t.cell[0][1] = -0.0;
    t.cell[1][1] = 5e-324;
    ck_ok(table_write(&t, path, NULL));
    ck_ok(ov_table_read(&back, path, NULL, NULL));
    ck_assert_uint_eq(back.n_row, t.n_row);
    ck_assert_uint_eq(back.n_col, t.n_col);
    for (size_t j = 0; j < 3; j++)
        ck_assert_int_eq(memcmp(back.cell[j], t.cell[j], 500 * sizeof(double)), 0);
    ck_assert_str_eq(back.comments, t.comments);
    ck_assert_int_eq(ov_table_find(&back, "eps_g"), 2);
    ck_assert_int_eq(ov_table_find(&back, "eps"), -1);
    char *key = ov_table_comment(&back, "key");
    ck_assert_str_eq(key, "0123abc");
    ck_assert_ptr_null(ov_table_comment(&back, "ke"));
    free(key);
    ov_table_free(&t);
    ov_table_free(&back);
    remove_dir();
}
END_TEST

START_TEST(not_finite_comes_back)
{
    struct ov_table t, back;
    make_dir();
    make_table(&t, 1);
    t.cell[0][0] = NAN;
    t.cell[1][0] = INFINITY;
    t.cell[2][0] = -INFINITY;
    ck_ok(table_write(&t, path, NULL));
    ck_ok(ov_table_read(&back, path, NULL, NULL));
    ck_assert(isnan(back.cell[0][0]) && back.cell[1][0] == INFINITY &&
              back.cell[2][0] == -INFINITY);
    ov_table_free(&t);
    ov_table_free(&back);
    remove_dir();
}
END_TEST

START_TEST(cells_that_nobody_wants_are_not_read)
{
    struct ov_table t, back;
    const char *const wanted[] = {"eps_g", "no such column", NULL};
    make_dir();
    make_table(&t, 20);
    ck_ok(table_write(&t, path, NULL));
    ck_ok(ov_table_read(&back, path, wanted, NULL));
    ck_assert_uint_eq(back.n_row, 20);
    ck_assert_uint_eq(back.n_col, 3);
    ck_assert_int_eq(memcmp(back.cell[2], t.cell[2], 20 * sizeof(double)), 0);
    ck_assert_ptr_null(back.cell[0]);
    ck_assert_ptr_null(back.cell[1]);
    ov_table_free(&t);
    ov_table_free(&back);
    write_sealed("seed,eps_g,x\n1,2,3\n1,3\n"); /* rows have to be whole all the same */
    ck_assert_int_eq(ov_table_read(&back, path, wanted, NULL), OV_EUSER);
    remove_dir();
}
END_TEST

START_TEST(every_truncation_is_seen)
{
    struct ov_table t, back;
    struct ov_text text = {0};
    make_dir();
    make_table(&t, 4);
    table_print(&text, &t);
    for (size_t n = 0; n < text.len; n++) {
        ck_ok(ov_file_write(path, text.s, n, NULL));
        ck_assert_msg(ov_table_read(&back, path, NULL, NULL) == OV_EUSER, "cut at %zu passed", n);
    }
    ov_text_free(&text);
    ov_table_free(&t);
    remove_dir();
}
END_TEST

START_TEST(every_edit_is_seen)
{
    struct ov_table t, back;
    struct ov_text text = {0};
    make_dir();
    make_table(&t, 4);
    table_print(&text, &t);
    for (size_t i = 0; i < text.len; i++) {
        text.s[i] ^= 1;
        ck_ok(ov_file_write(path, text.s, text.len, NULL));
        ck_assert_msg(ov_table_read(&back, path, NULL, NULL) == OV_EUSER, "edit at %zu passed", i);
        text.s[i] ^= 1;
    }
    ck_ok(ov_file_write(path, text.s, text.len, NULL));
    ck_ok(ov_table_read(&back, path, NULL, NULL));
    ov_table_free(&back);
    ov_text_free(&text);
    ov_table_free(&t);
    remove_dir();
}
END_TEST

START_TEST(what_is_wrong_has_its_place)
{
    make_dir();
    refused("t.csv");
    write_bytes("alpha,eps_g\n1,2\n");
    refused("truncated");
    write_sealed("# c\nalpha,eps_g\n1,2\n3,x\n");
    refused(":4:3: error: not a number");
    write_sealed("alpha,eps_g\n1,2\n3\n");
    refused(":3:2: error: too few");
    write_sealed("alpha,eps_g\n1,2,3\n");
    refused(":2:4: error: too many");
    write_sealed("alpha,alpha\n1,2\n");
    refused(":1:7: error: a second column");
    write_sealed("# nothing else\n");
    refused("no header");
    write_sealed("alpha,\n1,2\n");
    refused("without name");
    remove_dir();
}
END_TEST

START_TEST(a_full_disk_loses_nothing)
{
    struct ov_table t, back;
    struct ov_error err = {0};
    make_dir();
    make_table(&t, 3);
    ck_ok(table_write(&t, path, NULL));
    struct ov_table large;
    make_table(&large, 3000);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, small = {4096, RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    ck_assert_int_eq(table_write(&large, path, &err), OV_EIO);
    setrlimit(RLIMIT_FSIZE, &old);
    ck_assert_ptr_nonnull(strstr(err.text, "t.csv"));
    ck_ok(ov_table_read(&back, path, NULL, NULL)); /* the old table is still whole */
    ck_assert_uint_eq(back.n_row, 3);
    ov_table_free(&t);
    ov_table_free(&large);
    ov_table_free(&back);
    remove_dir();
}
END_TEST

START_TEST(sha256_known_answers)
{
    char hex[OV_KEY_SIZE]; /* FIPS 180-4 examples */
    ov_sha256(hex, "abc", 3);
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ov_sha256(hex, "", 0);
    ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, every_bit_comes_back);
    OV_TEST(s, not_finite_comes_back);
    OV_TEST(s, cells_that_nobody_wants_are_not_read);
    OV_TEST(s, every_truncation_is_seen);
    OV_TEST(s, every_edit_is_seen);
    OV_TEST(s, what_is_wrong_has_its_place);
    OV_TEST(s, a_full_disk_loses_nothing);
    OV_TEST(s, sha256_known_answers);
}

OV_TEST_MAIN("store/table");
