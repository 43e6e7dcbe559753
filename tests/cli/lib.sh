# SPDX-License-Identifier: MIT
# What the end-to-end tests share. Each runs in a directory of its own with $overlap the program.
# shellcheck shell=bash
set -u
overlap=$(realpath "${B:-build}/overlap")
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# check NAME EXPECTED_CODE COMMAND…: runs it; its output is in $work/out and $work/err
check() {
    local name=$1 expected=$2 code
    shift 2
    "$@" >"$work/out" 2>"$work/err"
    code=$?
    if [ $code -eq "$expected" ]; then
        echo "ok $name"
    else
        echo "not ok $name: exit $code, expected $expected"
        sed 's/^/  out: /' "$work/out"
        sed 's/^/  err: /' "$work/err"
    fi
}
# says NAME PATTERN [FILE]: the extended pattern occurs in FILE (default: what went to stderr)
says() {
    if grep -qE -- "$2" "${3:-$work/err}"; then
        echo "ok $1"
    else
        echo "not ok $1: no '$2' in:"
        sed 's/^/  /' "${3:-$work/err}"
    fi
}
# holds NAME COMMAND…: true
holds() {
    local name=$1
    shift
    if "$@" >"$work/held" 2>&1; then echo "ok $name"; else
        echo "not ok $name"
        sed "s/^/  /" "$work/held"
    fi
}

# small NAME [CLAIMS]: an experiment that takes a moment
small() {
    mkdir -p "$1"
    cat >"$1/experiment.yaml" <<YAML
title: A small one
source: none
system: two-layer
tier: quick
defaults:
  N: 50
  K: 2
  M: 1
  activation: erf
  eta_w: 0.5
  sigma: 0.1
  alpha: [0, 0.5, 1, 2, 5]
curves:
  - id: a
    theory: true
    sgd: {engine: weights, seeds: 4}
${2:-}
YAML
}
