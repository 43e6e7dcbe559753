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
    revised: it was at alpha = 1
    kind: mean
    curves: a
    at: 5
    statistic: deviation
    margin: {abs: 0.2}
  - {id: start, says: theory starts there, kind: round, curves: a, at: 0, quantity: Q_0_0, number_from: this program, expect: $1}
YAML
}
mkdir -p experiments figures
small experiments/good "$(claims 9.99)"
check "run" 0 "$overlap" run experiments/good --quiet

# ---- reports ----
views=$root/src/tools/views.sh
reports() { # [OPTION...]: what make verify does
    "$overlap" verify "$@"
    local code=$?
    "$views" tap build/verdicts.json build/verify.tap && "$views" junit build/verdicts.json build/verify.xml && return $code
}
check "verify: a claim fails" 1 reports
says "verify: what it sets against what" 'good.end .* simulation-theory, revised ' out
says "verify: a number of the program itself" 'good.start .* regression ' out
says "verify: counts" '^evidence: 1 simulation-theory, .* 1 regression; 50 % with simulation, 1 revised after a look$' out
says "verify: why it was revised" '^good.end: revised after a look: it was at alpha = 1$' out
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
check "verify: another file" 1 "$overlap" verify experiments/good --verdicts o/v.json
holds "the same bytes" cmp o/v.json build/verdicts.json
cp experiments/good/experiment.yaml kept.yaml
sed -i 's/alpha: \[0, 0.5/alpha: [0, 0.1, 0.5/' experiments/good/experiment.yaml
check "verify: stale" 2 reports
says "TAP: STALE is a failure" 'verdict: STALE' build/verify.tap
sed -i 's/at: 5/att: 5/' experiments/good/experiment.yaml
check "verify: it can't" 2 reports
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
audit() { "$root/src/tools/audit.sh" "$(dirname "$overlap")" ci "$@"; }
check "audit" 0 audit 4 3
says "audit: says the choice" '^4 of [0-9]+ stored runs, chosen by SEED=3$' out
holds "audit: the last line counts" bash -c '[ "$(tail -n 1 out)" = "4 ok, 0 differ, 0 failed" ]'
cp out first
check "audit: again" 0 audit 4 3
holds "audit: the same choice" cmp out first
check "audit: all of an experiment" 0 audit 100 "" experiments/good
says "audit: today's seed" 'chosen by SEED=20[0-9]{6}$' out
says "audit: all of them" '^8 ok, 0 differ, 0 failed$' out
check "audit: no number" 2 audit 0 1
check "audit: no seed" 2 audit 1 x
check "audit: no such experiment" 2 audit 1 1 experiments/bad
repair() { # FILE: a hash that fits
    sed -i '$d' "$1"
    echo "# sha256: $(sha256sum <"$1" | cut -d' ' -f1)" >>"$1"
}
mv build/results away
check "audit: nothing there" 2 audit 1 1
says "audit: says so" 'no result is stored'
mv away build/results
sed -i 's/^\(2,5,[0-9.]*\)[0-4],/\19,/; t; s/^\(2,5,[0-9.]*\)[5-9],/\11,/' build/results/good/a.sgd.csv
check "audit: a damaged table is none" 0 audit 100 3
says "audit: the other side's runs are left" '^4 ok, 0 differ, 0 failed$' out
repair build/results/good/a.sgd.csv
check "audit: an edited table" 1 audit 100 3
says "audit: the seed and the row" "^differs  good a sgd seed 2: build/results/good/a.sgd.csv, line [0-9]+: stored '2,5,.*', rerun '2,5," out
says "audit: the others are right" '^7 ok, 1 differ, 0 failed$' out
rm build/results/good/a.sgd.csv
check "audit: a table made anew" 0 "$overlap" run experiments/good --quiet
sed -i '/^4,5,/d' build/results/good/a.sgd.csv
repair build/results/good/a.sgd.csv
check "audit: a row is gone" 1 audit 100 3
says "audit: whose" "^differs  good a sgd seed 4: .*stored '', rerun '4,5," out
rm build/results/good/a.sgd.csv
check "audit: a table made anew again" 0 "$overlap" run experiments/good --quiet
cat >failing <<SH
#!/bin/bash
[ "\$1" != run ] || { echo "no run today" >&2; exit 4; }
exec '$overlap' "\$@"
SH
mkdir -p fails && mv failing fails/overlap && chmod +x fails/overlap
check "audit: a run fails" 4 "$root/src/tools/audit.sh" fails ci 1 3
says "audit: why" '^failed   good a .*: no run today$' out
holds "audit: leaves nothing behind" rmdir scratch
unset TMPDIR
# ---- seeds ----
check "--seeds" 0 "$overlap" run experiments/good --out some --side sgd --seeds 2-3
holds "--seeds: these rows" diff <(grep '^[23],' build/results/good/a.sgd.csv) <(grep '^[0-9]' some/a.sgd.csv)
check "--seeds: not over the table of all" 2 "$overlap" run experiments/good --seeds 2-3
says "--seeds: says so" 'goes with --out'
check "--seeds: backwards" 2 "$overlap" run experiments/good --out some --seeds 3-2
check "--seeds: none of them" 2 "$overlap" run experiments/good --out some --seeds 90-91

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
if command -v pandoc >/dev/null; then
    check "accept" 0 "$overlap" accept good.start --reason "it's <so>"
    if command -v git >/dev/null; then
        says "accept: the change" '^-It starts at \[8.88\]' out
        says "accept: what it becomes" '^\+ +expect: |^\+It starts at \[' out
    else
        echo "skip accept: no git here"
    fi
    says "accept: the reason in YAML" "^  # 9.99 was expected: it's <so>$" experiments/good/experiment.yaml
    says "accept: the reason in the paper" "<!-- 8.88 was printed: it's <so> -->" paper.md
    check "accept: then all holds" 0 "$overlap" verify
    check "accept: a second time" 0 "$overlap" accept good.start --reason again
    says "accept: nothing is changed" 'nothing is changed' out
    sed 's/\[[^]]*\]{claim="good.start"}/[7.77]{claim="good.start"}/' paper.md >t.md && mv t.md paper.md
    check "accept: several, one unknown" 2 "$overlap" accept good.start good.edn --reason again
    says "accept: several, nothing was touched" '7\.77' paper.md
    check "accept: several" 0 "$overlap" accept good.end good.start --reason again
    says "accept: several, each is told" '^good.end: every printed number' out
    says "accept: several, the last one too" '^good.start: 1 number rewritten' out
    cp kept.md paper.md
    mv build/results away
    check "accept: no data" 2 "$overlap" accept good.start --reason "so it is"
    says "accept: says so" 'no valid data'
    mv away build/results
    check "accept: the paper alone" 0 "$overlap" accept good.start --reason "so it is"
    cp kept.md mine.md && cp paper.md other.md
    check "accept: another paper" 0 "$overlap" accept good.start --paper mine.md --reason "so it is"
    says "accept: rewrites that one" '<!-- 8.88 was printed: so it is -->' mine.md
    holds "accept: and not paper.md" cmp paper.md other.md
    check "accept: another paper that is not there" 2 "$overlap" accept good.start --paper none.md --reason "so it is"
    # an experiment that somebody is still writing keeps nobody from his own
    mkdir experiments/unfinished experiments/unclaimed
    echo "title: to do" >experiments/unfinished/experiment.yaml
    sed 's/kind: [a-z]*/kind: none/' experiments/good/experiment.yaml >experiments/unclaimed/experiment.yaml
    cp kept.md mine.md
    check "accept: beside unfinished experiments" 0 "$overlap" accept good.start --paper mine.md --reason "so it is"
    says "accept: they are left out" '^experiments/unfinished: left out, as it has mistakes$'
    says "accept: one with wrong claims, too" '^experiments/unclaimed/experiment.yaml:[0-9]+:[0-9]+: error: unknown kind'
    says "accept: it is rewritten" 'so it is' mine.md
    check "accept: a claim of one that is left out" 2 "$overlap" accept unclaimed.start --reason "so it is"
    check "verify --paper: beside unfinished experiments" 2 "$overlap" verify --paper mine.md
    says "verify --paper: the numbers are checked" '^paper: 1 numbers checked, 0 wrong, 0 skipped$' out
    check "verify --paper: of an experiment that is named" 0 "$overlap" verify experiments/good --paper mine.md
    check "verify: without --paper all have to be right" 2 "$overlap" verify
    holds "verify: and nothing is said of the others" bash -c '! grep -q "numbers checked" out'
    rm -r experiments/unfinished experiments/unclaimed
