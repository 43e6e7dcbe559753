#!/bin/bash
# SPDX-License-Identifier: MIT
# What comes of a verification: reports for a CI, the lock and its drift, audits, accepted numbers,
# and the page with all claims.
. tests/cli/lib.sh
unset CI

claims() { # value-of-round
    cat <<YAML
claims:
  - id: end
    says: "the error at alpha = 5 follows theory: <0.2> & \"#1\" # SKIP"
    kind: mean
    curves: a
    at: 5
    statistic: deviation
    margin: {abs: 0.2}
  - {id: start, says: theory starts there, kind: round, curves: a, at: 0, quantity: Q_0_0, expect: $1}
YAML
}
mkdir -p experiments figures
small experiments/good "$(claims 9.99)"
check "run" 0 "$overlap" run experiments/good --quiet

# ---- reports ----
check "verify: a claim fails" 1 "$overlap" verify
holds "reports are beside the verdicts" test -s build/verify.tap -a -s build/verify.xml
says "TAP: the plan" '^1\.\.2$' build/verify.tap
says "TAP: a pass, escaped" '^ok 1 - good.end: .*<0.2> & "\\#1" \\# SKIP$' build/verify.tap
says "TAP: a failure" '^not ok 2 - good.start: ' build/verify.tap
says "TAP: its reason" 'message: "a @ 0: .* rounds to ' build/verify.tap
says "JUnit: counts" '<testsuites name="overlap" tests="2" failures="1" errors="0" skipped="0">' build/verify.xml
says "JUnit: a failure" '<failure type="FAIL" message="a @ 0: ' build/verify.xml
if command -v xmllint >/dev/null; then
    holds "JUnit: well-formed" xmllint --noout build/verify.xml
    sed 's/&#60;/</' build/verify.xml >broken.xml
    holds "JUnit: xmllint notices" bash -c '! xmllint --noout broken.xml'
else
    echo "skip JUnit: no xmllint here"
fi
if command -v prove >/dev/null; then
    holds "TAP: prove reads the failure" bash -c 'prove -e cat build/verify.tap 2>&1 | grep -q "Failed 1/2 subtests"'
else
    echo "skip TAP: no prove here"
fi
check "verify: named files" 1 "$overlap" verify experiments/good --verdicts o/v.json --tap o/x.tap --junit o/x.xml
holds "the same bytes" cmp o/x.tap build/verify.tap
rm -f build/verify.tap
check "verify: only what is named" 1 "$overlap" verify experiments/good --verdicts o/v.json
holds "no report that was not asked for" test ! -e build/verify.tap
check "verify: an empty name" 2 "$overlap" verify --tap ""
check "verify again" 1 "$overlap" verify
cp experiments/good/experiment.yaml kept.yaml
sed -i 's/alpha: \[0, 0.5/alpha: [0.1, 0.5/' experiments/good/experiment.yaml
check "verify: stale" 2 "$overlap" verify
says "TAP: STALE is a failure" 'verdict: STALE' build/verify.tap
sed -i 's/at: 5/att: 5/' experiments/good/experiment.yaml
check "verify: it can't" 2 "$overlap" verify
says "TAP: what could not be verified fails" '^not ok 1 - verify$' build/verify.tap
says "JUnit: likewise" 'tests="1" failures="1"' build/verify.xml
cp kept.yaml experiments/good/experiment.yaml

# ---- colour: for a terminal only ----
holds "verify: no colour into a file" bash -c '! "$0" verify | grep -q $(printf "\\033")' "$overlap"
if command -v script >/dev/null; then
    TERM=xterm script -qec "'$overlap' verify" typescript >/dev/null 2>&1
    holds "verify: colour on a terminal" grep -q $'\033\\[32mPASS' typescript
    NO_COLOR=1 TERM=xterm script -qec "'$overlap' verify" typescript >/dev/null 2>&1
    holds "verify: NO_COLOR is heard" bash -c '! grep -q $(printf "\\033") typescript'
else
    echo "skip colour on a terminal: no script here"
fi

