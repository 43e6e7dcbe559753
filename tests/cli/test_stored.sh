#!/bin/bash
# SPDX-License-Identifier: MIT
# Weights that are stored beside a table, runs that end at a level, labels that are signs: from the
# file to tables, whatever is killed, cut or gone.
. tests/cli/lib.sh

# kept NAME [N]: a curve that stores weights
kept() {
    mkdir -p "$1"
    cat >"$1/experiment.yaml" <<YAML
title: Weights that are stored
source: none
system: two-layer
tier: quick
defaults:
  N: ${2:-50}
  K: 2
  M: 1
  activation: erf
  eta_w: 0.5
  eta_v: 0.2
  alpha: [0, 1, 2, 5]
curves:
  - {id: a, theory: true, sgd: {engine: weights, seeds: 3, weights: [0, 2]}}
  - {id: b, theory: true, sgd: {engine: weights, seeds: 3, weights: [0, 2]}}
claims:
  - {id: c, says: 'SGD is near theory', kind: mean, curves: a, at: 2, statistic: relative, margin: {abs: 0.9}}
YAML
}

# ---- where they are, and that they are part of the result ----
kept s
check "stored: run" 0 "$overlap" run s --out one
holds "stored: a directory a seed" test -d one/a.sgd/1 -a -d one/a.sgd/3
holds "stored: what is listed" test "$(cd one/a.sgd/2 && echo *)" = "sha256 teacher.npy v-0.npy v-2.npy w-0.npy w-2.npy"
holds "stored: sha256sum reads the list" bash -c 'cd one/a.sgd/2 && sha256sum --quiet -c sha256'
holds "stored: the size of K x N doubles" test "$(stat -c %s one/a.sgd/1/w-2.npy)" = $((128 + 8 * 2 * 50))
holds "stored: another curve has its own" cmp one/a.sgd/1/w-2.npy one/b.sgd/1/w-2.npy
check "stored: again" 0 "$overlap" run s --out one
says "stored: again computes nothing" '0 runs computed|nothing to do'
check "stored: without" 0 "$overlap" run s --out without --set 'a.sgd={engine: weights, seeds: 3}' --curve a
holds "stored: the rows are those without" cmp <(grep -v '^#' one/a.sgd.csv) <(grep -v '^#' without/a.sgd.csv)
check "stored: the same from -j1" 0 "$overlap" run s --out two --jobs 1
holds "stored: same bytes" diff -r one/a.sgd two/a.sgd

spoil() { # NAME COMMAND: the run of seed 2 has no valid result then, and comes back to the same bytes
    bash -c "$2"
    check "spoilt, $1: plan" 0 "$overlap" plan s --out two
    says "spoilt, $1: plan says so" 'a +sgd +1 of 3 .*two/a.sgd/2/.*: is missing or has changed' out
    check "spoilt, $1: verify" 2 "$overlap" verify s --out two
    says "spoilt, $1: verify says so" 'two/a.sgd/2/.*: is missing or has changed' out
    check "spoilt, $1: run" 0 "$overlap" run s --out two
    says "spoilt, $1: one run" '^1 runs computed'
    holds "spoilt, $1: same bytes" diff -r one/a.sgd two/a.sgd
}
spoil "a file gone" 'rm two/a.sgd/2/w-2.npy'
spoil "a file cut" 'truncate -s 300 two/a.sgd/2/teacher.npy'
spoil "a number changed" 'printf "\001" | dd of=two/a.sgd/2/v-2.npy bs=1 seek=135 conv=notrunc status=none'
spoil "the list gone" 'rm two/a.sgd/2/sha256'
spoil "the list edited" 'sed -i /w-2.npy/d two/a.sgd/2/sha256'
check "stored: other parameters" 0 "$overlap" run s --out two --set eta_w=0.4
holds "stored: other weights" bash -c '! cmp -s one/a.sgd/1/w-2.npy two/a.sgd/1/w-2.npy'
check "stored: and back" 0 "$overlap" run s --out two
holds "stored: not those of others" diff -r one/a.sgd two/a.sgd

# ---- a kill in between, with states ----
kept long 3000
check "killed: never" 0 "$overlap" run long --out calm --curve a
for delay in 0.1 0.2 0.3 0.4 0.5 0.6; do
    timeout -s KILL "$delay" "$overlap" run long --out killed --curve a --checkpoint 0.02 >/dev/null 2>&1
