#!/bin/bash
# SPDX-License-Identifier: MIT
# What new users stumble over: settings that must not cost stored results, progress of theory, make's
# -j1, reasons, keys one by one, how long it will take.
. tests/cli/lib.sh

# ---- --set leaves the results of the experiment as it is written alone ----
small s
check "run as written" 0 "$overlap" run s --quiet
cp -r build/results/s kept
check "--set without --out" 0 "$overlap" run s --set eta_w=0.1 --set sgd.seeds=2
says "--set: says where" '^results are in build/results/s\+eta_w=0\.1\+sgd\.seeds=2$'
holds "--set: the results as written stay" diff -r kept build/results/s
says "--set: its own are beside" '^# eta_w: 0.1' build/results/s+eta_w=0.1+sgd.seeds=2/a.sgd.csv
check "--set: compared there" 0 "$overlap" compare s --set eta_w=0.1 --set sgd.seeds=2
holds "--set: compared there, not here" test -e build/results/s+eta_w=0.1+sgd.seeds=2/agreement.csv -a ! -e build/results/s/agreement.csv
check "--set: planned there" 0 "$overlap" plan s --set eta_w=0.1 --set sgd.seeds=2
says "--set: planned there, valid" 'a +sgd +0 of 2 +valid' out
check "--set: as written is valid, too" 0 "$overlap" plan s
says "--set: as written is valid" 'a +sgd +0 of 4 +valid' out
check "--set: what is no file name" 0 "$overlap" run s --set 'alpha=[0, 1]'
says "--set: what is no file name: a hash" '^results are in build/results/s\+[0-9a-f]{12}$'
check "--set: --out is heard" 0 "$overlap" run s --set eta_w=0.1 --out mine
holds "--set: --out is heard, and there" test -e mine/a.sgd.csv
check "--set: commands that can be run" 0 "$overlap" plan s --set eta_w=0.3 --todo
says "--set: commands that can be run: where" '--out /[^ ]*/build/results/s\+eta_w=0\.3 ' out

# ---- status says what is being computed ----
mkdir -p build/results/s/jobs
echo 's a theory: 42 s, 12.3k of at most 1M right-hand sides' >build/results/s/jobs/1.running
check "status: a job under way" 0 "$overlap" status s
says "status: says how far it is" '^  running s a theory: 42 s, 12\.3k of at most 1M right-hand sides$' out
touch -d '1 minute ago' build/results/s/jobs/1.running
check "status: a process that was killed" 0 "$overlap" status s
holds "status: says nothing of it" bash -c '! grep -q running out'
printf '# %s %s\ns a theory: 5 s\n' "$(uname -n)" "$(readlink /proc/self/ns/pid)" >build/results/s/jobs/99999999.running
check "status: a process that was killed a moment ago" 0 "$overlap" status s
says "status: its process is gone" "^  stopped s a theory: 5 s: its process is gone; 'overlap run' takes it up$" out
holds "status: nothing is running" bash -c '! grep -q running out'
check "status: swept by the next run" 0 "$overlap" run s --quiet
holds "status: it is gone" test ! -e build/results/s/jobs/1.running

# ---- status says what is of the parameters as they are ----
state() { # NAME WHAT OPTION…: the columns after the tier
    check "status: $1" 0 "$overlap" status "${@:3}" experiments/t
    holds "status: $1: says so" test "$(sed -n '2s/^t  *quick  *//; 2s/  */ /gp' out)" = "$2"
}
small experiments/t
mkdir -p figures build/figures
state "nothing" "0 of 8 0 of 2 no no"
touch figures/t.svg build/figures/t.pdf
state "a figure that came with the files" "0 of 8 0 of 2 no yes"
check "status: run" 0 "$overlap" run experiments/t --quiet
touch -d '1 hour ago' build/figures/t.pdf
state "a figure before its tables" "8 of 8 2 of 2 no stale"
check "status: compared" 0 "$overlap" compare experiments/t
touch -d '1 minute' build/figures/t.pdf
state "all" "8 of 8 2 of 2 yes yes"
state "another stream has no figure" "0 of 8 0 of 2 no -" --stream 2
state "nor have those of --set" "0 of 8 0 of 2 no -" --set eta_w=0.3
check "status --set: run" 0 "$overlap" run experiments/t --set eta_w=0.3 --quiet
state "--set: what is there" "8 of 8 2 of 2 no -" --set eta_w=0.3
state "nor have results elsewhere" "0 of 8 0 of 2 no -" --out nowhere
touch -d '2 minutes' experiments/t/plot.gp
state "a figure before its script" "8 of 8 2 of 2 yes stale"
rm experiments/t/plot.gp
sed -i 's/eta_w: 0.5/eta_w: 0.4/' experiments/t/experiment.yaml
state "a parameter was edited" "0 of 8 0 of 2 stale stale"
sed -i 's/eta_w: 0.4/eta_w: 0.5/' experiments/t/experiment.yaml
state "and set back" "8 of 8 2 of 2 yes yes"
mkdir -p build/elsewhere && cp -r experiments/t build/elsewhere/t
check "status: a directory elsewhere" 0 "$overlap" status build/elsewhere/t
says "status: elsewhere: its figure is not that of experiments/" ' no$' out