# ---- audit ----
mkdir scratch && export TMPDIR=$work/scratch
check "audit" 0 "$overlap" audit --jobs 4 --seed 3
says "audit: says the choice" '^4 of [0-9]+ stored jobs, chosen by --seed 3$' out
holds "audit: the last line counts" bash -c '[ "$(tail -n 1 out)" = "4 ok, 0 differ, 0 failed" ]'
cp out first
check "audit: again" 0 "$overlap" audit --jobs 4 --seed 3
holds "audit: the same choice" cmp out first
check "audit: all of an experiment" 0 "$overlap" audit experiments/good --jobs 100
says "audit: today's seed" 'chosen by --seed 20[0-9]{6}$' out
check "audit: no number" 2 "$overlap" audit --jobs 0
check "audit: nothing there" 2 "$overlap" audit experiments/good --out nowhere
says "audit: says so" 'no result is stored'
repair() { # FILE: a hash that fits
    sed -i '$d' "$1"
    echo "# sha256: $(sha256sum <"$1" | cut -d' ' -f1)" >>"$1"
}
sed -i 's/^\(2,5,[0-9.]*\)[0-4],/\19,/; t; s/^\(2,5,[0-9.]*\)[5-9],/\11,/' build/results/good/a.sgd.csv
repair build/results/good/a.sgd.csv
check "audit: an edited table" 1 "$overlap" audit --jobs 100 --seed 3
says "audit: the seed and the row" "^differs  good a sgd seed 2: build/results/good/a.sgd.csv, row 5: stored '2,5," out
rm build/results/good/a.sgd.csv
check "audit: a table made anew" 0 "$overlap" run experiments/good --quiet
check "audit: all is well" 0 "$overlap" audit --jobs 100 --seed 3
holds "audit: leaves nothing behind" rmdir scratch
unset TMPDIR

# ---- accept ----
cat >paper.md <<'MD'
# Results
It starts at [8.88]{claim="good.start"}.
MD
cp paper.md kept.md
check "accept: no reason" 2 "$overlap" accept good.start
says "accept: asks for it" 'no reason given'
check "accept: in CI" 2 env CI=true "$overlap" accept good.start --reason "so it is"
says "accept: says why not" 'CI is set'
holds "accept: nothing was touched" bash -c 'cmp kept.md paper.md && cmp kept.yaml experiments/good/experiment.yaml'
check "accept: no such claim" 2 "$overlap" accept good.strat --reason "so it is"
says "accept: did you mean" "did you mean 'good.start'"
check "accept: no claim" 2 "$overlap" accept --reason "so it is"
check "accept" 0 "$overlap" accept good.start --reason "it's <so>"
says "accept: the change" '^-It starts at \[8.88\]' out
says "accept: the reason in YAML" "^  # 9.99 was expected: it's <so>$" experiments/good/experiment.yaml
says "accept: the reason in the paper" "<!-- 8.88 was printed: it's <so> -->" paper.md
check "accept: then all holds" 0 "$overlap" verify
check "accept: a second time" 0 "$overlap" accept good.start --reason again
says "accept: nothing is changed" 'nothing is changed' out
cp kept.md paper.md
mv build/results away
check "accept: no data" 2 "$overlap" accept good.start --reason "so it is"
says "accept: says so" 'no valid data'
mv away build/results
check "accept: the paper alone" 0 "$overlap" accept good.start --reason "so it is"

