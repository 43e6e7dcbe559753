/* SPDX-License-Identifier: MIT
 *
 * IDX files: right ones, and every way in which one is wrong.
 */
#include "overlap/sim/dataset.h"

#include <math.h>
#include <sys/stat.h>

#include "idx_files.h"

static struct idx_dir d;

static void setup(void)
{
    d = idx_dir_make();
}

static void teardown(void)
{
    idx_dir_remove(&d);
}

START_TEST(images_come_back)
{
    for (int zipped = 0; zipped < 2; zipped++) {
        struct ov_dataset set;
        struct ov_error err = {0};
        size_t n, N;
        write_idx(d.path, 7, 3, 5, zipped);
        ck_assert_msg(ov_dataset_sizes(&n, &N, d.path, &err) == OV_OK, "%s", err.text);
        ck_assert_uint_eq(n, 7);
        ck_assert_uint_eq(N, 15);
        ck_assert_msg(ov_dataset_read(&set, d.path, &err) == OV_OK, "%s", err.text);
        ck_assert_uint_eq(set.n, 7);
        ck_assert_uint_eq(set.N, 15);
        for (size_t mu = 0; mu < 7; mu++)
            for (size_t i = 0; i < 15; i++)
                ck_assert_uint_eq(set.bytes[mu * 15 + i], pixel(mu, i));
        ov_dataset_free(&set);
        ov_dataset_free(&set);
    }
    ov_dataset_free(NULL);
}
END_TEST

/* More than the piece that is read at once. */
START_TEST(a_large_file_comes_back)
{
    struct ov_dataset set;
    size_t n = 3000, N = 900;
    write_idx(d.path, n, 30, 30, true);
    ck_ok(ov_dataset_read(&set, d.path, NULL));
    for (size_t at = 1; at < n * N; at += 977)
        ck_assert_uint_eq(set.bytes[at], pixel(at / N, at % N));
    ov_dataset_free(&set);
}
END_TEST

/* Both ways to look at a file refuse it with these words after its path. */
static void refused(const char *path, const char *says)
{
    struct ov_dataset set;
    char expected[400];
    snprintf(expected, sizeof expected, "%s: %s", path, says);
    for (int whole = 0; whole < 2; whole++) {
        struct ov_error err = {0};
        size_t n, N;
        enum ov_status status =
            whole ? ov_dataset_read(&set, path, &err) : ov_dataset_sizes(&n, &N, path, &err);
        ck_assert_msg(status == OV_EUSER, "not refused: %s", says);
        ck_assert_msg(strncmp(err.text, expected, strlen(expected)) == 0, "'%s' is not '%s'",
                      err.text, expected);
        ck_assert_ptr_null(strchr(err.text, '\n'));
        if (whole)
            ck_assert_ptr_null(set.bytes);
    }
}

/* A good file of 4 images of 2 x 3 with one word of its header replaced, and its last byte cut. */
static void refused_with(size_t at, uint32_t word, size_t cut, size_t more, const char *says)
{
    for (int zipped = 0; zipped < 2; zipped++) {
        size_t size;
        unsigned char *b = idx_bytes(&size, 4, 2, 3);
        put_word(b + at, word);
        write_bytes(d.path, b, size - cut + more, zipped);
        refused(d.path, says);
        free(b);
    }
}

START_TEST(broken_files_are_refused)
{
    refused_with(0, 0x00000803, 1, 0, "is truncated: its header says 4 images of 6 pixels");
    refused_with(0, 0x00000803, 24, 0, "is truncated");
    refused_with(0, 0x00000803, 0, 1, "goes on after the 4 images of 6 pixels it has");
    refused_with(0, 0x00000803, 25, 0, "is too short for an IDX file");
    refused_with(0, 0x00000803, 40, 0, "is too short for an IDX file");
    refused_with(0, 0x00000801, 0, 0, "has 1 dimension (a file of labels?); images have three");
    refused_with(0, 0x00000804, 0, 0, "has 4 dimensions; images have three");
    refused_with(0, 0x00000d03, 0, 0, "holds floats; images of unsigned bytes are needed");
    refused_with(0, 0x00000903, 0, 0, "holds signed bytes");
    refused_with(0, 0x89504e47, 0, 0, "no IDX file of images: it starts with 0x89504e47");
    refused_with(0, 0x03080000, 0, 0, "no IDX file of images");
    refused_with(4, 0, 0, 0, "holds no pixels: 0 images of 2 x 3");
    refused_with(8, 0, 0, 0, "holds no pixels");
    refused_with(12, 0, 0, 0, "holds no pixels");
    refused_with(4, 0xffffffff, 0, 0, "4294967295 images of 2 x 3 pixels are more than the 4 GiB");
    refused_with(8, 0xffffffff, 0, 0, "4 images of 4294967295 x 3 pixels are more than");
    refused_with(12, 0xffffffff, 0, 0, "4 images of 2 x 4294967295 pixels are more than");
    refused_with(4, 100000000, 0, 0, "is truncated"); /* without taking the memory it asks for */
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
    refused(d.dir, "not a file");
    refused("/nowhere/images", "No such file or directory");
    write_bytes(d.path, "", 0, false);
    refused(d.path, "is too short");
}
END_TEST

