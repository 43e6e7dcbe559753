#!/bin/bash
# SPDX-License-Identifier: MIT
# System random-features from experiment.yaml to verdicts: tables, comparison, claims, mistakes.
. tests/cli/lib.sh

mkdir rf
cat >rf/experiment.yaml <<'YAML'
title: A small one
source: none
system: random-features
tier: quick
defaults:
  N: 40
  beta: 1
  eta: 2
  t: [0, 0.5, 4, 20]
curves:
  - {id: limit, theory: true, sgd: {seeds: 3}}
  - {id: inst, theory: instance, sgd: {seeds: 3}}
  - {id: flow, eta: flow, theory: true}
claims:
  - {id: stationary, says: so it is, kind: margin, curves: limit, quantity: stationary, at: last, expect: 0.0578, margin: {rel: 0.001}}
  - {id: agreement, says: so it is, kind: mean, curves: inst, at: [0.5, 4], statistic: relative, margin: {abs: 10}}
YAML
check "run -j1" 0 "$overlap" run rf --out one --jobs 1
check "run -j2" 0 "$overlap" run rf --out two -j 2
holds "same bytes for -j1 and -j2" cmp one/inst.sgd.csv two/inst.sgd.csv
holds "same bytes of theory" cmp one/inst.theory.csv two/inst.theory.csv
"$overlap" plan rf --out three --todo >jobs.sh
holds "jobs one by one" bash jobs.sh
holds "same bytes from single jobs" cmp one/inst.sgd.csv three/inst.sgd.csv
says "the header of the contract" '^seed,t,alpha,eps_g$' one/inst.sgd.csv
says "the header of theory" '^seed,t,alpha,eps_g,floor,stationary,growth,eta_max$' one/limit.theory.csv
says "the limit has seed 0" '^0,4,4,' one/limit.theory.csv
says "instances have the seeds of sgd" '^3,4,4,' one/inst.theory.csv
says "flow has no alpha" '^0,4,nan,' one/flow.theory.csv
check "table: a parameter that not all curves have" 0 "$overlap" table rf --out one --mean
holds "table: a parameter that not all curves have: nan" grep -q '^limit,theory,.*nan' out
check "compare" 0 "$overlap" compare rf --out one
says "compare: time has its name" '^curve,quantity,t,n,theory' one/agreement.csv
says "compare: eps_g" '^inst,eps_g,4,3,' one/agreement.csv
holds "compare: times are no quantities" bash -c '! grep -q "^inst,alpha," one/agreement.csv'
says "compare: the time's name is the system's" '^curve,quantity,t,n,' one/agreement.csv
check "verify" 0 "$overlap" verify rf --out one
sed 's/expect: 0.0578/expect: 0.0678/' -i rf/experiment.yaml
check "verify: a wrong number" 1 "$overlap" verify rf --out one

mistake() { # name, sed script on rf/experiment.yaml, pattern
    rm -rf bad out_bad
    cp -r rf bad
    sed -i "$2" bad/experiment.yaml
    check "$1" 2 "$overlap" run bad --out out_bad
    says "$1: says so" "$3"
    holds "$1: nothing written" test ! -e out_bad
}
mistake "beta <= 0" 's/beta: 1/beta: 0/' '^bad/experiment.yaml:7:9: error: beta = K/N must be above 0'
mistake "K = 0" 's/beta: 1/K: 0/' '^bad/experiment.yaml:7:6: error: K must be at least 1'
mistake "beta and K" 's/beta: 1/beta: 1\n  K: 40/' '^bad/experiment.yaml:7:9: error: beta = K/N stands beside K'
mistake "flow with sgd" 's/theory: instance/eta: flow, theory: instance/' \
    '^bad/experiment.yaml:12:[0-9]+: error: eta: flow is the limit of small learning rates'
sed -e 's/eta: 2/eta: 9/' -e 's/20\]/20, 1e6]/' -e '/^claims/,$d' rf/experiment.yaml >div.yaml
mkdir div && mv div.yaml div/experiment.yaml
check "eta too large" 4 timeout 60 "$overlap" run div --out div/out --set on_divergence=fail
says "eta too large: sgd says where" 'sgd seed 1: diverges at t = '
says "eta too large: theory says how fast" 'eta_max is 6, the error grows as exp\('
holds "eta too large: no table" test ! -e div/out/limit.sgd.csv
check "eta too large: kept" 0 timeout 60 "$overlap" run div --out div/out
says "eta too large: kept, until then" '^0,1000000,nan,nan' div/out/limit.theory.csv
# two curves that differ only in their theory have one simulation
check "shared runs: one curve" 0 "$overlap" run div --out shared --side sgd --curve limit
check "shared runs: the other" 0 "$overlap" run div --out shared --side sgd --curve inst
says "shared runs: nothing is computed twice" '^0 runs computed in .*, 3 valid before, 0 failed; 1 tables written$'
holds "shared runs: the same rows" diff <(grep -v '^#' shared/limit.sgd.csv) <(grep -v '^#' shared/inst.sgd.csv)
check "shared runs: all of it" 0 "$overlap" run div --out shared
holds "shared runs: no block is left" bash -c '! ls shared/jobs/*.csv 2>/dev/null'
check "keys" 0 "$overlap" keys random-features
says "keys: they are there" '^init_std: ' out
check "keys of all systems" 0 "$overlap" keys
says "keys: two-layer" '^eta_w: ' out
says "keys: random-features" '^init_std: ' out