else
    echo "skip accept: no pandoc here"
    sed -i 's/expect: 9.99/expect: 1.00/' experiments/good/experiment.yaml # what it would have done
fi

# ---- lock and drift (more of them in test_views.sh) ----
lock() { "$overlap" verify --verdicts v.json >out && "$views" lock v.json "$1"; }
check "lock" 0 lock one.json
check "lock: again" 0 lock two.json
holds "lock: the same bytes" cmp one.json two.json
cp -r build/results away && rm build/results/good/a.sgd.csv
check "lock: no data" 2 "$overlap" verify --verdicts v.json
check "lock: no data, no lock" 2 "$views" lock v.json three.json
says "lock: says so" '^three.json: error: not written: 1 of 2 claims'
holds "lock: not written" test ! -e three.json
rm -r build/results && mv away build/results
check "drift: none" 0 "$views" drift one.json two.json
cp experiments/good/experiment.yaml kept.yaml && cp -r build/results away
sed 's/sigma: 0.1/sigma: 0.6/' -i experiments/good/experiment.yaml # and with it the random start
check "drift: other runs" 0 "$overlap" run experiments/good --quiet
check "drift: their verdicts" 1 "$overlap" verify --verdicts v.json
check "drift: their lock" 0 "$views" lock v.json two.json
check "drift: a verdict changed" 1 "$views" drift one.json two.json
says "drift: which" '^verdict  good.start +PASS +FAIL$' out
mv kept.yaml experiments/good/experiment.yaml && rm -r build/results && mv away build/results
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
    printf '%s\n' '---' 'title: A page' 'references:' '- {id: b2019, author: [{family: Bee}], issued: {year: 2019}}' \
        '---' '' 'See [@b2019, p. 3] or @b2019.' '' '![A *caption*](figures/good.svg){#fig:one}' '' '# All claims' '' '::: {#claims}' ':::' '' >page.md
    cat paper.md >>page.md && mv page.md paper.md
    check "page: verdicts" 0 "$overlap" verify
    check "page" 0 src/tools/paper.sh build
    page=build/paper.html
    says "page: citations" 'See <span class="citation" data-cites="b2019">\(.*2019.*, 3\)' $page
    says "page: a figure has its caption" '<figcaption.*A <em>caption</em>' $page
    says "page: a section for a claim" 'id="claim-good.end"' $page
    says "page: to the figure" 'href="../figures/good.svg"' $page
    says "page: to the script" 'href="../experiments/good/plot.gp"' $page
    says "page: to the data" 'href="results/good/a.sgd.csv"' $page
    says "page: the command" 'build/overlap run experiments/good --curve a' $page
    says "page: texts as they are" '&lt;0.2&gt; &amp; .*#1' $page
    says "page: what claims are evidence of" 'Claims by what they set against what: [0-9]* are evidence' $page
    says "page: no sign of evidence for a number of the program itself" 'class="badge regression"' $page
    says "page: what was revised" 'revised after a look' $page
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
