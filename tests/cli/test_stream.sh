#!/bin/bash
# SPDX-License-Identifier: MIT
# Streams: other random numbers, all else equal, beside the results of stream 1; and replications.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

small experiments/s 'claims:
  - {id: fixed, says: theory starts at rest, kind: margin, curves: given, at: 0, quantity: Q_0_0, expect: 0.25, margin: {abs: 1e-12}}
  - {id: close, says: runs follow theory, kind: mean, curves: given, at: 5, statistic: deviation, margin: {abs: 1}}
  - {id: drawn, says: starts are drawn, kind: margin, curves: a, at: 0, quantity: Q_0_0, expect: 1, margin: {abs: 1}}'
sed -i '/^curves:/a\  - {id: given, init: {kind: overlaps, Q: [[0.25, 0], [0, 0.25]], R: [[0], [0]]}, theory: true, sgd: {engine: law, seeds: 4}}\n  - {id: again, samples: 40, sgd: {seeds: 2}}' \
    experiments/s/experiment.yaml
numbers() { grep -v '^#' "$1"; }
key() { grep '^# key: ' "$1"; }
differ() { ! diff -q <("$1" "$2") <("$1" "$3") >/dev/null; }

check "stream 1 is the usual one" 0 "$overlap" run experiments/s --quiet
check "stream 1, said" 0 "$overlap" run experiments/s --stream 1
says "stream 1, said: nothing to do" '^0 runs computed'
check "stream 2" 0 "$overlap" run experiments/s --stream 2
says "stream 2: says where" '^results are in build/stream-2/s$'
for t in a.sgd a.theory given.sgd again.sgd; do
    holds "stream 2: other numbers, $t" differ numbers {build/results,build/stream-2}/s/$t.csv
    holds "stream 2: other keys, $t" differ key {build/results,build/stream-2}/s/$t.csv
    says "stream 2: the table says so, $t" '^# stream: 2$' build/stream-2/s/$t.csv
    holds "stream 1: no word of it, $t" bash -c '! grep -q stream "$0"' build/results/s/$t.csv
done
holds "stream 2: what no seed changes is the same, to the byte" cmp {build/results,build/stream-2}/s/given.theory.csv
holds "stream 2: the same times" diff <(cut -d, -f1,2 build/results/s/a.sgd.csv | grep -v '^#') <(cut -d, -f1,2 build/stream-2/s/a.sgd.csv | grep -v '^#')
check "stream 2 again, one process" 0 "$overlap" run experiments/s --stream 2 --out two -j1 --quiet
holds "stream 2 again: same bytes" cmp two/a.sgd.csv build/stream-2/s/a.sgd.csv
check "stream 2: block by block" 0 "$overlap" plan experiments/s --stream 2 --out blocks --todo
cp out jobs.sh
holds "stream 2: block by block, run" bash jobs.sh
holds "stream 2: block by block, same bytes" cmp blocks/a.sgd.csv two/a.sgd.csv
check "stream 2: planned" 0 "$overlap" plan experiments/s --stream 2
says "stream 2: planned, valid" 's +given +sgd +0 of 4 +valid' out
check "stream 2: compared" 0 "$overlap" compare experiments/s --stream 2
holds "stream 2: compared there" test -e build/stream-2/s/agreement.csv -a ! -e build/results/s/agreement.csv
check "stream 3, not run" 2 "$overlap" verify experiments/s --stream 3
says "stream 3, not run: missing" 's\.close .* MISSING' out
for wrong in 0 -1 x ''; do
    check "no stream: '$wrong'" 2 "$overlap" run experiments/s --stream "$wrong"
done
says "no stream: says so" "--stream wants a number from 1 on, not ''"

# ---- judged ----
check "verify on stream 1" 0 "$overlap" verify experiments/s
holds "verify on stream 1: all" test "$(tail -n 1 out)" = '3 passed, 0 failed, 0 skipped'
cp build/verdicts.json kept.json
check "verify on stream 2" 0 "$overlap" verify experiments/s --stream 2
holds "verify on stream 2: what is random" test "$(tail -n 1 out)" = '2 passed, 0 failed, 1 skipped'
says "verify on stream 2: the rest says why" 's\.fixed .* SKIPPED +[a-z]+ +not random: the same on every stream$' out
holds "verify on stream 2: its own verdicts" test -s build/stream-2/verdicts.json
holds "verify on stream 2: those of stream 1 stay" cmp kept.json build/verdicts.json

# ---- make replicate ----
mkdir figures .kept && touch figures/s.svg && cp -rp build/results figures .kept
replicate() { "$root/src/tools/replicate.sh" "$(dirname "$overlap")" quick "$@"; }
check "replicate" 0 replicate 5
says "replicate: the theory of no seed is adopted" '^14 runs computed in .*, 1 valid before, 0 failed; 4 tables written$'
holds "replicate: the verdicts" test "$(tail -n 2 out)" = '2 passed, 0 failed, 1 skipped
the verdicts are in build/stream-5/verdicts.json'
holds "replicate: results of stream 1 are untouched" diff -r .kept/results build/results
holds "replicate: figures are untouched" test "$(stat -c %Y .kept/figures/s.svg)" = "$(stat -c %Y figures/s.svg)"
holds "replicate: verdicts are untouched" cmp kept.json build/verdicts.json
sed -i 's/statistic: deviation, margin: {abs: 1}/quantity: Q_0_0, expect: 9, margin: {abs: 1}/' experiments/s/experiment.yaml
check "replicate: a claim fails" 1 replicate 5
says "replicate: which" 's\.close .* FAIL ' out
for wrong in 1 '' x; do
    check "replicate: no stream '$wrong'" 2 replicate "$wrong"
    says "replicate: no stream '$wrong', says so" 'STREAM is a number from 2 on'
done
