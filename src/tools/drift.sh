#!/bin/sh
# SPDX-License-Identifier: MIT
# drift.sh BUILD REF TIER: the claims as they are now against those that revision REF committed.
# Exit code as of 'overlap drift': 0 nothing moved, 1 something did, 2 there is nothing to compare.
set -eu
build=$1 ref=$2 tier=$3 lock=experiments/claims.lock.json
fail() {
    echo "drift: error: $1" >&2
    exit 2
}
git rev-parse --git-dir >/dev/null 2>&1 || fail "this is no git repository: compare two files with 'overlap drift OLD NEW'"
git rev-parse --quiet --verify --end-of-options "$ref^{commit}" >/dev/null 2>&1 ||
    fail "git knows no revision '$ref'"
git cat-file -e "$ref:./$lock" 2>/dev/null ||
    fail "revision '$ref' has no $lock ('make lock' writes one, to be committed)"
mkdir -p "$build"
git show "$ref:./$lock" >"$build/claims.$$.json"
trap 'rm -f "$build/claims.$$.json"' EXIT
code=0
"$build/overlap" verify --tier "$tier" --verdicts "$build/verdicts.json" --lock "$build/claims.lock.json" \
    >"$build/verify.log" || code=$?
case $code in
0 | 1 | 3) ;; # failing claims are what the comparison tells
*)
    cat "$build/verify.log" >&2
    exit $code
    ;;
esac
code=0
"$build/overlap" drift "$build/claims.$$.json" "$build/claims.lock.json" || code=$?
rm -f "$build/claims.$$.json"
exit $code
