#!/bin/bash
# SPDX-License-Identifier: MIT
# overlap verify: a true experiment and its broken twins, each of which has to go red with its code.
. tests/cli/lib.sh

claim() { # expect margin
    cat <<YAML
claims:
  - id: end
    says: the error at alpha = 5 follows theory
    kind: mean
    curves: a
    at: 5
    statistic: deviation
    expect: $1
    margin: {abs: $2}
YAML
}
small good "$(claim 0 0.2)"
check "run" 0 "$overlap" run good
check "verify: a true claim" 0 "$overlap" verify good
says "verify: PASS" 'PASS' out
holds "verify: the last line counts" bash -c '[ "$(tail -n 1 out)" = "1 passed, 0 failed, 0 skipped" ]'
says "verify: verdicts.json" '"good.end"' build/verdicts.json
"$overlap" verify good --verdicts v2.json >/dev/null
holds "verdicts.json: same bytes" cmp build/verdicts.json v2.json

twin() { # name
    rm -rf "$1" "build/results/$1"
    cp -r good "$1"
    cp -r build/results/good "build/results/$1"
}
twin false_claim
sed -i 's/expect: 0/expect: 3/' false_claim/experiment.yaml
check "a false claim" 1 "$overlap" verify false_claim
says "a false claim: FAIL" 'FAIL' out
holds "a false claim: counted" bash -c '[ "$(tail -n 1 out)" = "0 passed, 1 failed, 0 skipped" ]'
twin noisy
sed -i 's/abs: 0.2/abs: 0.00001/' noisy/experiment.yaml
sed -i 's/expect: 0/expect: 0.00001/' noisy/experiment.yaml
check "too noisy to tell" 3 "$overlap" verify noisy
says "too noisy: INCONCLUSIVE" 'INCONCLUSIVE' out
twin misspelt
sed -i 's/margin:/margn:/' misspelt/experiment.yaml
check "a misspelt key in a claim" 2 "$overlap" verify misspelt
says "a misspelt key: place and suggestion" "^misspelt/experiment.yaml:[0-9]+:[0-9]+: error: .*did you mean 'margin'"
check "a misspelt key in a claim, run" 2 "$overlap" run misspelt
twin nan
f=build/results/nan/a.sgd.csv
sed -i -e '$d' -e 's/^\(4,5\),[^,]*/\1,nan/' $f
echo "# sha256: $(sha256sum <$f | cut -d' ' -f1)" >>$f
check "NaN among the data" 1 "$overlap" verify nan
says "NaN: FAIL" 'FAIL' out
# names stand for results: each once, and their order says nothing
mkdir other
cp -r good other
check "two experiments of one name" 2 "$overlap" verify good other/good
says "two experiments of one name: which" "two experiments are called 'good': (good and other/good|other/good and good)"
twin second
check "in one order" 0 "$overlap" verify good second --verdicts 1.json
check "in the other" 0 "$overlap" verify second good --verdicts 2.json
holds "the order of directories: same verdicts" cmp 1.json 2.json
# a reason that is cut in the middle of a letter, and a name that is no UTF-8
long=$(printf 'ä%.0s' {1..120})
for name in "$long" "x$long" $'caf\xe9'; do
    mkdir "$name"
    cp good/experiment.yaml "$name"
    check "data of a directory with letters are missing" 2 "$overlap" verify "$name"
    says "a directory with letters: MISSING" 'MISSING' out
    rm -r "$name"
done
# a number that is printed wrong is wrong, whatever else is undecided
twin undecided
sed -i 's/abs: 0.2/abs: 0.00001/; s/expect: 0/expect: 0.00001/; s/id: end/id: open/' undecided/experiment.yaml
printf '# Results\n\n[0.5]{claim="undecided.open"}\n' >open.md
printf '# Results\n\n[9999]{claim="good.end"}\n' >wrong.md
check "a number of an undecided claim" 3 "$overlap" verify good undecided --paper open.md
says "a number of an undecided claim: so it is" '"verdict": "INCONCLUSIVE"' build/verdicts.json
if command -v pandoc >/dev/null; then
    check "a wrong number beside it" 1 "$overlap" verify good undecided --paper wrong.md
else
    echo "skip a wrong number beside an undecided claim: no pandoc here"
fi
twin empty
sed -i 's/curves: a/curves: b/' empty/experiment.yaml
check "an empty selection" 2 "$overlap" verify empty
says "an empty selection: place" '^empty/experiment.yaml:[0-9]+:[0-9]+: error: '
twin missing
rm -r build/results/missing
check "missing data" 2 "$overlap" verify missing
says "missing data: MISSING" 'MISSING' out
twin edited
sed -i '0,/^4,5,0/s//4,5,1/' build/results/edited/a.sgd.csv
check "edited data" 2 "$overlap" verify edited
twin stale
sed -i 's/sigma: 0.1/sigma: 0.2/' stale/experiment.yaml
check "stale data" 2 "$overlap" verify stale
says "stale data: STALE" 'STALE' out

# ---- the paper's numbers ----
mkdir -p experiments && cp -r good experiments/good
cat >paper.md <<'MD'
# Introduction
Numbers such as 17 are free here.

# Results
With [50]{param="good.a.N"} inputs the deviation is below [0.2]{claim="good.end" of="margin"}.
MD
mkdir nothing
check "without pandoc" 0 env PATH="$PWD/nothing" "$overlap" verify
says "without pandoc: says so" "^paper: its numbers were NOT checked: pandoc is missing \('make deps-paper'\)$" out
holds "without pandoc: a point is skipped" bash -c '[ "$(tail -n 1 out)" = "1 passed, 0 failed, 1 skipped" ]'
"$root/src/tools/views.sh" junit build/verdicts.json without.xml
says "without pandoc: JUnit" 'skipped="1"' without.xml
if ! command -v pandoc >/dev/null; then
    echo "skip the paper's numbers: no pandoc here"
    exit
fi
check "a paper that holds" 0 "$overlap" verify
holds "its numbers are counted" bash -c '[ "$(tail -n 1 out)" = "3 passed, 0 failed, 0 skipped" ]'
sed -i 's/\[0.2\]/[0.3]/' paper.md
check "a wrong number" 1 "$overlap" verify
says "a wrong number: its place" '^paper.md:5:[0-9]+: error: '
sed -i 's/\[0.3\]/[0.2]/; s/good.end/good.ends/' paper.md
check "an unknown claim" 1 "$overlap" verify
says "an unknown claim: did you mean" "did you mean 'good.end'"
sed -i 's/good.ends/good.end/; s/inputs the/inputs and 4 seeds the/' paper.md
check "an uncovered number" 1 "$overlap" verify
says "an uncovered number: its place" '^paper.md:5:[0-9]+: error: .*4'
sed -i 's/tier: quick/tier: full/' experiments/good/experiment.yaml
sed -i 's/ and 4 seeds//' paper.md
check "a claim above the tier is skipped" 0 "$overlap" verify --tier quick
says "skipped: counted" ' [1-9] skipped$' out
says "skipped: why" 'good\.end .* SKIPPED +[a-z-]+ +runs at tier full$' out
says "skipped: the paper's numbers: why" '^paper: [0-9]+ numbers checked, 0 wrong, [1-9] skipped, as their claims are$' out
