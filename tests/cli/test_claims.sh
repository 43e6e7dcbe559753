#!/bin/bash
# SPDX-License-Identifier: MIT
# Claims of every kind on real runs: true ones that few seeds leave open and more seeds decide, and
# their broken twins.
. tests/cli/lib.sh

mkdir -p law
cat >law/experiment.yaml <<'YAML'
title: Finite N
source: none
system: two-layer
tier: quick
defaults:
  K: 1
  M: 1
  activation: erf
  eta_w: 0.5
  sigma: 0.1
  init: {kind: overlaps, Q: [[0.5]], R: [[0.1]]}
  alpha: [0, 0.5, 1, 2, 5]
  theory: {fluctuations: true}
curves:
  - {id: run, vary: {N: [50, 200, 800]}, sgd: {engine: law, seeds: 8}}
claims:
  - {id: exact, says: all start at the same overlap, kind: exact, curves: run, side: sgd, quantity: R_0_0, at: 0, expect: 0.1}
  - {id: band, says: theory holds along the curve, kind: band, curves: run-N800, statistic: relative, margin: {abs: 0.03}}
  - {id: width, says: the mean strays as theory predicts, kind: band, curves: run-N800, width: theory, margin: {rel: 0.005}, bias: 0.1}
  - {id: scaling, says: the spread falls like the root of N, kind: scaling, curves: run, statistic: rms, against: N, at: 2, expect: -1/2, margin: {abs: 0.1}}
  - {id: spread, says: the spread is the predicted one, kind: mean, curves: run, statistic: ratio_sd, at: [1, 5], expect: 1, margin: {abs: 0.15}}
YAML
check "run with few seeds" 0 "$overlap" run law
check "few seeds: open" 3 "$overlap" verify law
says "few seeds: exact needs none" '^law.exact .*PASS' out
for kind in band width scaling spread; do
    says "few seeds: $kind is undecided" "^law.$kind .*INCONCLUSIVE" out
    says "few seeds: $kind says how many" "^law.$kind: INCONCLUSIVE: .*(would decide|would do)" out
done
check "eight seeds: compared" 0 "$overlap" compare law
says "eight seeds: a headline" 'deviates by up to [0-9.]+ standard errors .* chance alone gives up to' out
check "five seeds" 0 "$overlap" run law --set sgd.seeds=5
check "five seeds: compared" 0 "$overlap" compare law --set sgd.seeds=5
says "five seeds: no headline" 'with 5 seeds no error is known well enough' out
holds "five seeds: nothing of Student" bash -c '! grep -q "standard errors" out'
sed -i 's/seeds: 8/seeds: 3000/' law/experiment.yaml
check "run with more seeds" 0 "$overlap" run law
check "more seeds: decided" 0 "$overlap" verify law
says "more seeds: all pass" '^claims: 5 PASS, 0 FAIL, 0 INCONCLUSIVE' out
says "p-values are reported" '"p_holm": [0-9.e-]+' build/verdicts.json
cp build/verdicts.json first.json
"$overlap" verify law >/dev/null
holds "verdicts.json: same bytes" cmp first.json build/verdicts.json

red() { # CLAIM SED-SCRIPT
    cp -r law broken
    cp -r build/results/law build/results/broken
    sed -i "/id: $1,/{$2}" broken/experiment.yaml
    check "$1, broken: $2" 1 "$overlap" verify broken
    says "$1, broken: FAIL" "^broken.$1 .*FAIL" out
    rm -r broken build/results/broken
}
red exact 's/expect: 0.1/expect: 0.1000001/'
red scaling 's|expect: -1/2|expect: -1|'
red spread 's/expect: 1,/expect: 1.5,/'
# a theory of another learning rate: its tables under the names of the true one
cp -r law wrong
sed -i 's/eta_w: 0.5/eta_w: 0.45/; s/seeds: 3000/seeds: 300/' wrong/experiment.yaml
check "run at another learning rate" 0 "$overlap" run wrong
cp -r law mixed
sed -i 's/seeds: 3000/seeds: 300/; s/eta_w: 0.5/eta_w: 0.45/' mixed/experiment.yaml
check "run the mixture" 0 "$overlap" run mixed
for N in 50 200 800; do # theory's header, with the numbers of the other theory below it
    to=build/results/mixed/run-N$N.theory.csv from=build/results/law/run-N$N.theory.csv
    { grep '^#' "$to" | grep -v '^# sha256: '; grep -v '^#' "$from"; } >t.csv
    echo "# sha256: $(sha256sum <t.csv | cut -d' ' -f1)" >>t.csv
    mv t.csv "$to"
done
check "sgd against another theory" 1 "$overlap" verify mixed
says "another theory: the band fails" '^mixed.band .*FAIL' out
says "another theory: the predicted band fails" '^mixed.width .*FAIL' out