# ---- lock and drift ----
check "lock" 0 "$overlap" verify --lock one.json
check "lock: again" 0 "$overlap" verify --lock two.json
holds "lock: the same bytes" cmp one.json two.json
cp -r build/results away && rm build/results/good/a.sgd.csv
check "lock: no data, no lock" 2 "$overlap" verify --lock three.json
says "lock: says so" '^three.json: error: not written: 1 of 2 claims'
holds "lock: not written" test ! -e three.json
rm -r build/results && mv away build/results
check "drift: none" 0 "$overlap" drift one.json two.json
holds "drift: one line" bash -c '[ "$(cat out)" = "2 claims as before, 0 verdicts changed, 0 drifted, 0 redefined, 0 new, 0 gone" ]'
sed '0,/"verdict": "PASS"$/s//"verdict": "FAIL"/; s/^  "good.start"/  "good.begin"/' one.json >two.json
sed -i 's/^   "verdict": "PASS"/   "verdict": "FAIL"/' two.json
check "drift: what changed" 1 "$overlap" drift one.json two.json
says "drift: a verdict" '^verdict  good.end +PASS +FAIL$' out
says "drift: gone" '^gone     good.start +PASS$' out
says "drift: new" '^new      good.begin +FAIL$' out
holds "drift: the last line counts" bash -c '[ "$(tail -n 1 out)" = "0 claims as before, 1 verdicts changed, 0 drifted, 0 redefined, 1 new, 1 gone" ]'
head -c 300 one.json >cut.json
check "drift: truncated" 2 "$overlap" drift one.json cut.json
holds "drift: one line of error" bash -c '[ "$(wc -l <err)" = 1 ]'
says "drift: names the place" '^cut.json:[0-9]+:[0-9]+: error: truncated'
check "drift: no such file" 2 "$overlap" drift nowhere.json one.json
check "drift: one file" 2 "$overlap" drift one.json
if command -v git >/dev/null; then
    git init -q repo && cd repo || exit 1
    git config user.name nobody && git config user.email nobody@example.org
    check "drift.sh: no commit yet" 2 "$root/src/tools/drift.sh" build HEAD
    git commit -q --allow-empty -m none
    check "drift.sh: no lock there" 2 "$root/src/tools/drift.sh" build HEAD
    says "drift.sh: says what to do" "has no experiments/claims.lock.json .*make lock"
    check "drift.sh: no such revision" 2 "$root/src/tools/drift.sh" build v9
    says "drift.sh: names it" "knows no revision 'v9'"
    mkdir experiments && cp ../one.json experiments/claims.lock.json && git add . && git commit -q -m lock
    check "drift.sh: fetches" 0 "$root/src/tools/drift.sh" build HEAD
    holds "drift.sh: the committed bytes" cmp ../one.json build/claims.ref.json
    cd .. || exit 1
else
    echo "skip drift.sh: no git here"
fi

# ---- the page ----
if command -v pandoc >/dev/null; then
    mkdir -p src && ln -s "$root/src/tools" src/tools
    echo '<svg xmlns="http://www.w3.org/2000/svg"/>' >figures/good.svg
    touch experiments/good/plot.gp experiments/good/README.md
    printf '%s\n' '---' 'title: A page' '---' '' '# All claims' '' '::: {#claims}' ':::' '' >page.md
    cat paper.md >>page.md && mv page.md paper.md
    check "page: verdicts" 0 "$overlap" verify
    check "page" 0 src/tools/paper.sh build
    page=build/paper.html
    says "page: a section for a claim" 'id="claim-good.end"' $page
    says "page: to the figure" 'href="../figures/good.svg"' $page
    says "page: to the script" 'href="../experiments/good/plot.gp"' $page
    says "page: to the data" 'href="results/good/a.sgd.csv"' $page
    says "page: the command" 'build/overlap run experiments/good --curve a' $page
    says "page: texts as they are" '&lt;0.2&gt; &amp; .*#1' $page
    holds "page: links lead somewhere" src/tools/links.sh $page build/verdicts.json
    sed 's/ \(href\|id\)=/\n\1=/g' $page >build/wrapped.html
    holds "page: so they do where lines begin" src/tools/links.sh build/wrapped.html build/verdicts.json
    rm figures/good.svg
    check "page: a broken link where a line begins" 1 src/tools/links.sh build/wrapped.html
    check "page: a broken link" 1 src/tools/links.sh $page build/verdicts.json
    says "page: which" "a link to '../figures/good.svg', and there is no such file"
    touch figures/good.svg
    sed 's/id="claim-good.start"//' $page >build/less.html
    check "page: a claim without a section" 1 src/tools/links.sh build/less.html build/verdicts.json
    says "page: which claim" 'claim good.start has no section'
    says "page: the link to it" "a link to '#claim-good.start'"
    cp $page kept.html
    sed -i 's/good.start"}/good.gone"}/' paper.md
    check "page: an unknown claim" 2 src/tools/paper.sh build
    holds "page: the page of before stays" cmp $page kept.html
else
    echo "skip page: no pandoc here"
fi
