/* SPDX-License-Identifier: MIT
 *
 * What all systems share: the names of the two sides, and keys that depend on the tier.
 */
#include "overlap/experiment/system.h"

const char *ov_side_name(enum ov_side side)
{
    return side == OV_THEORY ? "theory" : "sgd";
}

const struct ov_key ov_tier_keys[] = {
    {"quick", OV_INT, 1, 1e6, NULL, NULL, OV_OPTIONAL, "at tier quick"},
    {"ci", OV_INT, 1, 1e6, NULL, NULL, OV_OPTIONAL, "at tier ci; if not given, as at quick"},
    {"full", OV_INT, 1, 1e6, NULL, NULL, OV_OPTIONAL, "at tier full; if not given, as at ci"},
    {.name = NULL},
};
