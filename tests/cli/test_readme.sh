#!/bin/bash
# SPDX-License-Identifier: MIT
# README's own experiment, step by step from `make new` to figure and verdict, in a tree of its own
# that is made of this one by links; and what make does besides.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# The program is there and is not to be made again: everything about it is older.
mkdir -p experiments figures build
cp -r "$root/experiments/demo" experiments
cp "$root/figures/style.gp" figures
ln -s "$root"/{src,include,tests} .
sed 's/^all: .*/all:/' "$root/Makefile" >Makefile
ln -s "$overlap" build/overlap
make="make --no-print-directory B=build"
awk '/^```yaml$/ {n++; next} /^```$/ {n = 2} n == 1' "$root/README.md" >block.yaml
holds "README: the block is there" grep -q '^title: My first experiment$' block.yaml

check "README: make new" 0 $make new EXP=mine FROM=demo
cp block.yaml experiments/mine/experiment.yaml
check "README: make fig-mine" 0 $make fig-mine
holds "README: the figure has something in it" grep -q '</svg>' figures/mine.svg
says "README: the verdict is PASS" 'mine\.mine .*PASS' out
says "README: the last line counts" '^1 passed, 0 failed, 0 skipped$' out
holds "off a terminal: one line for all runs" test "$(wc -l <err)" = 1
says "off a terminal: it counts" '^65 runs computed in .*, 0 failed; 2 tables written$'
check "make fig-mine again" 0 $make fig-mine
says "make fig-mine again: nothing to compute" '^0 runs computed in .*, 65 valid before, 0 failed; 0 tables'
if grep -q PLOT out; then echo "not ok make fig-mine again: draws nothing"; else echo "ok make fig-mine again: draws nothing"; fi

# each step can fail
sed 's/^    statistic: relative.*/    expect: 1/' block.yaml >experiments/mine/experiment.yaml
check "README: a false claim" 2 $make fig-mine
says "README: a false claim says so" 'mine\.mine .*FAIL' out
sed 's/id: erf/id: other/; s/curves: erf/curves: other/' block.yaml >experiments/mine/experiment.yaml
rm build/results/mine/erf.*
check "README: another id, which plot.gp does not draw" 2 $make fig-mine
says "README: another id: says so" '^experiments/mine/plot.gp: error: gnuplot did not draw'
says "README: another id: what to do" '^experiments/mine/plot.gp draws a table that experiments/mine/experiment.yaml does not have: edit it, or delete it'
says "README: another id: judged all the same" 'mine\.mine .*PASS' out

# ---- without a plot.gp ----
cp block.yaml experiments/mine/experiment.yaml
rm experiments/mine/plot.gp figures/mine.svg
check "no plot.gp" 0 $make fig-mine
holds "no plot.gp: a figure" grep -q '</svg>' figures/mine.svg
check "no plot.gp, again" 0 $make fig-mine
if grep -q PLOT out; then echo "not ok no plot.gp, again: draws nothing"; else echo "ok no plot.gp, again: draws nothing"; fi
cp figures/mine.svg drawn.svg
sed -i 's/<svg/<svg  /' figures/mine.svg # as git does, with that of another commit
check "another figure put in its place" 0 $make fig-mine
holds "another figure put in its place: drawn again" cmp figures/mine.svg drawn.svg
rm drawn.svg
check "no plot.gp, copied" 0 $make new EXP=other FROM=mine
holds "no plot.gp, copied: none" test ! -e experiments/other/plot.gp
rm -r experiments/other
cp experiments/demo/plot.gp experiments/mine
check "a plot.gp takes its place" 0 $make fig-mine
says "a plot.gp takes its place: drawn" 'PLOT  figures/mine.svg' out
cp -r experiments/mine far-away && rm far-away/plot.gp
check "a directory anywhere" 0 $make fig DIR=far-away/
holds "a directory anywhere: its figure" grep -q '</svg>' build/figures/far-away.svg
holds "a directory anywhere: nothing in figures/" test ! -e figures/far-away.svg
check "a directory that isn't there" 2 $make fig DIR=nowhere

