#!/bin/bash
# SPDX-License-Identifier: MIT
# overlap run, plan, compare: from a directory to tables, and every kind of mistake.
. tests/cli/lib.sh

# ---- a directory outside of the repository, with explicit overlaps ----
mkdir given
cat >given/experiment.yaml <<'YAML'
title: Given overlaps
source: none
system: two-layer
tier: ci
defaults:
  N: 200
  K: 2
  M: 2
  eta_w: 0.1
  init: {kind: overlaps, Q: [[0.2, 0.05], [0.05, 0.3]], R: [[0.1, 0], [0, 0.2]]}
  alpha: [0, 0.1, 1, 10]
curves:
  - {id: c, theory: true}
YAML
check "run: explicit overlaps" 0 "$overlap" run given --out there
says "run: the header of the contract" \
    '^seed,alpha,eps_g,Q_0_0,Q_1_0,Q_1_1,R_0_0,R_0_1,R_1_0,R_1_1,v_0,v_1$' there/c.theory.csv
says "run: seed 0, the start exactly" '^0,0,0\.[0-9]+,0\.20*1?,0\.050*3?,0\.2999|^0,0,0\.[0-9]+,0\.2' there/c.theory.csv
says "run: the last line is a hash" '^# sha256: [0-9a-f]{64}$' there/c.theory.csv
holds "run: the hash is right" bash -c \
    '[ "$(head -n -1 there/c.theory.csv | sha256sum | cut -d" " -f1)" = "$(tail -n 1 there/c.theory.csv | cut -d" " -f3)" ]'
holds "run: nothing outside of --out" test ! -e build
if grep -q "$work\|$(hostname)" there/c.theory.csv; then echo "not ok no path or host in a table"; else echo "ok no path or host in a table"; fi
says "run: the sidecar records the build" '"commit":' there/c.theory.json

# ---- same bytes, whatever -j; twice runs nothing; a kill changes nothing ----
small s
check "run -j1" 0 "$overlap" run s --out one --jobs 1
check "run -j2" 0 "$overlap" run s --out two -j 2
holds "same bytes for -j1 and -j2" cmp one/a.sgd.csv two/a.sgd.csv
holds "same bytes of theory" cmp one/a.theory.csv two/a.theory.csv
check "run again" 0 "$overlap" run s --out one
says "run again computes nothing" '0 runs computed|nothing to do'
check "plan: all valid" 0 "$overlap" plan s --out one
says "plan says valid" 'a +sgd +0 of 4 +valid' out
sed -i 's/eta_w: 0.5/eta_w: 0.25/' s/experiment.yaml
check "plan after a change" 0 "$overlap" plan s --out one
says "plan says which input changed" 'eta_w: 0.5 -> 0.25' out
check "plan --todo" 0 "$overlap" plan s --out one --todo
holds "plan --todo: a line a block" test "$(grep -vc '^#' out)" = 5 # short runs share one, of theory none knows
says "plan --todo: a block" '--side sgd --seed 1-4 ' out
check "plan --todo: as a shell reads it" 0 "$overlap" plan s --out "o'ne two" --set 'sgd.seeds=1' --set 'alpha=[0, 1]' --todo
says "plan --todo: quotes" "^$overlap run $PWD/s --out '$PWD/o'\\\\''ne two' --curve a .* --set sgd.seeds=1 --set 'alpha=\\[0, 1\\]'\$" out
cp out jobs.sh
holds "plan --todo: can be run" bash jobs.sh
holds "plan --todo: where it should be" test -d "o'ne two/jobs"
sed -i 's/eta_w: 0.25/eta_w: 0.5/' s/experiment.yaml
for delay in 0.00 0.01 0.02 0.03; do
    timeout -s KILL "$delay" "$overlap" run s --out killed >/dev/null 2>&1
