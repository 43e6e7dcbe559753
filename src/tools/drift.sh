#!/bin/sh
# SPDX-License-Identifier: MIT
# drift.sh BUILD REF: the lock of claims that revision REF committed -> BUILD/claims.ref.json.
# Exit code 2, with one line, where there is none.
set -eu
build=$1 ref=$2 lock=experiments/claims.lock.json
fail() {
    echo "drift: error: $1" >&2
    exit 2
}
git rev-parse --git-dir >/dev/null 2>&1 || fail "this is no git repository: compare two files with 'src/tools/views.sh drift OLD NEW'"
git rev-parse --quiet --verify --end-of-options "$ref^{commit}" >/dev/null 2>&1 ||
    fail "git knows no revision '$ref'"
git cat-file -e "$ref:./$lock" 2>/dev/null ||
    fail "revision '$ref' has no $lock ('make lock' writes one, to be committed)"
mkdir -p "$build"
git show "$ref:./$lock" >"$build/claims.ref.json.partial"
mv "$build/claims.ref.json.partial" "$build/claims.ref.json"
