#!/bin/bash
# SPDX-License-Identifier: MIT
# audit.sh BUILD TIER JOBS SEED [DIR...]: runs of valid tables, chosen by chance, are made again, each
# alone, and compared with their rows of the table, byte by byte. A hash finds what was damaged; only
# a rerun finds what was edited with its hash, or what another machine or grouping of runs computes
# otherwise. The choice is a function of SEED (empty: today's date) and of which runs are there.
# Exit code 0: all the same; 1: some differ; 2: bad usage, or nothing stored; 4: a run failed.
set -uo pipefail
overlap=$1/overlap tier=$2 jobs=${3:-10} seed=${4:-$(date -u +%Y%m%d)}
shift 4
fail() {
    echo "audit: error: $1" >&2
    exit 2
}
[[ $jobs =~ ^[1-9][0-9]{0,5}$ ]] || fail "JOBS is a number from 1 to 999999, not '$jobs'"
[[ $seed =~ ^[0-9]{1,15}$ ]] || fail "SEED is a number of at most 15 digits, not '$seed'"
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# Lines 'DIR CURVE SIDE RUNS': the tables that are there and valid.
valid() { # DIR, or nothing: all of the tier
    "$overlap" plan "$@" --tier "$tier" | awk -v dir="${1:-}" \
        '$4 == 0 && $5 == "of" && $NF == "valid" {print dir ? dir : "experiments/" $1, $2, $3, $6}'
}
{ if [ $# -eq 0 ]; then valid; else for dir in "$@"; do valid "${dir%/}" || exit; done; fi; } >"$scratch/tables" || exit 2
# Each run as likely as any other; in their order.
awk -v jobs="$jobs" -v seed="$seed" '
    {runs += $4; line[NR] = $0}
    END {
        srand(seed)
        for (i = 1; i <= NR; i++) {
            split(line[i], t, " ")
            for (k = 0; k < t[4]; k++)
                if (rand() * (runs - seen++) < jobs - kept) { kept++; print t[1], t[2], t[3], k }
        }
        print runs + 0 > "/dev/stderr"
    }' "$scratch/tables" >"$scratch/chosen" 2>"$scratch/stored"
stored=$(cat "$scratch/stored") same=0 differ=0 failed=0
[ "$stored" -gt 0 ] || fail "no result is stored here; 'make figures' computes some"
echo "$(wc -l <"$scratch/chosen") of $stored stored runs, chosen by SEED=$seed"

# The names of the columns and the rows of one run, with their numbers in the file: 'LINE:ROW'.
rows() { awk -F, -v seed="$2" '!/^#/ && (!names++ || $1 == seed) {print FNR ":" $0}' "$1"; }

while read -r dir curve side k <&3; do
    table=build/results/$(basename "$dir")/$curve.$side.csv out=$scratch/out
    run=$(($(sed -nE 's/^# seeds: ([0-9]+)-.*/\1/p;/^# seeds/q' "$table") + k))
    what="$(basename "$dir") $curve $side$([ $run -eq 0 ] || echo " seed $run")"
    rm -rf "$out"
    if ! "$overlap" run "$dir" --tier "$tier" --out "$out" --curve "$curve" --side "$side" --seeds "$run-$run" --quiet 2>"$scratch/err"; then
        failed=$((failed + 1))
        echo "failed   $what: $(head -n 1 "$scratch/err")"
        continue
    fi
    rows "$table" "$run" >"$scratch/stored"
    rows "$out/$curve.$side.csv" "$run" | cut -d: -f2- >"$scratch/rerun"
    if cut -d: -f2- "$scratch/stored" | cmp -s - "$scratch/rerun"; then
        same=$((same + 1))
        echo "ok       $what"
    else
        differ=$((differ + 1))
        echo "differs  $what: $table, $(paste -d '\t' "$scratch/stored" "$scratch/rerun" | awk -F'\t' '
            {line = $1; sub(/:.*/, "", line); sub(/^[0-9]*:/, "", $1)}
            $1 != $2 {printf "line %s: stored '\''%.90s'\'', rerun '\''%.90s'\''", line, $1, $2; exit}')"
    fi
done 3<"$scratch/chosen"
echo "$same ok, $differ differ, $failed failed"
[ $failed -eq 0 ] || exit 4
[ $differ -eq 0 ]