done
check "run after kills" 0 "$overlap" run s --out killed
holds "same bytes after kills" cmp one/a.sgd.csv killed/a.sgd.csv
truncate -s 300 one/a.sgd.csv
check "compare: a truncated table" 2 "$overlap" compare s --out one
says "compare names it" 'truncated'
check "run mends it" 0 "$overlap" run s --out one
holds "mended to the same bytes" cmp one/a.sgd.csv two/a.sgd.csv
check "compare" 0 "$overlap" compare s --out one
says "agreement.csv has its columns" '^curve,quantity,alpha,n,theory,sgd,deviation,se,sd,z,max_abs,theory_se$' one/agreement.csv
"$overlap" plan s --out three --todo >jobs.sh
holds "jobs one by one, as GNU parallel would" bash jobs.sh
holds "same bytes from single jobs" cmp one/a.sgd.csv three/a.sgd.csv
sed '/^#/d; s,/three ,/all ,; s/$/ \&/' jobs.sh >at_once.sh && echo wait >>at_once.sh
holds "jobs all at once, on several hosts" bash at_once.sh
holds "same bytes, put together by the last one" cmp one/a.sgd.csv all/a.sgd.csv
holds "no block is left" test -z "$(find all/jobs one/jobs -type f)"
check "--seed wants seeds" 2 "$overlap" run s --seed 4-2
says "--seed wants seeds: says so" "a number or a range such as 3-40, not '4-2'"
check "run --set" 0 "$overlap" run s --out set --set eta_w=0.1 --set sgd.seeds=2
says "run --set: taken" '^# eta_w: 0.1' set/a.sgd.csv

# ---- results are of one directory and of its present curves ----
mkdir elsewhere && cp -r s elsewhere
check "results below build" 0 "$overlap" run s
check "another directory of that name" 2 "$overlap" run elsewhere/s
says "another directory of that name: says so" "build/results/s holds the results of s, .* elsewhere/s: name another directory with --out"
check "another directory of that name: --out" 0 "$overlap" run elsewhere/s --out s2
mv s s_is_gone
check "a directory that was moved" 0 "$overlap" run elsewhere/s
says "a directory that was moved: nothing is computed" '^0 runs computed'
mv s_is_gone s && rm -r build elsewhere
cp -r s renamed && cp -r one named
sed -i 's/id: a/id: b/; s/: Small/: Other/' renamed/experiment.yaml
sed -i 's/^# experiment: s$/# experiment: renamed/; $d' named/a.*.csv
for t in named/a.*.csv; do echo "# sha256: $(sha256sum <"$t" | cut -d' ' -f1)" >>"$t"; done
cp one/a.sgd.csv named/z.sgd.csv # of another experiment: not ours to remove
check "a curve with another name" 0 "$overlap" run renamed --out named
says "a curve with another name: nothing is computed" '^0 runs computed.*2 tables written'
holds "a curve with another name: nobody draws the old table" test ! -e named/a.sgd.csv -a ! -e named/a.theory.json
holds "a table of another experiment stays" test -e named/z.sgd.csv

# ---- the engine `law`: the same bytes for any -j and any company of a seed ----
cp -r s law && sed -i 's/engine: weights, seeds: 4/engine: law, seeds: 11/' law/experiment.yaml
check "law -j1" 0 "$overlap" run law --out law1 --jobs 1
check "law -j2" 0 "$overlap" run law --out law2 --jobs 2
holds "law: same bytes for -j1 and -j2" cmp law1/a.sgd.csv law2/a.sgd.csv
check "law, three seeds" 0 "$overlap" run law --out law3 --set sgd.seeds=3
holds "law: a seed does not depend on its company" bash -c \
    'diff <(grep "^[123]," law1/a.sgd.csv) <(grep "^[123]," law3/a.sgd.csv)'
check "law, one seed alone" 0 "$overlap" run law --out law4 --side sgd --seed 7
holds "law: alone too" bash -c 'diff <(grep "^7," law1/a.sgd.csv) <(grep "^[0-9]" law4/jobs/*.csv)'

# ---- long runs go on from where they were killed ----
sed 's/N: 50/N: 1000/; s/2, 5\]/2, 100, 500]/; s/theory: true/theory: false/; s/engine: weights, seeds: 4/engine: law, seeds: 11/' \
    s/experiment.yaml >long.yaml
