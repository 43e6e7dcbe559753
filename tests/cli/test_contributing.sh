#!/bin/bash
# SPDX-License-Identifier: MIT
# The recipes of src/README.md, as they are printed there, in a copy of the tree: a new activation, a
# new system, a new experiment, a new kind of claim, and what makes results stale.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

cp -a "$root"/{src,include,Makefile,experiments} . && rm -rf experiments/*/
mkdir -p tests/cli build figures && cp -a "$root/tests/cli/inputs" tests/cli && cp -a "$root/experiments/demo" experiments
cp -a "$(dirname "$overlap")"/{src,gen,liboverlap.a,overlap} build
make="make --no-print-directory B=build"
recipe() { awk -v name="$1" '/^```/ {on = $0 == "```sh " name; next} on' "$root/src/README.md"; }
follow() {
    recipe "$1" >recipe.sh
    holds "$1: there is a recipe" test -s recipe.sh
    check "$1: it runs" 0 bash -e recipe.sh
}
overlap=build/overlap

follow add-experiment
check "add-experiment: it is one" 0 "$overlap" plan experiments/mine
says "add-experiment: with both sides" 'mine +erf +sgd' out

# results of `law`, and of theory, before anything changes
cat >experiments/mine/experiment.yaml <<'YAML'
title: t
system: two-layer
tier: quick
defaults: {N: 100, K: 1, M: 1, eta_w: 0.1, alpha: [0, 1, 2], theory: true, init: {kind: informed}}
curves: [{id: a, activation: erf, sgd: {engine: law, seeds: 4}}]
YAML
check "stale: results" 0 "$overlap" run experiments/mine
follow stale
check "stale: built with a comment" 0 $make all
check "stale: planned" 0 "$overlap" plan experiments/mine
holds "stale: a comment makes nothing stale" bash -c "! grep -q changed out"
follow stale-too
check "stale-too: built with other code" 0 $make all
check "stale-too: planned" 0 "$overlap" plan experiments/mine
says "stale-too: the simulator's results are" 'mine +a +sgd .*src/sim/law.c changed' out
holds "stale-too: theory's are not" bash -c "! grep -E 'theory.*changed' out"

follow add-activation
follow add-system
follow add-claim-kind
check "built with all three" 0 $make all
cat >experiments/mine/experiment.yaml <<'YAML'
title: t
system: two-layer
tier: quick
defaults: {N: 400, K: 1, M: 1, eta_w: 0.5, alpha: [0, 1, 2], theory: true, init: {kind: informed, std: 0}}
curves: [{id: a, activation: root_sigmoid, teacher_activation: linear, sgd: {engine: law, seeds: 64}}]
claims: [{id: c, says: x, kind: mean, curves: a, at: 1, statistic: relative, margin: {abs: 0.1}}]
YAML
check "add-activation: it runs on both sides" 0 "$overlap" run experiments/mine
check "add-activation: theory describes it" 0 "$overlap" verify experiments/mine
sed -i 's/root_sigmoid/root_sigmod/' experiments/mine/experiment.yaml
check "add-activation: another is refused" 2 "$overlap" run experiments/mine
says "add-activation: and told what there is" "did you mean 'root_sigmoid'"

mkdir experiments/decay
cat >experiments/decay/experiment.yaml <<'YAML'
title: t
system: decay
tier: quick
curves: [{id: a, rate: 0.5, noise: 0.1, t: {max: 4, points: 5, spacing: linear}, theory: true, sgd: {seeds: 20}}]
claims:
  - {id: mean, says: x, kind: mean, curves: a, at: 2, statistic: relative, margin: {abs: 0.1}}
  - {id: value, says: x, kind: margin, curves: a, side: theory, at: 4, expect: 0.00915781944, margin: {abs: 1.0e-9}}
  - {id: below, says: x, kind: below, curves: a, side: theory, at: 4, expect: 0.01}
  - {id: above, says: x, kind: below, curves: a, side: theory, at: 4, expect: 0.009}
YAML
check "add-system: it runs" 0 "$overlap" run experiments/decay
check "add-system: compared" 0 "$overlap" compare experiments/decay
check "add-system: judged" 1 "$overlap" verify experiments/decay
says "add-claim-kind: a value below its bound, and one that is not" '^claims: 3 PASS, 1 FAIL' out
says "add-claim-kind: it says why" 'is not below 0.009' out
sed -i '/kind: below.*0.009}/d' experiments/decay/experiment.yaml
check "add-system: what is left" 0 "$overlap" verify experiments/decay
says "add-system: the claims pass" '^3 passed, 0 failed, 0 skipped$' out
check "add-system: its keys" 0 "$overlap" keys decay
says "add-system: the rows are there" '^rate: a number, from 0 to 100; required' out
sed -i 's/rate: 0.5/rate: -1/' experiments/decay/experiment.yaml
check "add-system: a mistake" 2 "$overlap" plan experiments/decay
says "add-system: at its place" 'experiment.yaml:4:24: error: rate must be from 0 to 100, not .-1'
