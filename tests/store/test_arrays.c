/* SPDX-License-Identifier: MIT
 *
 * Arrays of runs as files: what is written, and every way in which they are not valid.
 */
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "overlap/base/alloc.h"
#include "overlap/base/npy.h"
#include "overlap/store/arrays.h"
#include "test.h"

static char out[64];
static struct ov_curve curve;
static struct ov_runs_of of;
/* a (2,2), b (3) and c (1,2) of a run that did not reach c */
static const double numbers[] = {1.5, -2.0, 3.0, 4.0, 5.0, 6.0, 7.0, NAN, NAN};

static void setup(void)
{
    strcpy(out, "/tmp/overlap-arrays-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(out));
    curve = (struct ov_curve){.id = "K4"};
    ov_side_array(&curve.side[OV_SGD], 2, 2, "a-%g", 0.5);
    ov_side_array(&curve.side[OV_SGD], 3, 0, "b");
    ov_side_array(&curve.side[OV_SGD], 1, 2, "c");
    ck_assert_uint_eq(9, ov_side_arrays_size(&curve.side[OV_SGD]));
    of = (struct ov_runs_of){out, &curve, OV_SGD, "0123abcd"};
    ck_ok(ov_arrays_write(&of, 7, numbers, NULL));
}

static void teardown(void)
{
    char *command = ov_xprintf("rm -r %s", out);
    ck_assert_int_eq(0, system(command));
    free(command);
    free(curve.side[OV_SGD].array);
}

static char *path_of(const char *name)
{
    return ov_xprintf("%s/K4.sgd/7/%s", out, name);
}

/* What is wrong is this file, or nothing (NULL). */
static void expect(const char *file)
{
    char *wrong = ov_arrays_wrong(&of, 7);
    if (!file) {
        ck_assert_msg(!wrong, "%s", wrong);
        return;
    }
    char *path = path_of(file);
    ck_assert_msg(wrong && strncmp(wrong, path, strlen(path)) == 0 &&
                      strcmp(wrong + strlen(path), ": is missing or has changed") == 0,
                  "expected %s, got %s", path, wrong ? wrong : "nothing");
    free(path);
    free(wrong);
}

START_TEST(what_is_written_is_read)
{
    double *x;
    size_t rows, cols;
    char *a = path_of("a-0.5.npy"), *c = path_of("c.npy");
    expect(NULL);
    ck_ok(ov_npy_read(&x, &rows, &cols, a, 100, NULL));
    ck_assert(rows == 2 && cols == 2);
    ck_assert_mem_eq(numbers, x, 4 * sizeof *x);
    ck_assert_int_ne(0, access(c, F_OK)); /* was not reached */
    free(x);
    free(a);
    free(c);
}
END_TEST

static void change(const char *name, long at)
{
    char *path = path_of(name);
    FILE *f = fopen(path, "r+b");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(0, fseek(f, at, SEEK_SET));
    int byte = fgetc(f);
    ck_assert_int_eq(0, fseek(f, at, SEEK_SET));
    ck_assert_int_ne(EOF, fputc(byte ^ 1, f));
    ck_assert_int_eq(0, fclose(f));
    free(path);
}

START_TEST(whatever_is_not_as_it_was_is_wrong)
{
    char *a = path_of("a-0.5.npy"), *b = path_of("b.npy"), *list = path_of("sha256");
    change("a-0.5.npy", 130);
    expect("a-0.5.npy");
    change("a-0.5.npy", 130);
    expect(NULL);
    ck_assert_int_eq(0, truncate(b, 140));
    expect("b.npy");
    ck_assert_int_eq(0, unlink(b));
    expect("b.npy");
    ck_ok(ov_arrays_write(&of, 7, numbers, NULL));
    expect(NULL);
    change("sha256", 90); /* its seal */
    expect("sha256");
    ck_ok(ov_arrays_write(&of, 7, numbers, NULL));
    ck_assert_int_eq(0, unlink(list));
    expect("sha256");
    free(a);
    free(b);
    free(list);
}
END_TEST

START_TEST(those_of_other_inputs_are_not_ones_own)
{
    char *wrong;
    of.inputs_key = "0123abce";
    expect("sha256");
    of.inputs_key = "0123abcd";
    ck_assert_ptr_nonnull(wrong = ov_arrays_wrong(&of, 8)); /* another seed */
    free(wrong);
    ck_assert_ptr_null(ov_arrays_wrong_of(&of, 7, 1));
    ck_assert_ptr_nonnull(wrong = ov_arrays_wrong_of(&of, 7, 2));
    free(wrong);
    of.side = OV_THEORY; /* has none, so nothing can be wrong */
    ck_assert_ptr_null(ov_arrays_wrong(&of, 7));
    ck_ok(ov_arrays_write(&of, 7, NULL, NULL));
}
END_TEST

/* One that is not reached any more goes. */
START_TEST(old_files_go)
{
    const double shorter[] = {1.5, -2.0, 3.0, 4.0, NAN, NAN, NAN, NAN, NAN};
    char *b = path_of("b.npy");
    ck_assert_int_eq(0, access(b, F_OK));
    ck_ok(ov_arrays_write(&of, 7, shorter, NULL));
    ck_assert_int_ne(0, access(b, F_OK));
    expect(NULL);
    free(b);
}
END_TEST

START_TEST(what_can_not_be_written_is_an_error)
{
    struct ov_error err = {0};
    char *file = ov_xprintf("%s/file", out);
    ck_ok(ov_file_write(file, "x", 1, NULL));
    of.out = file; /* no directory */
    ck_assert_int_eq(OV_EIO, ov_arrays_write(&of, 7, numbers, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "file"));
    free(file);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("arrays");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, what_is_written_is_read);
    tcase_add_test(c, whatever_is_not_as_it_was_is_wrong);
    tcase_add_test(c, those_of_other_inputs_are_not_ones_own);
    tcase_add_test(c, old_files_go);
    tcase_add_test(c, what_can_not_be_written_is_an_error);
    suite_add_tcase(s, c);
}

OV_TEST_MAIN("store/arrays");
