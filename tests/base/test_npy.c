/* SPDX-License-Identifier: MIT
 *
 * Matrices of numpy: what is read, and what is said of what can't be.
 */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/npy_files.h"
#include "overlap/base/npy.h"

static const double six[] = {1.5, -2.0, 1e-300, 4.0, 5.0, 6.25};
static char path[64];

static void setup(void)
{
    char dir[] = "/tmp/overlap-npy-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/w.npy", dir);
}

static void teardown(void)
{
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
}

static void refused(const char *says)
{
    double *x;
    size_t rows, cols;
    struct ov_error err = {0};
    ck_assert_int_eq(ov_npy_read(&x, &rows, &cols, path, 100, &err), OV_EUSER);
    ck_assert_msg(strstr(err.text, says) && strstr(err.text, "w.npy: "), "%s", err.text);
    ck_assert_ptr_null(x);
}

START_TEST(doubles_and_floats)
{
    static const float singles[] = {1.5f, -2.0f, 0.25f, 4.0f, 5.0f, 6.25f};
    double *x;
    size_t rows, cols;
    write_matrix(path, 2, 3, six);
    ck_ok(ov_npy_read(&x, &rows, &cols, path, 6, NULL));
    ck_assert(rows == 2 && cols == 3);
    ck_assert_mem_eq(x, six, sizeof six);
    free(x);
    write_npy(path, "'<f4'", "False", "(3, 2)", singles, sizeof singles);
    ck_ok(ov_npy_read(&x, &rows, &cols, path, 6, NULL));
    ck_assert(rows == 3 && cols == 2);
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq(x[i], (double)singles[i]);
    free(x);
}
END_TEST

START_TEST(what_it_is_not)
{
    refused("No such file");
    ck_ok(ov_file_write(path, "", 0, NULL));
    refused("no .npy file");
    ck_ok(ov_file_write(path, "1,2,3\n4,5,6\n", 12, NULL));
    refused("no .npy file");
    write_npy(path, "'<i8'", "False", "(2, 3)", six, sizeof six);
    refused("holds '<i8'; '<f8' or '<f4' can be read");
    write_npy(path, "'>f8'", "False", "(2, 3)", six, sizeof six);
    refused("holds '>f8'");
    write_npy(path, "'<f8'", "True", "(2, 3)", six, sizeof six);
    refused("column after column");
    write_npy(path, "'<f8'", "False", "(6,)", six, sizeof six);
    refused("its shape is (6,), a matrix is needed");
    write_npy(path, "'<f8'", "False", "(1, 2, 3)", six, sizeof six);
    refused("its shape is (1, 2, 3), a matrix is needed");
    write_npy(path, "'<f8'", "False", "(0, 3)", six, 0);
    refused("0 x 3 numbers");
    write_npy(path, "'<f8'", "False", "(99999999999, 99999999999)", six, sizeof six);
    refused("from 1 to 100 are possible");
}
END_TEST

/* Cut anywhere it is truncated, never read beyond its end. */
START_TEST(cut_and_spoilt)
{
    struct ov_text whole = {0};
    write_matrix(path, 2, 3, six);
    ck_ok(ov_file_read(&whole, path, 0, NULL));
    for (size_t n = 0; n < whole.len; n++) {
        ck_ok(ov_file_write(path, whole.s, n, NULL));
        refused(n < 10 ? "no .npy file" : "is truncated");
    }
    ov_text_add(&whole, "x", 1);
    ck_ok(ov_file_write(path, whole.s, whole.len, NULL));
    refused("goes on");
    double spoilt[6] = {1, 2, 3, 4, NAN, 6};
    write_matrix(path, 2, 3, spoilt);
    refused("number (1, 1) is not finite");
    ov_text_free(&whole);
}
END_TEST

/* What is printed is what numpy writes, and is read back bit by bit. */
START_TEST(what_is_printed_is_read)
{
    struct ov_text t = {0}, theirs = {0};
    double *x;
    size_t rows, cols;
    ov_npy_print(&t, six, 2, 3);
    write_matrix(path, 2, 3, six);
    ck_ok(ov_file_read(&theirs, path, 0, NULL));
    ck_assert_uint_eq(theirs.len, t.len);
    ck_assert_mem_eq(theirs.s, t.s, t.len);
    ck_assert_uint_eq(0, (t.len - sizeof six) % 64);
    ck_ok(ov_npy_read(&x, &rows, &cols, path, 100, NULL));
    ck_assert_mem_eq(six, x, sizeof six);
    free(x);
    t.len = 0;
    ov_npy_print(&t, six, 4, 0);
    write_npy(path, "'<f8'", "False", "(4,)", six, 4 * sizeof *six);
    ck_ok(ov_file_read(&theirs, path, 0, NULL));
    ck_assert_uint_eq(theirs.len, t.len);
    ck_assert_mem_eq(theirs.s, t.s, t.len);
    ov_text_free(&t);
    ov_text_free(&theirs);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("npy");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, doubles_and_floats);
    tcase_add_test(c, what_it_is_not);
    tcase_add_test(c, cut_and_spoilt);
    tcase_add_test(c, what_is_printed_is_read);
    suite_add_tcase(s, c);
}

OV_TEST_MAIN("base/npy");
