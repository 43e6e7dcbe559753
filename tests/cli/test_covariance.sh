#!/bin/bash
# SPDX-License-Identifier: MIT
# Inputs of any covariance, from experiment.yaml to verdicts, and each mistake at its place.
. tests/cli/lib.sh

cp -r "$root/tests/cli/inputs/covariance" .
check "run" 0 "$overlap" run covariance --out results -j 2
check "compare" 0 "$overlap" compare covariance --out results
check "verify: check values, and SGD block by block" 0 "$overlap" verify covariance --out results
says "columns of blocks" '^seed,alpha,eps_g,Q_0_0,Q_1_0,Q_1_1,R_0_0,R_1_0,v_0,v_1,Q_0_0_b0,Q_1_0_b0,Q_1_1_b0,R_0_0_b0,R_1_0_b0,Q_0_0_b1,' results/B.theory.csv
says "those of SGD" ',v_0,v_1,Q_0_0_b0,.*,R_1_0_b1$' results/sides.sgd.csv
says "what was run" '^# covariance: 2.5 0.5 shares 0.25 0.75$' results/A.theory.csv
says "how many blocks" '^# blocks: 2 on average$' results/A.theory.csv
mkdir other && sed 's/eta_w: 0.5$/eta_w: 0.501/' covariance/experiment.yaml >other/experiment.yaml
check "another rate" 0 "$overlap" run other --out other_out
check "check values see it" 1 "$overlap" verify other --out other_out
says "check values see it: said" '^other.A-5: FAIL'  out
check "keys" 0 "$overlap" keys two-layer inputs.covariance
says "a list of maps is documented" '^ +share: a number, from 0 to 1; required$' out

