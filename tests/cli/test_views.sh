#!/bin/bash
# SPDX-License-Identifier: MIT
# The views of verdicts.json (src/tools/views.sh): TAP and JUnit with everything that they keep for
# themselves, what a lock holds, and what drift notices.
. tests/cli/lib.sh
views=$root/src/tools/views.sh

# ---- reports: claims with every verdict, texts with everything that TAP and XML keep for themselves ----
claim() { printf '{"experiment": "fake", "verdict": "%s", "says": %s, "why": %s, "asks": {}, "tables": {}, "measures": []}' "$@"; }
hostile='"a <b> & \"c\" '"'d'"' ]]> # TODO # SKIP \\ \u0001\u007f\u0085 \ufffd\ufffe\nnot ok 7 - α\t"'
cat >v.json <<JSON
{"format": 1, "claims": {
  "fake.good": $(claim PASS '"so"' '""'),
  "fake.bad": $(claim FAIL '"a # b <c> & \"d\""' "$hostile"),
  "fake.open": $(claim INCONCLUSIVE '"so"' '"K4 @ 1: wide"'),
  "fake.gone": $(claim MISSING null '"no table"'),
  "fake.a-over": $(claim SKIPPED '"so"' '"runs at tier full"')},
 "paper": {"path": "paper.md", "points": [
  {"line": 3, "column": 7, "verdict": "PASS", "text": "[2]{claim=\"fake.good\"}"},
  {"line": 4, "column": 1, "verdict": "SKIPPED", "text": "[2]"},
  {"line": 5, "column": 9, "verdict": "FAIL", "text": $hostile}]}}
JSON
check "tap" 0 "$views" tap v.json v.tap
holds "TAP: the plan and the first point" bash -c '[ "$(head -n 3 v.tap)" = "TAP version 13
1..8
ok 1 - fake.good: so" ]'
holds "TAP: every point once" bash -c '[ "$(grep -c "^ok " v.tap) $(grep -c "^not ok " v.tap)" = "4 4" ]'
says "TAP: a skipped claim" '^ok 5 - fake.a-over: so # SKIP runs at tier full$' v.tap
says "TAP: a skipped place" '^ok 7 - paper.md:4:1: \[2\] # SKIP its claim is skipped at this tier$' v.tap
says "TAP: a description is escaped" '^not ok 2 - fake.bad: a \\# b <c> & "d"$' v.tap
says "TAP: a claim without words" '^not ok 4 - fake.gone$' v.tap
says "TAP: a reason" '^  message: "K4 @ 1: wide"$' v.tap
for verdict in FAIL INCONCLUSIVE MISSING; do says "TAP: $verdict fails" "^  verdict: $verdict\$" v.tap; done
says "TAP: a reason stays in its line" 'message: "a <b> & \\"c\\" .* \\\\ \\u0001\\u007f\\u0085 .*\\nnot ok 7 - α\\t"$' v.tap
holds "TAP: a reason says what it said" bash -c 'diff <(grep -m1 "message:" v.tap | sed "s/ *message: //" | jq -c .) <(jq -c ".claims[\"fake.bad\"].why" v.json)'
check "junit" 0 "$views" junit v.json v.xml
says "JUnit: counts" '^<testsuites name="overlap" tests="8" failures="4" errors="0" skipped="2">$' v.xml
says "JUnit: those of an experiment" '^  <testsuite name="fake" tests="5" failures="3" errors="0" skipped="1">$' v.xml
says "JUnit: those of the paper" '^  <testsuite name="paper.md" tests="3" failures="1" errors="0" skipped="1">$' v.xml
holds "JUnit: every point once" test "$(grep -c '<testcase ' v.xml)" = 8
says "JUnit: a verdict" '<failure type="INCONCLUSIVE" message="K4 @ 1: wide"/>' v.xml
says "JUnit: escapes" 'message="a &#60;b&#62; &#38; &#34;c&#34; &#39;d&#39; \]\]&#62; # TODO' v.xml
says "JUnit: no character of XML, and one" ' �&#127;' v.xml
says "JUnit: line ends and tabs" '��&#10;not ok 7 - α&#9;"' v.xml
# Nothing but whole elements with whole attributes; they nest.
well_formed() {
    tail -n +2 "$1" | grep -vE '^ *(<[a-z]+( [a-z]+="([^"&<]|&#[0-9]+;)*")*/?>|</[a-z]+>)$' && return 1
    [ "$(head -n 1 "$1")" = '<?xml version="1.0" encoding="UTF-8"?>' ] || return 1
    sed -E '1d; s/"[^"]*"//g; s|<[a-z]+[^>]*/>||' "$1" | awk -F'[< />]+' '/<\//{if (open[n--] != $2) exit bad = 1; next} /</{open[++n] = $2} END {exit bad || n}'
}
holds "JUnit: well-formed" well_formed v.xml
for script in 's/&#38;/\&/' 's/&#60;/</' 's|</testcase>||' 's/ skipped="1"/ skipped=1/' '$d'; do
    sed "$script" v.xml >w.xml
    if well_formed w.xml >/dev/null; then echo "not ok JUnit: $script is noticed"; else echo "ok JUnit: $script is noticed"; fi
