/* SPDX-License-Identifier: MIT
 *
 * The library at one glance, for C and C++ (include/README.md has examples). Everything else below
 * overlap/ can be included by itself.
 */
#ifndef OVERLAP_OVERLAP_H
#define OVERLAP_OVERLAP_H

#ifdef __cplusplus
extern "C" {
#endif

#include "overlap/base/status.h"
#include "overlap/model/eps_g.h"
#include "overlap/model/problem.h"
#include "overlap/model/start.h"
#include "overlap/run/compute.h"
#include "overlap/sim/law.h"
#include "overlap/sim/weights.h"
#include "overlap/systems/systems.h"
#include "overlap/theory/fixed_point.h"
#include "overlap/theory/fluctuations.h"
#include "overlap/theory/gauss.h"
#include "overlap/theory/online.h"

#ifdef __cplusplus
}
#endif

#endif