# ---- mistakes ----
# wrong NAME FROM TO PLACE-AND-MESSAGE: curve A with something else in it
wrong() {
    mkdir -p bad
    sed -n '1,/^  - id: B/p' "$root/tests/cli/inputs/covariance/experiment.yaml" | sed '$d' |
        sed "s/$2/$3/g" >bad/experiment.yaml
    check "$1" 2 "$overlap" run bad --out bad_out
    says "$1: said" "^bad/experiment.yaml:$4"
    holds "$1: once" test "$(grep -c 'error:' "$work/err")" -eq 1
}
wrong "shares" 'share: 0.75' 'share: 0.5' '16:26: error: the shares sum to 0.75, not to 1$'
wrong "a negative eigenvalue" 'eigenvalue: 0.5' 'eigenvalue: -0.5' '16:85: error: eigenvalue must be from 0 to'
wrong "no variance at all" 'eigenvalue: [0-9.]*' 'eigenvalue: 0' '16:26: error: covariance is 0 throughout$'
wrong "no number to scale" 'eigenvalue: [0-9.]*' 'eigenvalue: 1e-320' '16:26: error: covariance has a mean too small to scale it to 1$'
wrong "more matrices than blocks" '\[\[0.7,' '[[1, 0], [0, 1]], [[0.7,' '17:23: error: teacher.blocks has 3 entries, but the covariance has 2 blocks$'
wrong "fewer starts than blocks" ', {share: 0.75, eigenvalue: 0.5}' ', {share: 0.5, eigenvalue: 0.5}, {share: 0.25, eigenvalue: 1}' '17:23: error: teacher.blocks has 2 entries, but the covariance has 3 blocks$'
wrong "T of a block" '0.7, -0.1' '0.7, -1' '17:52: error: blocks is not symmetric'
wrong "T no covariance" '0.7, -0.1\], \[-0.1' '0.7, -1], [-1' '17:52: error: T of block 1 is not positive semi-definite: smallest eigenvalue -0.2'
wrong "Q no covariance" '0.2, 0.03\], \[0.03' '0.2, 0.3], [0.3' '19:37: error: Q of block 1 is not positive semi-definite'
wrong "R no covariance" '0.03, -0.02' '0.5, -0.02' '19:37: error: the joint matrix of T, R, Q of block 1 is not positive semi-definite'
wrong "Q of another size" '\[\[0.2, 0.03\], \[0.03, 0.15\]\]' '[[0.2]]' '19:41: error: Q is 1 x 1, it has to be 2 x 2 \(K x K\)$'
wrong "a block without R" ', R: \[\[0.03, -0.02\], \[0.01, 0.06\]\]' '' "19:37: error: blocks needs 'R'"
wrong "blocks and Q" 'kind: overlaps,' 'kind: overlaps, Q: [[1, 0], [0, 1]],' "18:31: error: 'init.Q' is read by nothing here: curve A has those of each block"
wrong "blocks of a start that is drawn" 'kind: overlaps,' 'kind: random,' '17:23: error: teacher.blocks needs init of kind overlaps$'
wrong "blocks without any" 'covariance: .*' 'covariance: {lognormal: 1}}' '17:23: error: teacher.blocks needs inputs with a covariance that lists its blocks$'
wrong "more blocks than are listed" '0.5}\]}' '0.5}]}\n    blocks: 3' '17:13: error: blocks is 3, but the covariance lists 2 variances$'
wrong "fewer than are given" '0.5}\]}' '0.5}]}\n    blocks: 1' '19:36: error: overlaps are given in 2 blocks: they can.t be 1$'
wrong "directions that are none" 'K: 2' 'N: 30\n    sgd: {engine: law, seeds: 1}\n    K: 2' '18:27: error: share 0.25 of N = 30 is 7.5 directions, which is no whole number$'
wrong "too few directions" 'K: 2' 'N: 12\n    sgd: {engine: law, seeds: 1}\n    K: 2' '14:10: error: block 0 has 3 of N = 12 directions, its overlaps need 4$'
wrong "no N" 'K: 2' 'sgd: {engine: law, seeds: 1}\n    K: 2' "17:26: error: covariance needs 'N', the input dimension$"
wrong "rates of other blocks" '0.5}\]}' '0.5}], precondition: [1, 2, 3]}' '16:106: error: precondition has 3 numbers; the covariance lists 2$'
wrong "spiked with rates that fall at once" 'eta_w: 0.5$' 'eta_w: {start: 0.5, decay: {kind: power, exponent: 1, time: 0.1}}\n    N: 40\n    theory: {spiked: true}' '[0-9:]+ error: spiked is not known with learning rates that fall within five steps$'
wrong "spiked without N" 'theory: {blocks: true}' 'theory: {spiked: true}' "10:20: error: spiked needs 'N', the input dimension$"
wrong "blocks of white inputs" 'theory: {blocks: true}' 'theory: {blocks: true, inputs: isotropic}' '10:20: error: blocks is for theory of inputs with a covariance$'
wrong "two names" 'covariance: .*' 'covariance: {power: 1, lognormal: 1}}' '16:26: error: covariance takes one of power, lognormal, marchenko_pastur and images$'

mkdir law
cat >law/experiment.yaml <<'YAML'
title: A start from overlaps
source: none
system: two-layer
tier: quick
curves:
  - id: a
    N: 100
    K: 2
    M: 2
    eta_w: 0.5
    init: {kind: overlaps, Q: [[1, 0], [0, 1]], R: [[0, 0], [0, 0]]}
    inputs: {covariance: {power: 1}}
    alpha: [0, 1]
    sgd: {engine: law, seeds: 1}
YAML
check "engine law has no room" 2 "$overlap" run law --out law_out
says "engine law has no room: said" '^law/experiment.yaml:14:10: error: engine law starts from given overlaps in blocks of K \+ M = 4 directions or more, and block 0 has 1: '
# engine weights has: of the weights as a whole
sed -i 's/engine: law/engine: weights/' law/experiment.yaml
check "engine weights embeds them as a whole" 0 "$overlap" run law --out law_out

sed -i '/init:/d; s/{power: 1}}/{power: 1}}\n    blocks: 1/; s/sgd: .*/theory: true/' law/experiment.yaml
check "one block for drawn weights" 2 "$overlap" run law --out law_out
says "one block for drawn weights: said" '^law/experiment.yaml:12:13: error: drawn weights need 2 blocks at least'

sed -i 's/theory: true/theory: {fluctuations: true}/; /^    blocks: 1$/d' law/experiment.yaml
check "signed blocks have no spread" 2 "$overlap" run law --out law_out
says "signed blocks have no spread: said" '^law/experiment.yaml:13:28: error: fluctuations of drawn weights need a block for each direction'