done
if command -v xmllint >/dev/null; then holds "JUnit: xmllint" xmllint --noout v.xml; else echo "skip JUnit: no xmllint here"; fi
echo '{"format": 1, "claims": {}}' >none.json
check "tap of nothing" 0 "$views" tap none.json none.tap
says "TAP: nothing" '^1\.\.0 # SKIP nothing to check$' none.tap
echo '{"format": 1, "broken": "x.yaml:1:1: error: <no>\nanother", "claims": {}}' >broken.json
check "tap of what could not be verified" 0 "$views" tap broken.json broken.tap
says "TAP: it fails" '^not ok 1 - verify$' broken.tap
says "TAP: why" 'message: "x.yaml:1:1: error: <no>\\nanother"' broken.tap
check "junit of what could not be verified" 0 "$views" junit broken.json broken.xml
says "JUnit: it fails" 'failures="1"' broken.xml
check "no lock of it" 2 "$views" lock broken.json lock.json
check "no lock without data" 2 "$views" lock v.json lock.json
says "no lock without data: says so" '^lock.json: error: not written: 1 of 5 claims have no valid data'
holds "no lock: none is written" test ! -e lock.json

# ---- locks ----
verdicts() { # SHIFT LEVEL [JQ]: the mean of seeds shifted, theory's level, and any other change
    jq -n --argjson shift "$1" --argjson level "$2" '
    def m($curve; $at; $value; $se): {curve: $curve, at: $at, value: $value, se: $se, n: (if $se then 4 else 0 end), expect: 1, margin: 5,
      verdict: "PASS", low: 0, high: 2, p_pass: 0, p_fail: 1, needed: 0};
    {format: 1, claims: {
      "fake.theory": {verdict: "PASS", says: "so", why: "", asks: {kind: "margin", expect: 2}, tables: {"K4.theory": "abc"}, measures: [m("K4"; 1; $level / 2; null)]},
      "fake.mean": {verdict: "PASS", says: "so", why: "", asks: {at: [1, 10], margin: {abs: 5}}, tables: {},
        measures: [m("K2"; 1; 1 + $shift; 0.28867513459481287), m("K2"; 10; 1; 0.3), m("K2"; 10; 4; 0.3), m("K3"; null; 0.05; 0.3)]},
      "fake.pair": {verdict: "PASS", says: "so", why: "", asks: {}, tables: {}, measures: [m("K2<K3"; 1; 0.5; null)]}}} | '"${3:-.}"
}
lock() { # FILE SHIFT LEVEL [JQ]
    verdicts "${@:2}" >verdicts.json && "$views" lock verdicts.json "$1"
}
check "lock" 0 lock old.json 0 4
holds "lock: what it holds" bash -c '[ "$(jq -c ".claims[\"fake.theory\"]" old.json)" = \
    "{\"asks\":{\"expect\":2,\"kind\":\"margin\"},\"measures\":[{\"at\":1,\"curve\":\"K4\",\"expect\":1,\"margin\":5,\"n\":0,\"se\":null,\"value\":2,\"verdict\":\"PASS\"}],\"tables\":{\"K4.theory\":\"abc\"},\"verdict\":\"PASS\"}" ]'