# ---- keys, all or one by one ----
check "keys: all" 0 "$overlap" keys
says "keys: an overview first" '^experiment: title source system ' <(sed -n 1p out)
holds "keys: a line a system in it" test "$(sed -n 2,9p out | grep -cE '^(two-layer|random-features|mean-field): ')" = 3
check "keys: a system" 0 "$overlap" keys two-layer
says "keys: a system: its own" '^eta_w: a number' out
holds "keys: a system: nothing else" bash -c '! grep -qE "^(title|init_std|kind): " out'
says "keys: a system: its columns" '^    eps_g: generalisation error' out
for system in random-features mean-field quadratic; do
    check "keys: $system" 0 "$overlap" keys $system
    says "keys: $system: its columns" '^    (eps_g|mse): ' out
done
check "keys: formulas" 0 "$overlap" keys --formulas
says "keys: formulas: functions" '^    ln +natural logarithm' out
says "keys: formulas: a parameter" '^    kappa_star +' out
says "keys: formulas: what follows from parameters" '^    mu_star2 +of it beyond mean and linear part' out
holds "keys: formulas: no key that is no number" bash -c '! grep -qE "^    (init|theory|activation) " out'
check "keys: one" 0 "$overlap" keys two-layer eta_w
holds "keys: one: and no more" test "$(grep -v '^ ' out | cut -d: -f1)" = '# two-layer
eta_w'
check "keys: one of several systems" 0 "$overlap" keys init.std
says "keys: one of several systems: both" '^# mean-field$' out
check "keys: by what it means" 0 "$overlap" keys two-layer 'label noise'
says "keys: by what it means: found" '^sigma: ' out
check "keys: of claims" 0 "$overlap" keys claims at
holds "keys: of claims: kinds that share it, once" test "$(grep -c '^at: ' out)" = 1
check "keys: a kind of claims that is called as a key" 0 "$overlap" keys scaling
says "keys: called as a key: the kind" '^kind: scaling - ' out
says "keys: called as a key: its keys" '^  against: ' out
says "keys: called as a key: whose it is" '^# two-layer$' out
says "keys: called as a key: the key" '^scaling: ' out
holds "keys: called as a key: other kinds are left out" bash -c '! grep -qE "^kind: (mean|order)|^# (experiment|mean-field)" out'
check "keys: a typo" 2 "$overlap" keys two-layer eta_W_
says "keys: a typo: did you mean" "^overlap: error: no key matches 'eta_W_'; did you mean 'eta_w'"
check "keys: a system that is none" 2 "$overlap" keys two-layr
says "keys: a system that is none: did you mean" "did you mean 'two-layer'"
check "keys: nothing" 2 "$overlap" keys ''
holds "keys: a reader that has enough" bash -c '[ -z "$("$0" keys 2>&1 >/dev/null | cat)" ] && ! ("$0" keys 2>&3 | true) 3>&1 | grep .' "$overlap"

