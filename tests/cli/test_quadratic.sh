#!/bin/bash
# SPDX-License-Identifier: MIT
# System quadratic from experiment.yaml to verdicts: tables of each kind, mistakes.
. tests/cli/lib.sh

mkdir quad
cat >quad/experiment.yaml <<'YAML'
title: A small one
source: none
system: quadratic
tier: quick
defaults:
  kappa: 0.5
  kappa_star: 0.2
  lambda: 0.1
  d: 20
curves:
  - {id: end, theory: true, sgd: {seeds: 3}, alpha: [0.2, 0.4]}
  - {id: rank-one, theory: true, sensing: wishart, sgd: {seeds: 2, d: 30, method: flow}, alpha: [0.2, 0.4], t: [5]}
  - {id: time, alpha: 0.3, t: [0, 1, 3], sgd: {seeds: 2, method: flow}}
  - {id: population, theory: population, t: [0, 1, 3], sgd: {seeds: 2, method: flow}}
  - {id: line, theory: long-time, alpha: {min: 0.1, max: 1, points: 4, spacing: log}, lambda: 0}
claims:
  - {id: agreement, says: so it is, kind: mean, curves: end, quantity: loss_train, at: 0.4, statistic: relative, margin: {abs: 5}}
  - {id: threshold, says: and so is this, kind: round, curves: line, quantity: alpha_pr_plus, at: last, expect: 0.2556}
YAML
check "run -j1" 0 "$overlap" run quad --out one --jobs 1
check "run -j2" 0 "$overlap" run quad --out two -j 2
for table in end.sgd end.theory rank-one.sgd time.sgd population.sgd population.theory line.theory; do
    holds "same bytes for -j1 and -j2: $table" cmp one/$table.csv two/$table.csv
done
says "the header of the contract" '^seed,alpha,mse,loss_train,err_in,rank$' one/end.sgd.csv
says "that of theory" '^seed,alpha,mse,loss_train,err_in,rank,xi,q,n_roots,' one/end.theory.csv
says "that of dynamics" '^seed,t,alpha,mse,loss_train,err_in,rank$' one/time.sgd.csv
says "an infinite sample" '^seed,t,mse,trace,distance$' one/population.sgd.csv
says "theory has seed 0" '^0,0.2' one/end.theory.csv
says "a range ends where it should" '^0,1,0,0,0,0.(2|19999)' one/line.theory.csv
check "compare" 0 "$overlap" compare quad --out one
check "verify" 0 "$overlap" verify quad --out one

# ---- each alpha of a seed is a job: one that fails fails alone, a kill loses what is under way ----
sed -e '/{id: \(rank-one\|time\|population\|line\)/d' -e '/^claims/,$d' -e 's/d: 20/d: 10/' quad/experiment.yaml >one.yaml
mkdir hard && sed 's/lambda: 0.1/lambda: 1e-11/; s/seeds: 3/seeds: 1/; s/\[0.2, 0.4\]/[0.2, 2]/' one.yaml >hard/experiment.yaml
check "one alpha has no minimum within 30000 gradients" 4 "$overlap" run hard --out hard_out
says "it is named" '^overlap: error: hard end sgd seed 1, alpha = 0.2: no minimum after 30001 gradients'
says "the others are there" '^2 runs computed in .*, 1 failed; 1 tables written$'
check "plan" 0 "$overlap" plan hard --out hard_out
says "plan: one piece is to do" '^hard +end +sgd +1 of 2 ' out
check "plan --todo: a seed" 0 "$overlap" plan hard --out hard_out --todo
holds "plan --todo: once" grep -qx "$overlap run $PWD/hard --out $PWD/hard_out --curve end --side sgd --seed 1 --jobs 1 --tier ci" out
mkdir long && sed 's/seeds: 3/seeds: 40/; s/\[0.2, 0.4\]/[0.2, 0.3, 0.4, 0.6]/; s/d: 10/d: 30/' one.yaml >long/experiment.yaml
check "without a kill" 0 "$overlap" run long --out whole -j 2
"$overlap" run long --out killed -j 2 2>killed_err &
for _ in $(seq 3000); do
    [ "$(ls killed/jobs/*.csv 2>ls_err | wc -l)" -ge 5 ] && break
    sleep 0.01
done
kill -9 $!
wait $! 2>wait_err
check "after a kill" 0 "$overlap" run long --out killed -j 1
says "after a kill: what was stored is not computed again" '^[0-9]+ runs computed in .*, ([5-9]|[0-9][0-9]+) valid before, 0 failed'
holds "after a kill: the same bytes" cmp whole/end.sgd.csv killed/end.sgd.csv

mistake() { # name, sed script on quad/experiment.yaml, pattern
    rm -rf bad out_bad
    cp -r quad bad
    sed -i "$2" bad/experiment.yaml
    check "$1" 2 "$overlap" run bad --out out_bad
    says "$1: says so" "$3"
    holds "$1: nothing written" test ! -e out_bad
}
mistake "kappa <= 0" 's/  kappa: 0.5/  kappa: 0/' '^bad/experiment.yaml:6:10: error: kappa must be '
mistake "lambda < 0" 's/lambda: 0.1/lambda: -1/' '^bad/experiment.yaml:8:11: error: lambda must be '
mistake "alpha <= 0" 's/\[0.2, 0.4\]}$/[0, 0.4]}/' 'error: alpha'
mistake "too large" 's/  d: 20/  d: 1000/' '^bad/experiment.yaml:11:[0-9]+: error: 400000 samples of 500500 numbers would take more than 10 GB of memory: a smaller d, or fewer samples$'
mistake "dmft" 's/theory: population/theory: dmft/' "error: theory dmft needs 'alpha': on infinitely many samples it is theory population"

# ---- claims on the system's own first quantity ----
rm -rf own && cp -r quad own
sed -i 's/quantity: loss_train, //' own/experiment.yaml
check "no quantity: listed" 0 "$overlap" list own
holds "no quantity: the first is shown" test "$(grep -c '^quantity' out)$(grep -m1 '^quantity' out)" = '2quantity mse'
check "no quantity: run" 0 "$overlap" run own --out own_out
check "no quantity: verified" 0 "$overlap" verify own --out own_out --verdicts own.json
says "no quantity: what it asked for" '"quantity": ?"mse"' own.json
mistake "a column that is none" 's/quantity: loss_train/quantity: eps_g/' \
    "no column 'eps_g'; it has mse, loss_train, err_in, rank$"
check "keys" 0 "$overlap" keys quadratic
holds "keys: every theory that there is" grep -q 'of dmft: independent repetitions' out
says "keys: quadratic" '^kappa_star: ' out