# ---- what the figure without plot.gp is made of ----
drawn() { # RESULTS LINE…: of a list that has these lines and eps_g
    local results=$1
    shift
    printf '%s\n' "$@" 'quantity eps_g' | "$root/src/tools/generic.sh" "$results"
}
block() { sed -n "/^\$$1_1 << END/,/^END/p" out | sed '1d;$d' | tr '\n' ' '; }
mkdir made
printf '# columns: t: time, in hours\nseed,t,eps_g\n1,1,2\n1,10,4\n1,100,nan\n2,1,4\n2,10,6\n2,100,7\n' >made/a.sgd.csv
printf 'seed,t,eps_g\n0,1,1\n0,10,nan\n0,100,3\n' >made/b.theory.csv
check "generic" 0 drawn made 'curve a sgd' 'curve b theory' 'curve c theory'
holds "generic: mean and standard error, none where a run has diverged" test "$(block sgd_1)" = "1,3,1 10,5,1 "
holds "generic: theory as lines, with a gap" test "$(block theory_2)" = "1,1,0  100,3,0 "
says "generic: a logarithmic grid, a logarithmic axis" '^set logscale x$' out
says "generic: the time is the table's" '^set xlabel "t .time, in hours."' out
says "generic: a curve without result is named" 'title "c: no result"' out
sed -i 's/,10,/,50,/' made/*.csv
check "generic: a linear grid" 0 drawn made 'curve a sgd' 'curve b theory'
if grep -q '^set logscale x' out; then echo "not ok generic: a linear grid, a linear axis"; else echo "ok generic: a linear grid, a linear axis"; fi
sed 's/,t,/,alpha,/' made/b.theory.csv >made/d.theory.csv
check "generic: two kinds of time" 2 drawn made 'curve a sgd' 'curve d theory'
says "generic: two kinds of time: which" 'curves have t and alpha as their first column.*write a plot.gp'
check "generic: nothing to draw" 2 drawn made 'curve c theory'
for i in {1..10}; do cp made/b.theory.csv "made/v$i.theory.csv"; done
mapfile -t ten < <(printf 'curve v%d theory\n' {1..10})
check "generic: ten curves" 0 drawn made "${ten[@]}"
holds "generic: ten curves look like none of the others" \
    test "$(grep -o 'with lines ls [1-8] dt [1-8]' out | sort -u | wc -l)" = 10

# ---- what belongs to a tier ----
mkdir experiments/crlf experiments/quoted experiments/absent
curves='curves:\n  - {id: a, K: 1, M: 1, N: 100, eta_w: 0.1, alpha: [0, 1], theory: true}\n'
head='title: t\nsource: s\nsystem: two-layer\n'
printf "${head}tier: quick\n$curves" | sed 's/$/\r/' >experiments/crlf/experiment.yaml
printf "${head}tier: \"quick\"\n$curves" >experiments/quoted/experiment.yaml
printf "$head$curves" >experiments/absent/experiment.yaml
check "list" 0 "$overlap" list --tier quick
holds "list: by tier, however it is written" test "$(tr '\n' ' ' <out)" = "crlf demo mine quoted "
check "list: a larger tier" 0 "$overlap" list
holds "list: no tier is ci" test "$(tr '\n' ' ' <out)" = "absent crlf demo mine quoted "
check "list: what is in one" 0 "$overlap" list experiments/demo
holds "list: curves, sides and what claims read" cmp -s out - <<<$'curve erf theory sgd\nquantity eps_g\nquantity R_0_0'
check "list: a directory that isn't there" 2 "$overlap" list nowhere

rm -rf build/results build/figures figures/*.svg
check "make -n figures" 0 $make -n figures TIER=quick
says "make -n figures: says what would run" 'overlap run --tier quick' out
check "make -n verify and fig" 0 $make -n -j2 verify fig-demo audit TIER=quick
holds "make -n runs nothing" test ! -e build/results
check "make -n -j1 figures" 0 $make -n -j1 figures TIER=quick
says "make -n -j1 figures: one at a time" 'xargs -P 1 ' out
check "make figures" 0 $make figures TIER=quick
holds "make figures: all of the tier, nothing else" \
    test "$(cd figures && echo *.svg)" = "crlf.svg demo.svg mine.svg quoted.svg"
says "make figures: one queue" '^132 runs computed in .*; 6 tables written$'
cp -rp figures before
check "make figures again" 0 $make figures TIER=quick
says "make figures again: nothing" '^0 runs computed in '
holds "make figures again: nothing drawn" diff <(stat -c '%n %Y' before/*.svg | sed s/before/figures/) <(stat -c '%n %Y' figures/*.svg)
check "make figures, a larger tier" 0 $make figures
holds "make figures, a larger tier: its own, too" test -e figures/absent.svg

# what fails costs nothing else, and fails in the end
mkdir experiments/a_bad && printf 'plot NaN\nfail\n' >experiments/a_bad/plot.gp
cp experiments/crlf/experiment.yaml experiments/a_bad && rm figures/quoted.svg
check "make figures: one that can't be drawn" 2 $make figures TIER=quick
says "make figures: one that can't be drawn is named" '^experiments/a_bad/plot.gp: error: gnuplot did not draw'
holds "make figures: the others are drawn" test -e figures/quoted.svg
check "make figures: another tier there is not" 2 $make figures TIER=huge

# a job that fails: the other curve is compared, drawn and judged
rm -r experiments/a_bad && mkdir experiments/gap
cat >experiments/gap/experiment.yaml <<'YAML'
title: t
system: two-layer
tier: quick
on_divergence: fail
defaults: {K: 1, M: 1, N: 100, activation: linear, alpha: [0, 1, 200], theory: true, sgd: {seeds: 4}}
curves:
  - {id: good, eta_w: 0.5}
  - {id: bad, eta_w: 9}
claims:
  - {id: good, says: x, kind: mean, curves: good, at: 1, statistic: relative, margin: {abs: 5}}
  - {id: bad, says: x, kind: mean, curves: bad, at: 1, statistic: relative, margin: {abs: 5}}
YAML
cat >experiments/gap/plot.gp <<'GP'
load 'figures/style.gp'
set output target
plot results.'/good.sgd.csv' using 2:3 with points, results.'/bad.sgd.csv' using 2:3 with points
GP
check "a failing job" 2 $make fig-gap
says "a failing job: named" 'gap bad sgd.*diverges at alpha = '
says "a failing job: the rest is compared" '^gap: 1 curve compared' out
says "a failing job: what is not compared" 'gap: curve bad, sgd: no result'
says "a failing job: drawn with a gap" 'GAP   gap: no table bad.sgd.csv' out
holds "a failing job: the figure is there" grep -q '</svg>' figures/gap.svg
says "a failing job: the rest is judged" 'gap\.good .*PASS' out
says "a failing job: what is missing" 'gap\.bad .*MISSING' out
sed -i 's/good.sgd/goood.sgd/' experiments/gap/plot.gp
check "a gap of no table" 2 $make fig-gap
says "a gap of no table: an error" '^experiments/gap/plot.gp: error: gnuplot did not draw'
