/* SPDX-License-Identifier: MIT
 *
 * Philox against the published answers.
 */
#include "overlap/num/philox.h"
#include "test.h"

/* Random123's published known answers for philox4x32 with 10 rounds. */
static const struct {
    uint32_t counter[4], key[2], expected[4];
} known[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

START_TEST(known_answers)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        ov_philox_raw(out, known[i].counter, known[i].key);
        ck_assert_mem_eq(out, known[i].expected, sizeof out);
    }
}
END_TEST

START_TEST(a_wrong_bit_changes_the_answer)
{
    for (int word = 0; word < 6; word++)
        for (int bit = 0; bit < 32; bit++) {
            uint32_t in[6] = {0}, out[4];
            in[word] ^= (uint32_t)1 << bit;
            ov_philox_raw(out, in, in + 4);
            int same = 0;
            for (int i = 0; i < 4; i++)
                same += out[i] == known[0].expected[i];
            ck_assert_int_eq(same, 0);
        }
}
END_TEST

START_TEST(block_lays_out_counter_and_key)
{
    const struct ov_philox g = {0x0123456789abcdef, 0xdeadbeef};
    const uint64_t index = 0xfedcba9876543210;
    const uint32_t counter[4] = {0x76543210, 0xfedcba98, 0xdeadbeef, 0};
    const uint32_t key[2] = {0x89abcdef, 0x01234567};
    uint32_t raw[4], block[4];
    ov_philox_raw(raw, counter, key);
    ov_philox_block(block, &g, index);
    ck_assert_mem_eq(raw, block, sizeof raw);
}
END_TEST

/* Each of the 128 output bits is one about half of the time, and each pair of neighbouring blocks
 * differs in about half of its bits: binomial, within 5 standard deviations. */
START_TEST(bits_are_balanced)
{
    enum { BLOCKS = 20000 };
    const struct ov_philox g = {1, 2};
    int ones[128] = {0};
    long flips = 0;
    uint32_t last[4], now[4];
    ov_philox_block(last, &g, 0);
    for (uint64_t b = 1; b <= BLOCKS; b++) {
        ov_philox_block(now, &g, b);
        for (int i = 0; i < 128; i++)
            ones[i] += (int)((now[i / 32] >> (i % 32)) & 1);
        for (int i = 0; i < 4; i++) {
            flips += __builtin_popcount(now[i] ^ last[i]);
            last[i] = now[i];
        }
    }
    for (int i = 0; i < 128; i++)
        ck_agree(BLOCKS / 2, ones[i], 0, 5 * 0.5 * 141.42);
    ck_agree(64.0 * BLOCKS, (double)flips, 0, 5 * 0.5 * 1600.0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, known_answers);
    OV_TEST(s, a_wrong_bit_changes_the_answer);
    OV_TEST(s, block_lays_out_counter_and_key);
    OV_TEST(s, bits_are_balanced);
}

OV_TEST_MAIN("num/philox");
