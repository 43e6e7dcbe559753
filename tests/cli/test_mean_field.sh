#!/bin/bash
# SPDX-License-Identifier: MIT
# System mean-field from experiment.yaml to verdicts: tables, the three kinds of start, mistakes.
. tests/cli/lib.sh

mkdir mf
cat >mf/experiment.yaml <<'YAML'
title: A small one
source: none
system: mean-field
tier: quick
defaults:
  p: 30
  k: 2
  d: 200
  gamma: 0.6
  sigma: 0.3
  t: [0, 0.5, 2]
curves:
  - {id: net, theory: true, sgd: {seeds: 3}, distribution: {m: [0, 0.5], q: 1}}
  - {id: units, theory: true, sgd: {seeds: 3}, particles: [0, 2]}
  - {id: given, p: 3, theory: true, init: {kind: particles, m: [[0.5, 0.1], [0.2, 0.7], [0, 0]], q: 0.3}, sgd: {seeds: 2}, gamma: 0.01}
  - {id: erf, activation: erf, theory: flow}
  - {id: measure, theory: {seeds: 2}, init: {kind: gaussian, std: 0.3, q: 1}}
claims:
  - {id: agreement, says: so it is, kind: mean, curves: given, at: 0, statistic: relative, margin: {abs: 0.5}}
YAML
check "run -j1" 0 "$overlap" run mf --out one --jobs 1
check "run -j2" 0 "$overlap" run mf --out two -j 2
for table in net.sgd net.theory units.sgd units.theory given.sgd erf.theory measure.theory; do
    holds "same bytes for -j1 and -j2: $table" cmp one/$table.csv two/$table.csv
done
says "the header of the contract" '^seed,t,eps_g,m_0,m_1,S_0_0,S_1_0,S_1_1,q,q_sd,cos_out,f_out,F_m_0_0,F_m_0_0.5,F_m_1_0,F_m_1_0.5,F_q_1$' one/net.sgd.csv
says "given particles have seed 0" '^0,0,' one/given.theory.csv
says "a measure has seeds" '^2,2,' one/measure.theory.csv
starts() { awk -F, '$2 == 0 && !/^#/ {printf "%s %.10g %.10g %.10g\n", $1, $4, $6, $9}' "$1"; }
holds "theory starts from the weights of sgd" cmp <(starts one/net.theory.csv) <(starts one/net.sgd.csv)
holds "given particles are embedded" cmp <(starts one/given.theory.csv | cut -d' ' -f2-) \
    <(starts one/given.sgd.csv | cut -d' ' -f2- | uniq)