mkdir long && mv long.yaml long/experiment.yaml
check "a long run" 0 "$overlap" run long --out calm
part_of() { grep -las '^seed: 1$' "$1"/jobs/*.part | head -n 1; } # of the runs of seeds 1-8, not of the others
killed_midway() { # DIR: a run killed as soon as it has left its state; once more where it came to its end before
    for _ in {1..20}; do
        rm -rf "$1"
        "$overlap" run long --out "$1" --checkpoint 0 >/dev/null 2>&1 &
        local pid=$!
        while [ -z "$(part_of "$1")" ] && kill -0 $pid 2>/dev/null; do sleep 0.01; done
        kill -KILL $pid 2>/dev/null
        wait $pid 2>/dev/null
        while pgrep -f "run long --out $1 " >/dev/null; do sleep 0.01; done # its children go with it
        [ -z "$(part_of "$1")" ] || break
    done
}
killed_midway part
holds "a killed run leaves its state" test -n "$(part_of part)"
cp -r part spoiled && cp -r part foreign
check "a killed run goes on" 0 "$overlap" run long --out part
says "a killed run goes on: says from where" '^note +long a sgd seeds 1-8: resumes at [1-9][0-9]* of 4000000$'
holds "a killed run: same bytes" cmp calm/a.sgd.csv part/a.sgd.csv
holds "a killed run: no state is left" test -z "$(find part/jobs -name '*.part')"
for f in spoiled/jobs/*.part; do truncate -s -5 "$f"; done
check "a truncated state" 0 "$overlap" run long --out spoiled
says "a truncated state is named" '^note +long a sgd .*: warning: checkpoint spoiled/jobs/[0-9a-f]+\.part is no good \(truncated or edited\): from the start'
holds "a truncated state: same bytes" cmp calm/a.sgd.csv spoiled/a.sgd.csv
check "a state, and one of its runs alone" 0 "$overlap" run long --out foreign --side sgd --seed 3
check "a state whose company is broken" 0 "$overlap" run long --out foreign
if grep -q 'seeds 1-8: resumes' err; then echo "not ok a broken company: its state is not used"; else echo "ok a broken company: its state is not used"; fi
holds "a broken company: same bytes" cmp calm/a.sgd.csv foreign/a.sgd.csv
holds "a broken company: no state is left" test -z "$(find foreign/jobs -name '*.part')"
narrow=(--side sgd --seed 3 --set K=8 --set 'alpha=[100]') # its rows are less than 4 kB, its state is more
check "a run with room" 0 "$overlap" run long --out wide "${narrow[@]}"
check "a state that can't be written" 0 bash -c "ulimit -f 4; exec \"\$@\"" - "$overlap" run long --out narrow --checkpoint 0 "${narrow[@]}"
says "a state that can't be written: said" 'warning: no checkpoint, the run goes on without: .*: File too large'
holds "a state that can't be written: said once" test "$(grep -c 'no checkpoint' err)" = 1
holds "a state that can't be written: same bytes" diff -r -x "*.cost" wide/jobs narrow/jobs
check "--checkpoint wants seconds" 2 "$overlap" run long --checkpoint soon
says "--checkpoint wants seconds: says so" "seconds, 0 or more, not 'soon'"
check "more memory than there is" 2 "$overlap" run s --out huge --set K=900 --set M=900 --set N=2000 --set 'theory={fluctuations: true}'
says "more memory than there is: says so" '^s/experiment.yaml: error: a run of a, [a-z]+, takes [0-9.]+ [TP]B of memory; there are '
holds "more memory than there is: nothing written" test ! -e huge
check "plan: memory" 2 "$overlap" plan s --out huge --set K=900 --set M=900 --set N=2000 --set 'theory={fluctuations: true}' --jobs 3
says "plan: memory of all" '^memory: up to [0-9.]+ [TP]B with 3 processes at once; this machine has .*: run will start no more than 1$' out

cpu=$(taskset -pc $$ | sed 's/.*: //; s/[,-].*//') # the first that may be used
check "doctor: bound to one CPU" 0 taskset -c "$cpu" "$overlap" doctor
says "doctor: bound to one CPU: says so" '^  machine +1 CPUs;' out

# ---- mistakes: one clear line with its place, exit 2, nothing written ----
mistake() { # name, sed script on s/experiment.yaml, pattern
    rm -rf bad out_bad
    cp -r s bad
    sed -i "$2" bad/experiment.yaml
    check "$1" 2 "$overlap" run bad --out out_bad
    says "$1: says so" "$3"
    holds "$1: nothing written" test ! -e out_bad
}
mistake "a misspelt key" 's/eta_w:/eta_W:/' "^bad/experiment.yaml:10:3: error: .*eta_W.*did you mean 'eta_w'"
mistake "a wrong type" 's/K: 2/K: two/' '^bad/experiment.yaml:7:6: error: '
mistake "out of range" 's/eta_w: 0.5/eta_w: -1/' '^bad/experiment.yaml:10:10: error: '
mistake "a missing key" '/eta_w:/d' "error: .*eta_w"
mistake "K < 1" 's/K: 2/K: 0/' '^bad/experiment.yaml:7:6: error: '
mistake "N < M" 's/N: 50/N: 1/; s/M: 1/M: 2/' '^bad/experiment.yaml:6:6: error: .*N'
mistake "an unknown engine" 's/engine: weights/engine: weight/' "did you mean 'weights'"
mistake "an unknown system" 's/two-layer/two-layers/' "did you mean 'two-layer'"
mistake "a key that nothing reads" 's/sigma: 0.1/init: {kind: informed, Q: [[1]]}/' '^bad/experiment.yaml:11:.*error: '
mistake "not PSD" 's/sigma: 0.1/init: {kind: overlaps, Q: [[1, 2], [2, 1]], R: [[0], [0]]}/' 'error: .*positive semi-definite'
mistake "T against v_star" 's/sigma: 0.1/v_star: [1, 2]/' '^bad/experiment.yaml:11:11: error: .*v_star'
mistake "not YAML" 's/alpha: \[/alpha: [[/' '^bad/experiment.yaml:[0-9]+:[0-9]+: error: '
check "no such directory" 2 "$overlap" run nowhere
says "no such directory: says so" 'nowhere'
check "an unknown option" 2 "$overlap" run s --sed 3
says "an unknown option: did you mean" "did you mean '--se[te]"
check "an unknown command" 2 "$overlap" rum s
says "an unknown command: did you mean" "did you mean 'run'"
check "an unknown curve" 2 "$overlap" run s --curve b

# ---- trouble while running ----
mkdir div
sed 's/activation: erf/activation: linear/; s/eta_w: 0.5/eta_w: 3/; s/2, 5\]/2, 5, 1000]/' s/experiment.yaml >div/experiment.yaml
check "eta too large" 0 timeout 60 "$overlap" run div --out div/out
says "eta too large: says where" 'a sgd: [0-9]+ of [0-9]+ runs diverge, the first at alpha = '
says "eta too large: the table says where" '^# diverged_at: 1 [0-9.]+' div/out/a.sgd.csv
says "eta too large: nothing after it" '^1,1000,nan,nan' div/out/a.sgd.csv
check "eta too large: compared" 0 "$overlap" compare div --out div/out
check "eta too large: a result" 0 "$overlap" run div --out div/out
says "eta too large: not computed again" '^0 runs computed'
check "on_divergence: fail" 4 timeout 60 "$overlap" run div --out div/out --set on_divergence=fail
says "on_divergence: fail: says where" 'sgd seed.* diverges at alpha = '
mkdir all-div
sed 's/0, 0.5, 1, 2, 5, 1000/0, 1000/' div/experiment.yaml >all-div/experiment.yaml
check "all runs diverge" 0 timeout 60 "$overlap" run all-div --out all-div/out
check "all runs diverge: compared" 0 "$overlap" compare all-div --out all-div/out
says "all runs diverge: says so" '^all-div: 1 curve compared, none with two seeds whose numbers there are: runs of it diverged$' out
sed -i '1i on_divergence: fail' div/experiment.yaml
check "on_divergence: of all curves" 4 timeout 60 "$overlap" run div --out div/out
check "on_divergence: a curve's own" 0 "$overlap" run div --out div/out --set on_divergence=keep
check "on_divergence: no word" 2 "$overlap" run div --out div/out --set on_divergence=keeep
says "on_divergence: did you mean" "did you mean 'keep'"

# ---- inputs that once failed ----
cp -r "$root/tests/cli/inputs/diverging-sweep" .
check "a sweep into divergence" 0 "$overlap" run diverging-sweep --out sweep
check "a sweep into divergence: compared" 0 "$overlap" compare diverging-sweep --out sweep
says "a sweep into divergence: all curves" '15 curves compared' out
check "a sweep into divergence: judged" 0 "$overlap" verify diverging-sweep --out sweep
says "a sweep into divergence: passes" '^1 passed, 0 failed, 0 skipped$' out
cp -r "$root"/tests/cli/inputs/{empty-key,formula-in-a-block} .
check "an empty key" 2 "$overlap" plan empty-key
says "an empty key: in its map" "^empty-key/experiment.yaml:7:5: error: a key is empty"
check "a formula over several lines" 0 "$overlap" run formula-in-a-block --out block
check "a formula over several lines: judged" 0 "$overlap" verify formula-in-a-block --out block
says "a formula over several lines: its margin" '^formula-in-a-block.c: note: a margin of 5 about 0.001 lets whatever comes pass' out
cp -r "$root/tests/cli/inputs/claim-beyond-the-grid" .
for command in plan run; do
    check "claims beyond the grid: $command" 2 "$overlap" $command claim-beyond-the-grid --out beyond
    says "claims beyond the grid: $command, at" 'experiment.yaml:9:52: error: curve erf is not measured at alpha = 400; the nearest times are 4 and 3'
    says "claims beyond the grid: $command, from" 'experiment.yaml:10:58: error: curve erf: deviation needs at least 1 time in its window'
done
# 4000 curves at 50,000 times each: more than the memory that there is
mkdir -p vast
{
    echo "{title: t, source: s, system: two-layer, tier: quick, curves: [{id: v, vary: {eta_w: ["
    seq -s , -f '%g.5' 1 4000
    echo "]}, K: 1, M: 1, N: 10, activation: erf, alpha: [0, 1], theory: true}], claims:"
    echo " [{id: c, says: x, kind: margin, curves: v, expect: 0, margin: {abs: 1}, at: ["
    yes 0 | head -n 50000 | paste -sd ,
    echo "]}]}"
} >vast/experiment.yaml
if (ulimit -v 2000000 && "$overlap" --version) >/dev/null 2>&1; then # not where asan reserves more
    check "no memory" 4 bash -c "ulimit -v 2000000; exec '$overlap' plan vast"
    says "no memory: in one line" '^overlap: error: out of memory$'
    holds "no memory: nothing else" test "$(wc -l <"$work/err")" -eq 1
fi
check "a full disk" 4 bash -c "ulimit -f 1; exec '$overlap' run s --out full"
check "a full disk: recovered" 0 "$overlap" run s --out full
holds "a full disk: same bytes" cmp one/a.sgd.csv full/a.sgd.csv
check "output that can't be written" 4 "$overlap" run s --out s/experiment.yaml/x

# ---- what README.md shows ----
mkdir -p experiments/mine
sed -n '/^```yaml$/,/^```$/p' "$root/README.md" | sed '1d;$d' >experiments/mine/experiment.yaml
check "README: its experiment is one" 0 "$overlap" plan experiments/mine
says "README: its curve has both sides" 'mine +erf +sgd +64 of 64' out
sed -i 's/eta_w/eta_W/' experiments/mine/experiment.yaml
check "README: its mistake" 2 "$overlap" plan experiments/mine
shown=$(grep -m1 -oE "experiments/mine/experiment.yaml:[0-9:]+ error: .*" "$root/README.md")
holds "README: the error is the one it shows" grep -qF "$shown" "$work/err"
