#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs the unit tests and the shell tests, as many at once as there are CPUs, prints what fails and closes with
#     N passed, N failed, N skipped
#   run.sh [--unit] BUILD RUNNER…     exit 1 if anything failed or nothing ran
set -u
unset MAKEFLAGS MFLAGS MAKELEVEL # a job server is not for what is tested
shell_tests=(tests/house.sh tests/cli/test_*.sh)
if [ "$1" = --unit ]; then
    shell_tests=()
    shift
fi
export B=$1
shift
mkdir -p "$B/log"
rm -f "$B"/log/*.count

# Check's last line is "100%: Checks: 5, Failures: 0, Errors: 0".
unit() { # LOG, exit code; leaves good and bad
    local checks failures errors
    read -r checks failures errors < <(sed -nE \
        's/^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+)$/\1 \2 \3/p' "$1" | tail -n 1)
    bad=$((${failures:-0} + ${errors:-0}))
    if [ -z "${checks:-}" ] || [ "$checks" -eq 0 ] || { [ "$2" -ne 0 ] && [ $bad -eq 0 ]; }; then
        bad=1 checks=1 # it crashed, or tested nothing
    fi
    good=$((checks - bad))
}

# A shell test prints a line "ok …", "not ok …" or "skip …" for each of its checks.
shell() { # LOG, exit code; leaves good and bad
    good=$(grep -c '^ok ' "$1") bad=$(grep -c '^not ok ' "$1")
    if [ "$bad" -eq 0 ] && { [ "$2" -ne 0 ] || [ "$good" -eq 0 ]; }; then bad=1; fi
}

# One runner: its line, what failed in it, and its counts in the log directory.
one() {
    local name=${1#"$B"/tests/} log code kind=unit good bad
    [[ $1 == *.sh ]] && kind=shell name=$(basename "$1")
    log=$B/log/${name//\//-}.log
    "$1" >"$log" 2>&1
    code=$?
    $kind "$log" $code
    {
        printf '  %-28s %3d of %-3d\n' "$name" "$good" $((good + bad))
        [ "$bad" -eq 0 ] || sed 's/^/    /' "$log"
    } >"$log.text"
    echo "$good $bad $(grep -c '^skip ' "$log")" >"$log.count"
    cat "$log.text" && rm "$log.text"
}
export -f unit shell one

printf '%s\0' "$@" "${shell_tests[@]}" | xargs -0 -P "$(nproc)" -n 1 bash -c 'one "$0"'
read -r n passed failed skipped < <(cat "$B"/log/*.count | awk '{p += $1; f += $2; s += $3} END {print NR, p + 0, f + 0, s + 0}')
echo "$passed passed, $failed failed, $skipped skipped"
[ "$n" -eq $(($# + ${#shell_tests[@]})) ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
