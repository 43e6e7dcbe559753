#!/bin/bash
# SPDX-License-Identifier: MIT
# Lines of plan --todo on several machines: what is in them, that they run as printed, and what a scheduler sees.
. tests/cli/lib.sh

small s
check "the whole in one" 0 "$overlap" run s --out whole
lines() { grep -v '^#' out; }

# ---- what is in a line ----
check "plan --todo" 0 "$overlap" plan s --out todo --todo
says "plan --todo: the last line says how many" "^# $(lines | wc -l) lines?.*; then: $overlap compare $PWD/s --out $PWD/todo --tier ci && $overlap verify $PWD/s --out $PWD/todo --tier ci\$" out
holds "plan --todo: nothing but commands before it" bash -c "! grep -v '^#' out | grep -qv '^$overlap run $PWD/s --out $PWD/todo '"
check "--chunk 1" 0 "$overlap" plan s --out todo --todo --chunk 1 --side sgd
holds "--chunk 1: a run a line" test "$(lines | grep -cE -- '--seed [0-9]+ ')" = "$(lines | wc -l)"
runs=$(lines | wc -l)
check "--chunk 3" 0 "$overlap" plan s --out todo --todo --chunk 3 --side sgd
holds "--chunk 3: every run once, three at most a line" test "$runs" = "$(lines | sed -E 's/.*--seed ([0-9]+)(-([0-9]+))? .*/\1 \3/' |
    awk '{n = $2 ? $2 - $1 + 1 : 1; if (n > 3) exit 1; s += n} END {print s}')"
for wrong in 0 -1 10 10m 5x '' min; do
    [ "$wrong" = 10 ] || check "no chunk: '$wrong'" 2 "$overlap" plan s --todo --chunk "$wrong"
done
says "no chunk: says what is one" "--chunk wants a time such as 90s, 10min or 2h, or a number of runs, not 'min'"

# ---- by the times of earlier runs ----
"$overlap" run s --quiet # which are in build/results/s
check "--chunk 1h" 0 "$overlap" plan s --out todo --todo --chunk 1h
holds "--chunk 1h: one line" test "$(lines | wc -l)" = 1
says "--chunk 1h: how long" '^# 1 line, about [0-9.]+ m?s of CPU time; then' out
cp out jobs.sh
mkdir elsewhere
holds "--chunk 1h: runs as printed, from anywhere" bash -c 'cd elsewhere && bash ../jobs.sh'
for t in whole/*.csv; do
    holds "--chunk 1h: same bytes, $(basename "$t")" cmp "$t" "todo/$(basename "$t")"
done
check "nothing left" 0 "$overlap" plan s --out todo --todo
holds "nothing left: one line, and it says so" test "$(cat out)" = "# nothing is left to run; next: $overlap compare $PWD/s --out $PWD/todo --tier ci && $overlap verify $PWD/s --out $PWD/todo --tier ci"
holds "nothing left: runs as printed" bash out

# ---- one of a line's commands fails: the others run, and the line fails ----
check "several" 0 "$overlap" plan s --out part --todo --chunk 1h
cp out several
sed -E '/^#/d; s/--curve ([^ ]+) /--curve no-such-curve /' out >jobs.sh # the first command's
check "one of a line fails" 2 bash jobs.sh
holds "one of a line fails: the others have run" test -n "$(find part -name '*.csv')"

sed -E '/^#/d; s,[^ (]*overlap run,sh -c '"'"'kill -TERM $$'"'"' x,' several >jobs.sh # the first one is stopped
check "one of a line is stopped: the line ends as it did" 143 bash jobs.sh
cp -r s long_ago && sed -i 's/N: 50/N: 60/' long_ago/experiment.yaml
check "no times yet" 0 "$overlap" plan long_ago --out fresh --todo --chunk 1h
says "no times yet: said" 'note: not all of it was timed yet'

# ---- all at once, as many processes as lines ----
check "at once" 0 "$overlap" plan s --out once --todo --chunk 1
sed '/^#/d; s/$/ \&/' out >jobs.sh && echo wait >>jobs.sh
holds "at once: run" bash jobs.sh
for t in whole/*.csv; do
    holds "at once: same bytes, $(basename "$t")" cmp "$t" "once/$(basename "$t")"
done
holds "at once: nothing is left" bash -c "'$overlap' plan s --out once --todo | grep -q '^# nothing is left'"

# ---- what a scheduler sees and says ----
sed -e 's/N: 50/N: 2000/' -e 's/alpha: .*/alpha: [0, 100000]/' s/experiment.yaml >long.yaml
mkdir long && mv long.yaml long/experiment.yaml
for signal in TERM INT; do
    rm -rf stopped
    "$overlap" run long --out stopped --side sgd --jobs 1 2>stopped_err &
    pid=$!
    until [ -n "$(find stopped/jobs -name '*.running' 2>find_err)" ] || ! kill -0 $pid 2>kill_err; do sleep 0.05; done
    kill -$signal $pid
    wait $pid 2>wait_err
    holds "SIG$signal: ends as such" test $? = $((128 + $(kill -l $signal)))
    holds "SIG$signal: says that it goes on" grep -q "stopped by SIG$signal; the same command goes on from there" stopped_err
    holds "SIG$signal: what was at work was stopped, and did not fail" grep -q "valid before, 1 stopped" stopped_err
    holds "SIG$signal: its state is kept" test -n "$(find stopped/jobs -type f -not -name '*.running')"
done
check "SLURM_CPUS_PER_TASK" 0 env SLURM_CPUS_PER_TASK=1 "$overlap" plan long --out one
holds "SLURM_CPUS_PER_TASK: is what is used" grep -q ' with 1 process at once' out
