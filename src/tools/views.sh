#!/bin/sh
# SPDX-License-Identifier: MIT
# Views of build/verdicts.json, which 'overlap verify' writes, made by jq:
#   views.sh tap VERDICTS FILE      point by point, as TAP
#   views.sh junit VERDICTS FILE    the same as JUnit's XML
#   views.sh lock VERDICTS FILE     what every claim says now, if all have data; FILE stays if it says so already
#   views.sh drift OLD NEW          how two locks differ: prints a table and one line of counts
# Exit code 0: good; 1: something drifted (new claims are fine); 2: a file is not what it should be.
set -eu
tools=$(dirname "$0")
fail() {
    echo "$1" >&2
    exit 2
}
view() { jq -L "$tools" "$@"; }

# One JSON value, or one line with the place where it breaks off.
whole() {
    [ -f "$1" ] && [ -r "$1" ] || fail "$1: error: no such file, or it can't be read"
    if ! wrong=$(jq -n 'reduce inputs as $x (0; . + 1) | select(. != 1) | "parse error: empty, or more than one value at line 1, column 1"' -r "$1" 2>&1) || [ -n "$wrong" ]; then
        place=$(printf '%s\n' "$wrong" | sed -nE 's/.*line ([0-9]+), column ([0-9]+)$/:\1:\2/p' | head -n 1)
        why=$(printf '%s\n' "$wrong" | head -n 1 | sed -E 's/^(jq: error \([^)]*\): |parse error: )+//; s/ at (EOF at )?line [0-9]+, column [0-9]+$//')
        fail "$1$place: error: truncated, or no JSON: $why"
    fi
}
put() { # FILE: what comes in, whole or not at all
    mkdir -p "$(dirname "$1")"
    cat >"$1.partial"
    if cmp -s "$1.partial" "$1"; then rm "$1.partial"; else mv "$1.partial" "$1"; fi
}
lock() {
    whole "$1"
    why=$(view -r 'include "lock"; not_to_lock' "$1")
    [ -z "$why" ] || fail "$2: error: not written: $why"
    text=$(view -S --indent 1 'include "lock"; lock' "$1")
    printf '%s\n' "$text" | put "$2"
}
drift() {
    for lock in "$1" "$2"; do
        whole "$lock"
        why=$(view -r 'include "lock"; wrong' "$lock")
        [ -z "$why" ] || fail "$lock: error: $why"
    done
    text=$(view -rs 'include "lock"; drift' "$1" "$2")
    printf '%s\n' "$text" | tail -n +2
    exit "$(printf '%s\n' "$text" | head -n 1)"
}

[ $# = 3 ] || fail "usage: views.sh tap|junit|lock VERDICTS FILE, or views.sh drift OLD NEW"
command -v jq >/dev/null || fail "views: error: jq is missing; 'make deps' installs it"
case $1 in
tap | junit)
    whole "$2"
    text=$(view -r "include \"points\"; $1" "$2")
    printf '%s\n' "$text" | put "$3"
    ;;
lock) lock "$2" "$3" ;;
drift) drift "$2" "$3" ;;
*) fail "views: error: no view '$1'; there are tap, junit, lock and drift" ;;
esac
