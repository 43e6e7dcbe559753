#!/bin/bash
# SPDX-License-Identifier: MIT
# README's own experiment, step by step from `new` to figure and verdict, in a tree of its own.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

mkdir -p experiments figures build/figures
cp -r "$root/experiments/demo" experiments
cp "$root/figures/style.gp" figures
awk '/^```yaml$/ {n++; next} /^```$/ {inside = 0} n == 1 && !done {print} n == 1 && /^```$/ {done = 1}' \
    "$root/README.md" | sed '/^```$/,$d' >block.yaml
holds "README: the block is there" grep -q '^title: My first experiment$' block.yaml

check "README: new" 0 "$overlap" new mine --from demo
cp block.yaml experiments/mine/experiment.yaml
check "README: run" 0 "$overlap" run experiments/mine --quiet
check "README: compare" 0 "$overlap" compare experiments/mine
check "README: the figure" 0 "$root/src/tools/plot.sh" mine build
holds "README: the figure has something in it" test -s figures/mine.svg
check "README: the verdict" 0 "$overlap" verify experiments/mine --verdicts build/mine.json
says "README: it is PASS" 'mine\.mine .*PASS' "$work/out"

# each step can fail
sed 's/expect: .*//; s/^    statistic: relative.*/    expect: 1/' block.yaml >experiments/mine/experiment.yaml
check "README: a false claim" 1 "$overlap" verify experiments/mine --verdicts build/mine.json
sed 's/id: erf/id: other/; s/curves: erf/curves: other/' block.yaml >experiments/mine/experiment.yaml
check "README: another id runs" 0 "$overlap" run experiments/mine --quiet
rm build/results/mine/erf.*
check "README: whose curve plot.gp does not draw" 4 "$root/src/tools/plot.sh" mine build