says "a table of units" '^seed,t,j,m_0,m_1,q$' one/units.theory.csv
# the moments of a curve out of the units of the other: the same runs
moments() { awk -F, '!/^[#s]/ && $2 == 2 {n[$1]++; m[$1] += $4; S[$1] += $4*$5; q[$1] += $6; F[$1] += $5 <= 0.5}
    END {for (s = 1; s <= 3; s++) printf "%.5g %.5g %.5g %.5g\n", m[s]/n[s], S[s]/n[s], q[s]/n[s], F[s]/n[s]}' "$1"; }
of_rows() { awk -F, '!/^[#s]/ && $2 == 2 {printf "%.5g %.5g %.5g %.5g\n", $4, $7, $9, $16}' "$1"; }
for side in sgd theory; do
    holds "units have the moments, $side" cmp <(moments one/units.$side.csv) <(of_rows one/net.$side.csv)
done
check "compare" 0 "$overlap" compare mf --out one
says "compare: eps_g" '^net,eps_g,0.5,3,' one/agreement.csv
says "compare: moments" '^net,S_0_0,0.5,3,' one/agreement.csv
check "verify" 0 "$overlap" verify mf --out one
holds "units are not compared" test "$(grep -c ^units, one/agreement.csv)" = 0

# Five thousand units, more than dimensions: overlaps of one time in memory, moments in the table
mkdir wide
cat >wide/experiment.yaml <<'YAML'
title: Wide
source: none
system: mean-field
tier: quick
curves:
  - {id: wide, p: 5000, k: 2, d: 3, gamma: 25, activation: erf, t: [0, 0.01], sgd: {seeds: 1}, theory: flow}
  - {id: given, p: 20, k: 1, d: 3, gamma: 0.1, init: {kind: particles, m: [[0],[1],[0],[1],[0],[1],[0],[1],[0],[1],[0],[1],[0],[1],[0],[1],[0],[1],[0],[1]], q: 0.5}, t: [0, 1], sgd: {seeds: 1}}
YAML
check "5000 units" 0 "$overlap" run wide --out wide_out --jobs 1
says "5000 units: a row of moments" '^1,0.01' wide_out/wide.sgd.csv
holds "which are small" test "$(wc -c <wide_out/wide.sgd.csv)" -lt 100000
holds "given particles, more than dimensions" awk -F, '$1 == 1 && $2 == 0 {n = ($4 - 0.5)^2 + ($5 - 0.5)^2 + ($6 - 0.5)^2 < 1e-20}
    END {exit !n}' wide_out/given.sgd.csv

mistake() { # name, sed script on mf/experiment.yaml, pattern
    rm -rf bad out_bad
    cp -r mf bad
    sed -i "$2" bad/experiment.yaml
    check "$1" 2 "$overlap" run bad --out out_bad
    says "$1: says so" "$3"
    holds "$1: nothing written" test ! -e out_bad
}
mistake "p < 1" 's/  p: 30/  p: 0/' '^bad/experiment.yaml:6:6: error: p must be '
mistake "k >= d" 's/  d: 200/  d: 2/' '^bad/experiment.yaml:8:6: error: d must be larger than k'
mistake "gamma < 0" 's/gamma: 0.6/gamma: -1/' '^bad/experiment.yaml:9:10: error: gamma must be '
mistake "q < 0" 's/0.3, q: 1}/0.3, q: -1}/' '^bad/experiment.yaml:17:[0-9]+: error: q must be '
mistake "both scaling and eta_w" 's/gamma: 0.6/gamma: 0.6\n  eta_w: 1/' \
    "^bad/experiment.yaml:10:3: error: unknown key 'eta_w'"
mistake "another activation" 's/activation: erf/activation: relu/' \
    'error: mean-field equations are known for quadratic and erf units'
mistake "erf with noise" 's/theory: flow/theory: true/' \
    '^bad/experiment.yaml:16:[0-9]+: error: erf units close as gradient flow only: theory: flow, or gamma: 0$'
mistake "erf with noise, beside sgd" 's/theory: flow/theory: true, sgd: {seeds: 2}/' \
    '^bad/experiment.yaml:16:[0-9]+: error: erf units close as gradient flow only: theory: flow$'
mistake "a network of no dimension" '/  d: 200/d' "^bad/experiment.yaml:12:5: error: .*needs 'd', the input dimension"
mistake "particles without m" 's/m: .*, q: 0.3/q: 0.3/' "error: init of kind particles needs 'm'"
mistake "q of a network" 's/theory: flow/&, init: {q: 1}/' \
    "error: 'init.q' is read by nothing here: curve erf starts from random weights; kind: particles or gaussian reads it$"
mistake "m of a measure" 's/theory: {seeds: 2}, init: {kind: gaussian,/p: 1, & m: [[1, 1]],/' \
    "curve measure starts from a Gaussian measure; kind: particles reads it$"
mistake "particles of another shape" 's/, \[0, 0\]\]/]/' 'error: .*p x k'
mistake "a measure with sgd" 's/std: 0.3, q: 1}}/std: 0.3}, sgd: {seeds: 1}}/' \
    'error: a measure has no weights to simulate'
mistake "sgd without a rate" 's/gamma: 0.01}/gamma: 0}/' "error: sgd needs a learning rate: 'gamma' above 0"
mistake "no times" '/^  t: /d' "error: a curve needs 't' or 'particles'"
mistake "two levels of one name" 's/m: \[0, 0.5\]/m: [0.5, 0.5]/' 'error: m has two levels that are 0.5'
mistake "a distribution of units" 's/particles: \[0, 2\]/&, distribution: {q: 1}/' \
    'error: .*distribution'
mistake "a claim on units" 's/curves: given, at: 0/curves: units, at: 0/' 'error: curve units is a table of parts'
check "keys" 0 "$overlap" keys mean-field
says "keys: mean-field" '^gamma: ' out