# ---- plan says how long it will take ----
check "plan: nothing is timed yet" 0 "$overlap" plan s --out nowhere --set N=60
says "plan: theory is not guessed at" 's +a +theory +4 of 4 .* unknown +no result yet$' out
check "plan: more seeds than were timed" 0 "$overlap" plan s --set sgd.seeds=400
says "plan: by the step" '^s +a +sgd +400 of 400 +[0-9.]+ MB +[0-9.]+ (s|min [0-9]+ s) ' out
says "plan: in all" '^time: about [0-9.]+ (s|min [0-9]+ s) of CPU time' out
small untimed
check "plan: an experiment that never ran" 0 "$overlap" plan untimed
says "plan: its steps" '^untimed +a +sgd +4 of 4 +[0-9.]+ MB +1k steps ' out

# ---- what was probably meant ----
small experiments/mine
check "a bare name: experiments/NAME" 0 "$overlap" list t
says "a bare name: what is in it" '^curve a theory sgd$' out
check "a bare name: plan" 0 "$overlap" plan t
mkdir -p bare/t
check "a bare name: a directory of that name comes first" 2 bash -c "cd bare && mkdir -p experiments && cp -r ../experiments/t experiments && '$overlap' plan t"
says "a bare name: so its file is missing" '^overlap: error: t/experiment.yaml: No such file'
check "keys: a path with a typo" 2 "$overlap" keys init.stdd
says "keys: a path with a typo: did you mean" "did you mean 'init.std'"
check "a name with a typo" 2 "$overlap" verify mien
says "a name with a typo: did you mean" "^overlap: error: mien: No such file or directory; did you mean 'experiments/mine'\?"
check "a typo in a directory" 2 "$overlap" run experiments/mien
says "a typo in a directory: did you mean" "did you mean 'experiments/mine'\?"
check "a directory that nothing is like" 2 "$overlap" run nowhere-near
says "a directory that nothing is like" '^overlap: error: nowhere-near: No such file or directory$'
check "new: from a typo" 2 "$overlap" new other --from mien
says "new: from a typo: did you mean" "^overlap: error: there is no experiments/mien/experiment.yaml; did you mean 'mine'\?"
small experiments/quadratic_of_width_one
small experiments/quadratic_of_width_two
printf '# quadratic_of_width_one: what is asked\n\n**Question.** Which? # not a title\n' >experiments/quadratic_of_width_one/README.md
check "new: a part of names" 2 "$overlap" new other --from quadratic
says "new: a part of names: which" "/quadratic/experiment.yaml; there are 'quadratic_of_width_one', 'quadratic_of_width_two'$"
check "new: a part of names, with another hyphen" 2 "$overlap" new other --from width-t
says "new: with another hyphen: which" "; there are 'quadratic_of_width_two'$"
check "new: a copy" 0 "$overlap" new other --from quadratic_of_width_one
holds "new: a copy: a README with a title of its own" test "$(cat experiments/other/README.md)" = '# other: …, begun from quadratic_of_width_one

**Question.** Which? # not a title'
holds "new: a copy: the template stays" grep -q '^# quadratic_of_width_one: what is asked$' experiments/quadratic_of_width_one/README.md
holds "new: a copy: the same experiment" cmp experiments/quadratic_of_width_one/experiment.yaml experiments/other/experiment.yaml
check "new: no name" 2 "$overlap" new ''
says "new: no name: says how" 'make new EXP=NAME FROM=demo'
sed -i 's/alpha: .*/alpha: late/' experiments/mine/experiment.yaml
check "a word for a map" 2 "$overlap" plan experiments/mine
says "a word for a map: its keys" "alpha must be a number or a list of numbers or a map with max, min, points, spacing, not 'late'"

# ---- claims take the names that vary takes ----
mkdir collapse
cat >collapse/experiment.yaml <<'YAML'
title: A collapse
system: two-layer
tier: quick
defaults: {M: 1, activation: erf, sgd: {seeds: 2}, t: [0, 1]}
curves:
  - {id: g, scaling: {p: 2, d: 20}, vary: {scaling.gamma: [0.05, 0.1]}}
claims:
  - {id: c, says: so, kind: scaling, curves: g, against: scaling.gamma, at: 1, expect: 0, margin: {abs: 9}}
YAML
check "against: a path" 0 "$overlap" plan collapse
sed -i 's/against: scaling.gamma/against: scaling.gama/' collapse/experiment.yaml
check "against: a path that is none" 2 "$overlap" verify collapse
says "against: a path that is none: what there is" "curve g-scaling.gamma0.05 has no parameter 'scaling.gama'; it has .*gamma"