done
check "killed: and run to the end" 0 "$overlap" run long --out killed --curve a
holds "killed: same bytes of the table" cmp calm/a.sgd.csv killed/a.sgd.csv
holds "killed: same bytes of the weights" diff -r calm/a.sgd killed/a.sgd

# ---- to start from them ----
mkdir -p again
sed -e '/- {id: b/d' -e '/^claims/,$d' -e 's/, weights: \[0, 2\]}/, weights: 0}/' -e 's/seeds: 3/seeds: 1/' s/experiment.yaml >again/experiment.yaml
sed -i "s|  eta_v: 0.2|  teacher: {weights: ../one/a.sgd/3/teacher.npy}\n  init: {kind: weights, weights: ../one/a.sgd/3/w-2.npy}|" again/experiment.yaml
check "started from: run" 0 "$overlap" run again --out from
columns() { awk -F, -v seed="$2" -v at="$3" '$1 == seed && $2 == at {for (i = 4; i <= 8; i++) printf "%.10f ", $i; print ""}' "$1"; }
holds "started from: Q and R are those of the row" test "$(columns from/a.sgd.csv 1 0)" = "$(columns one/a.sgd.csv 3 2)"
holds "started from: and of no other" test "$(columns from/a.sgd.csv 1 0)" != "$(columns one/a.sgd.csv 2 2)"
holds "started from: the same weights" cmp from/a.sgd/1/w-0.npy one/a.sgd/3/w-2.npy

# ---- runs that end ----
small ends "claims:
  - {id: early, says: 'SGD is near theory', kind: mean, curves: a, at: 0.5, statistic: relative, margin: {abs: 0.9}}
  - {id: late, says: 'a run that has ended has no error', kind: mean, curves: a, at: 5, statistic: relative, margin: {abs: 0.9}}
  - {id: when, says: 'they end', kind: mean, curves: a, quantity: stopped_at, at: 0, expect: 2, margin: {abs: 3}}"
sed -i 's/^  sigma: 0.1/  sigma: 0\n  stop: {eps_g: 0.3}/' ends/experiment.yaml
check "ends: run" 0 "$overlap" run ends --out ended
says "ends: a column" '^seed,alpha,.*,stopped_at$' ended/a.sgd.csv
says "ends: rows behind are nan" '^1,5,nan,nan,.*,[0-9.]+$' ended/a.sgd.csv
check "ends: compare" 0 "$overlap" compare ends --out ended
says "ends: agreement has no mean there" '^a,eps_g,5,[0-3],nan,nan,nan,nan,nan,nan,nan,nan$' ended/agreement.csv
check "ends: verify" 1 "$overlap" verify ends --out ended
says "ends: a claim on what comes later fails" 'ends.late: FAIL.*a run that .stop. ends has nan from then on' out
says "ends: on what came before it holds" 'ends.early .*PASS' out
says "ends: when it ends can be claimed" 'ends.when .*PASS' out
check "ends: plan" 0 "$overlap" plan ends --out ended
says "ends: it is a valid result" 'a +sgd +0 of 4 +valid' out

sed -i 's/eps_g: 0.3/eps_g: 1e-30/' ends/experiment.yaml
check "ends: a level that none falls to" 0 "$overlap" run ends --out ended
check "ends: verify again" 1 "$overlap" verify ends --out ended
says "ends: says that none fell to it" 'ends.when: FAIL.*this run has not fallen to the level of .stop.' out
sed -i 's/theory: true/theory: {fixed_point: true}/' ends/experiment.yaml
check "ends: no fixed point of a path that ends" 2 "$overlap" run ends --out ended
says "ends: at its place" 'experiment.yaml:[0-9]+:[0-9]+: error: fixed_point is where a path goes: it has to go on, without stop'

# ---- labels that are signs ----
small signs
sed -i -e 's/^  sigma: 0.1/  labels: {kind: sign, flip: 0.1}/' signs/experiment.yaml
check "signs: no theory" 2 "$overlap" run signs --out signed
says "signs: one error, with its place" 'experiment.yaml:11:11: error: there is no theory of labels of kind sign'
sed -i '/theory: true/d' signs/experiment.yaml
check "signs: run" 0 "$overlap" run signs --out signed
says "signs: columns" '^seed,alpha,eps_g,.*,eps_g_se,eps_c,eps_c_se$' signed/a.sgd.csv
says "signs: what they are" '^# columns: .*sign phi\* stands for phi\* in eps_g' signed/a.sgd.csv
check "signs: keys" 0 "$overlap" keys two-layer labels.flip
says "signs: keys say it" 'probability that the label' out
