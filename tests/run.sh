#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs the unit tests and then the shell tests, prints what fails and closes with
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
passed=0 failed=0 skipped=0

# Check's last line is "100%: Checks: 5, Failures: 0, Errors: 0".
run_unit() {
    local name=${1#"$B"/tests/} log checks failures errors
    log=$B/log/${name//\//-}.log
    "$1" >"$log" 2>&1
    local code=$?
    read -r checks failures errors < <(sed -nE \
        's/^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+)$/\1 \2 \3/p' "$log" | tail -n 1)
    local bad=$((${failures:-0} + ${errors:-0}))
    if [ -z "${checks:-}" ] || [ "$checks" -eq 0 ] || { [ $code -ne 0 ] && [ $bad -eq 0 ]; }; then
        bad=1 checks=1 # it crashed, or tested nothing
    fi
    passed=$((passed + checks - bad)) failed=$((failed + bad))
    printf '  %-28s %3d of %-3d\n' "$name" $((checks - bad)) "$checks"
    skipped=$((skipped + $(grep -c '^skip ' "$log")))
    [ $bad -eq 0 ] || sed 's/^/    /' "$log"
}

# A shell test prints a line "ok …", "not ok …" or "skip …" for each of its checks.
run_shell() {
    local name=$1 log good bad left
    log=$B/log/$(basename "$1").log
    "$1" >"$log" 2>&1
    local code=$?
    good=$(grep -c '^ok ' "$log") bad=$(grep -c '^not ok ' "$log") left=$(grep -c '^skip ' "$log")
    if [ $bad -eq 0 ] && { [ $code -ne 0 ] || [ "$good" -eq 0 ]; }; then bad=1; fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
    printf '  %-28s %3d of %-3d\n' "$name" "$good" $((good + bad))
    [ $bad -eq 0 ] || sed 's/^/    /' "$log"
}

for runner in "$@"; do run_unit "$runner"; done
for script in "${shell_tests[@]}"; do run_shell "$script"; done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