touch -d 2001-01-01 old.json
check "lock: again" 0 lock old.json 0 4
holds "lock: not written if it says so already" test ! old.json -nt v.json
moved() { # NAME EXIT COUNTS [PATTERN...]: old.json against new.json
    local name=$1
    check "drift: $name" "$2" "$views" drift old.json new.json
    holds "drift: $name: counts" test "$(tail -n 1 out)" = "$3"
    shift 3
    for pattern in "$@"; do says "drift: $name: $pattern" "$pattern" out; done
}
same="3 claims as before, 0 verdicts changed, 0 drifted, 0 redefined, 0 new, 0 gone"
drifted="2 claims as before, 0 verdicts changed, 1 drifted, 0 redefined, 0 new, 0 gone"
lock new.json 0 4 && moved nothing 0 "$same"
holds "drift: nothing: one line" test "$(wc -l <out)" = 1
# the error of the difference is 0.4082
lock new.json 1.2 4 && moved "2.94 sigma" 0 "$same"
lock new.json 1.25 4 && moved "3.06 sigma" 1 "$drifted" '^drifted  fake.mean  K2 @ 1  1 ± 0.29  2.25 ± 0.29  3.1 sigma$'
lock new.json 0 4.000002 && moved "5e-7 of theory" 0 "$same"
lock new.json 0 4.000012 && moved "3e-6 of theory" 1 "$drifted" '^drifted  fake.theory  K4 @ 1  2 +2.000006  3e-6 relative$'
lock new.json 0 4 '.claims["fake.mean"].measures[3].value = null' &&
    moved "to no number" 1 "$drifted" '^drifted  fake.mean  K3 +0.05 ± 0.3  -$'
lock new.json 0 4 '.claims["fake.mean"].measures[1].at = 10.000000000000002' && moved "rounding of a time" 0 "$same"
# runs that theory starts alike: their spread is rounding, not an error
theory_of_seeds='.claims["fake.theory"].measures[0] |= (.se = 1e-16 | .n = 3)'
lock old.json 0 4 "$theory_of_seeds"
lock new.json 0 4.000002 "$theory_of_seeds" && moved "5e-7 of theory with seeds" 0 "$same"
lock new.json 0 4.000012 "$theory_of_seeds" && moved "3e-6 of theory with seeds" 1 "$drifted" '^drifted  fake.theory  K4 @ 1  2 +2.000006  3e-6 relative$'
lock old.json 0 4 '.claims[].evidence = "theory-formula"'
lock new.json 0 4 '.claims[].evidence = "theory-formula" | .claims["fake.mean"].evidence = "regression" | .claims["fake.pair"].revised = "why"' &&
    moved "evidence and revisions" 1 "1 claims as before, 0 verdicts changed, 0 drifted, 2 redefined, 0 new, 0 gone" \
        '^redefined  fake.mean  evidence  theory-formula  regression$' '^redefined  fake.pair  revised +- +why$'
cp new.json known.json && lock old.json 0 4 && cp known.json new.json && moved "a lock of before there was evidence" 0 "$same"
lock new.json 0 4 '.claims["fake.mean"] |= (.measures = [] | .verdict = "SKIPPED")' &&
    moved "skipped" 1 "2 claims as before, 1 verdicts changed, 0 drifted, 0 redefined, 0 new, 0 gone" '^verdict  fake.mean +PASS  SKIPPED$'
