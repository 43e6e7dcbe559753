#!/bin/bash
# SPDX-License-Identifier: MIT
# Do the claims bite? Builds the program with one mistake at a time and looks which claim fails.
#   mutants.sh BUILD [DIRECTORY [PATTERN]]     mutants DIRECTORY/*PATTERN*.mutant
#   mutants.sh --check [DIRECTORY]             only whether each of them applies
# tests/mutants/README.md says what a mutant's file holds. Exit code: 0 all killed, 1 some survived,
# 2 a mutant that does not apply or build, or claims that fail without any.
set -u
check=
if [ "$1" = --check ]; then
    check=yes
    set -- . "${2:-tests/mutants}"
fi
B=$(realpath "$1")
mutants=${2:-tests/mutants}
pattern=${3:-}
limit=120 # seconds that a run may take: with some mistakes the equations lead to states that no network has
scratch=$B/mutants
trap '[ -n "$check" ] || rm -rf "$scratch"' EXIT

die() { echo "mutants: error: $*" >&2; exit 2; }
# field NAME FILE: what stands behind "NAME: "
field() { sed -n "/^---$/q; s/^$1: *//p" "$2"; }
# part N FILE: the text before (1) or after (2) the line "===", without the last newline
part() { awk -v n="$1" '/^===$/ && on {at = 2; next} on && at == n {print} /^---$/ && !on {on = 1; at = 1}' "$2"; }

# fresh FILE: the tree as it is, built, with the results of the experiments that the mutant names
fresh() {
    local e
    rm -rf "$scratch"
    mkdir -p "$scratch/build/results" || die "can't write below $B"
    cp -a src include Makefile experiments "$scratch"
    cp -a "$B"/{src,gen,liboverlap.a,overlap} "$scratch/build"
    for e in $(field see "$1"); do
        mkdir -p "$scratch/build/results/${e%%/*}"
        cp -a "$B/results/${e%%/*}"/*.{csv,json} "$scratch/build/results/${e%%/*}"
    done
}

# apply FILE: makes the mistake in the scratch tree, or looks whether it could
apply() {
    local file old new text rest
    file=$(field file "$1")
    [ -f "$file" ] || die "$1: no file '$file'"
    old=$(part 1 "$1") new=$(part 2 "$1") text=$(<"$file")
    [ -n "$old" ] || die "$1: nothing to replace"
    rest=${text#*"$old"}
    [ "$rest" != "$text" ] || die "$1: does not apply: its text is not in $file"
    [ "${rest#*"$old"}" = "$rest" ] || die "$1: does not apply: its text is in $file more than once"
    [ "$old" != "$new" ] || die "$1: changes nothing"
    [ -n "$check" ] || printf '%s\n' "${text/"$old"/"$new"}" >"$scratch/$file"
}

build() {
    make -s -C "$scratch" B=build build/overlap >"$scratch/build.log" 2>&1 && return
    tail -n 20 "$scratch/build.log" >&2
    die "$1: does not build"
}

# judge EXPERIMENT[/CURVE]: what is run anew is what the mistake can touch. Sets killer to the claim
# that fails first, or to what goes wrong before there is anything to claim.
judge() {
    local experiment=${1%%/*} curve=() code
    [ "$experiment" = "$1" ] || curve=(--curve "${1#*/}")
    (cd "$scratch" && timeout "$limit" build/overlap run "experiments/$experiment" "${curve[@]}" --quiet) >"$scratch/log" 2>&1
    code=$?
    if [ $code -eq 124 ]; then
        killer="(a run: no end in sight)"
        return
    fi
    if [ $code -eq 4 ]; then
        killer="(a run: $(tail -n 1 "$scratch/log" | sed 's/.*: //'))"
        return
    fi
    [ $code -eq 0 ] || { cat "$scratch/log" >&2; die "$experiment does not run"; }
    (cd "$scratch" && build/overlap verify "experiments/$experiment" --verdicts build/verdicts.json) >"$scratch/log" 2>&1
    killer=$(awk '/ FAIL  / {print $1; exit}' "$scratch/log")
}

shopt -s nullglob
list=("$mutants"/*"$pattern"*.mutant)
[ ${#list[@]} -gt 0 ] || die "no mutant matches '$pattern' in $mutants"
for m in "${list[@]}"; do
    for key in file means see; do [ -n "$(field $key "$m")" ] || die "$m: no line '$key: …'"; done
done

if [ -n "$check" ]; then
    for m in "${list[@]}"; do apply "$m"; done
    echo "${#list[@]} mutants apply"
    exit 0
fi

# Without a mistake all claims hold; their results are what mutants start from.
mapfile -t asked < <(for m in "${list[@]}"; do field see "$m" | tr ' ' '\n'; done | sed 's|/.*||' | sort -u)
for e in "${asked[@]}"; do
    [ -d "experiments/$e" ] || die "no experiment '$e'"
    "$B/overlap" run "experiments/$e" --quiet || die "$e does not run"
done
mkdir -p "$scratch"
"$B/overlap" verify "${asked[@]/#/experiments/}" --verdicts "$scratch/verdicts.json" >"$scratch/log"
code=$?
if [ $code -ne 0 ] && [ $code -ne 3 ]; then # inconclusive is no failure
    cat "$scratch/log" >&2
    die "claims do not hold without any mistake"
fi

killed=0 survived=0
printf '%-28s %-38s %5s  %s\n' mutant "killed by" time "which is"
for m in "${list[@]}"; do
    started=$SECONDS killer=
    fresh "$m"
    apply "$m"
    build "$m"
    for e in $(field see "$m"); do
        judge "$e"
        [ -z "$killer" ] || break
    done
    if [ -n "$killer" ]; then killed=$((killed + 1)); else survived=$((survived + 1)); fi
    printf '%-28s %-38s %3d s  %s\n' "$(basename "$m" .mutant)" "${killer:-SURVIVED}" $((SECONDS - started)) "$(field means "$m")"
done
echo "$killed killed, $survived survived"
[ $survived -eq 0 ]