/* A compressed file that breaks off, or in which a bit has flipped. */
START_TEST(damaged_compression_is_refused)
{
    unsigned char b[100000];
    write_idx(d.path, 50, 10, 10, true);
    FILE *f = fopen(d.path, "rb");
    size_t size = fread(b, 1, sizeof b, f);
    fclose(f);
    ck_assert_uint_gt(size, 1000);
    write_bytes(d.path, b, size - 100, false);
    refused(d.path, "is truncated");
    write_bytes(d.path, b, size - 4, false);
    refused(d.path, "is truncated");
    b[size / 2] ^= 0x10;
    write_bytes(d.path, b, size, false);
    struct ov_dataset set;
    struct ov_error err = {0};
    ck_assert_int_eq(ov_dataset_read(&set, d.path, &err), OV_EUSER);
    ck_assert_msg(strstr(err.text, "/images: is damaged: "), "%s", err.text);
}
END_TEST

START_TEST(standardised_inputs_have_mean_0_and_mean_square_1)
{
    enum { n = 300, used = 200, N = 12 };
    struct ov_dataset set;
    double mean[N], scale, x[N], sum[N] = {0}, square = 0;
    write_idx(d.path, n, 3, 4, false);
    ck_ok(ov_dataset_read(&set, d.path, NULL));
    ck_ok(ov_dataset_scale(mean, &scale, &set, used, true, NULL));
    struct ov_images images = {set.bytes, n, N, mean, scale, NULL};
    for (size_t mu = 0; mu < used; mu++) {
        ov_images_fill(x, &images, mu, 0, N);
        ck_assert(x[0] == 0.0); /* a pixel that never changes */
        for (size_t i = 0; i < N; i++) {
            sum[i] += x[i];
            square += x[i] * x[i];
        }
    }
    for (size_t i = 0; i < N; i++)
        ck_agree(0, sum[i] / used, 0, 1e-13);
    ck_agree(1, square / (used * N), 1e-13, 0);
    double part[4]; /* a piece is a piece */
    ov_images_fill(x, &images, 250, 0, N);
    ov_images_fill(part, &images, 250, 8, 4);
    ck_assert_mem_eq(part, x + 8, sizeof part);
    ck_ok(ov_dataset_scale(mean, &scale, &set, used, false, NULL));
    ov_images_fill(x, &images, 3, 0, N);
    for (size_t i = 0; i < N; i++)
        ck_agree(pixel(3, i), x[i] / images.scale, 1e-15, 0);
    ck_agree(1.0 / 255, scale, 0, 0);
    struct ov_error err = {0};
    ck_assert_int_eq(ov_dataset_scale(mean, &scale, &set, 1, true, &err), OV_EUSER);
    ck_assert_str_eq(err.text, "all images are the same");
    ov_dataset_free(&set);
}
END_TEST

/* Several slabs of images; of some with a mean that is not theirs. */
START_TEST(second_moments_are_sums)
{
    enum { n = 2345, N = 12 };
    struct ov_dataset set;
    double mean[N], scale, x[N], S[N * N], sum[N * N] = {0};
    write_idx(d.path, n, 3, 4, false);
    ck_ok(ov_dataset_read(&set, d.path, NULL));
    ck_ok(ov_dataset_scale(mean, &scale, &set, n, true, NULL));
    for (size_t used = n; used > 10; used /= 4) {
        struct ov_images images = {set.bytes, used, N, mean, scale, NULL};
        double trace = 0.0;
        memset(sum, 0, sizeof sum);
        for (size_t mu = 0; mu < used; mu++) {
            ov_images_fill(x, &images, mu, 0, N);
            for (size_t i = 0; i < N * N; i++)
                sum[i] += x[i / N] * x[i % N] / (double)used;
        }
        ck_ok(ov_images_second_moments(S, &images));
        for (size_t i = 0; i < N * N; i++)
            ck_agree(sum[i], S[i], 1e-11, 1e-11);
        for (size_t i = 0; i < N; i++)
            trace += S[i * N + i] / N;
        ck_agree(1.0, trace, used == n ? 1e-12 : 0.2, 0);
    }
    ov_dataset_free(&set);
}
END_TEST

static void add(Suite *s, const char *name, const TTest *test)
{
    TCase *c = tcase_create(name);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 300);
    tcase_add_test(c, test);
    suite_add_tcase(s, c);
}

static void add_tests(Suite *s)
{
    add(s, "images_come_back", images_come_back);
    add(s, "a_large_file_comes_back", a_large_file_comes_back);
    add(s, "broken_files_are_refused", broken_files_are_refused);
    add(s, "what_is_no_file_is_refused", what_is_no_file_is_refused);
    add(s, "damaged_compression_is_refused", damaged_compression_is_refused);
    add(s, "second_moments", second_moments_are_sums);
    add(s, "standardised", standardised_inputs_have_mean_0_and_mean_square_1);
}

OV_TEST_MAIN("sim/dataset");