lock new.json 0 4 '.claims["fake.theory"] |= (.verdict = "FAIL" | .says = "other words" | .asks.expect = 3)
    | .claims["fake.mean"] |= (.asks.margin.abs = 6 | .asks.at = 1 | del(.measures[1, 2])) | .claims["fake.added"] = .claims["fake.pair"] | del(.claims["fake.pair"])' &&
    moved "verdicts and definitions" 1 "0 claims as before, 1 verdicts changed, 0 drifted, 2 redefined, 1 new, 1 gone" \
        '^verdict    fake.theory +PASS +FAIL$' '^redefined  fake.theory  expect +2 +3$' '^redefined  fake.mean    margin +\{"abs":5\} +\{"abs":6\}$' \
        '^redefined  fake.mean    at +\[1,10\] +1$' '^redefined  fake.mean    measures  4, of them 2 elsewhere  2, of them 0 elsewhere$' '^new        fake.added +PASS$' '^gone       fake.pair +PASS$'
holds "drift: words are no claim" bash -c '! grep -q "other words" out'
lock new.json 0 4 && cp new.json kept.json && echo '{"format": 1, "claims": {}}' >old.json
moved "new claims are fine" 0 "0 claims as before, 0 verdicts changed, 0 drifted, 0 redefined, 3 new, 0 gone"

# ---- what is no lock ----
mv kept.json old.json
refused() { # NAME TEXT PATTERN
    printf '%s' "$2" >new.json
    check "no lock: $1" 2 "$views" drift old.json new.json
    says "no lock: $1: says so" "^new.json$3"
    holds "no lock: $1: one line" test "$(wc -l <err)" = 1
}
refused empty "" ':1:1: error: truncated, or no JSON'
refused "a list cut short" "[1, 2" ':1:5: error: truncated, or no JSON'
refused "two of them" '{"claims": {}, "format": 1}{}' ':1:1: error: truncated, or no JSON'
refused "a list" "[1, 2]" ': error: not a lock of claims'
refused "no format" '{"claims": {}}' ': error: not a lock of claims'
refused "another format" '{"claims": {}, "format": 2}' ': error: a lock of another format than 1'
refused "a number for a claim" '{"claims": {"a.b": 3}, "format": 1}' ": error: .*claim 'a.b' lacks"
refused "a number for a measure" '{"claims": {"a": {"asks": {}, "verdict": "PASS", "measures": [1]}}, "format": 1}' ": error: .*claim 'a' lacks"
bad=0 n=$(wc -c <old.json)
for ((cut = 2; cut < n; cut += 97)); do
    head -c $((n - cut)) old.json >new.json
    "$views" drift old.json new.json >out 2>err
    [ $? -eq 2 ] && grep -q '^new.json:[0-9]*:[0-9]*: error: truncated' err || bad=$((bad + 1))
done
holds "no lock: cut anywhere" test $bad = 0
check "no such file" 2 "$views" drift nowhere.json old.json
check "one file" 2 "$views" drift old.json
check "no such view" 2 "$views" tip v.json x

# ---- CI: nothing is left out ----
whole() { jq -e -f "$root/.ci/whole.jq" "$1"; }
left_out() { # NAME JQ: v.json after that is not whole
    jq "del(.claims[\"fake.a-over\"], .paper.points[1]) | $2" v.json >w.json
    if whole w.json >held; then echo "not ok CI: $1 goes through"; else echo "ok CI: $1 is noticed"; fi
}
jq 'del(.claims["fake.a-over"], .paper.points[1])' v.json >w.json
holds "CI: all was checked" whole w.json
left_out "a claim that was skipped" '.claims["fake.good"].verdict = "SKIPPED"'
left_out "a number that was skipped" '.paper.points[0].verdict = "SKIPPED"'
left_out "a paper without numbers" '.paper.points = []'
left_out "a paper that was not read" 'del(.paper)'
left_out "a verification without claims" '.claims = {}'
