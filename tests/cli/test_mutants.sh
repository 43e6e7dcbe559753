#!/bin/bash
# SPDX-License-Identifier: MIT
# tests/mutants.sh: says of a mistake that no claim sees that it survives, of one that a claim sees which claim it
# is, and stops at a mutant that no longer applies or at claims that do not hold anyway.
. tests/cli/lib.sh
cd "$root" || exit 1
build=$(dirname "$overlap")
if [ "$build" != "$root/build" ]; then
    echo "skip mutants: they start from build/, this is $build"
    exit 0
fi

check "every mutant applies" 0 tests/mutants.sh --check

mutant() { # NAME FILE OLD NEW
    printf 'file: %s\nmeans: for a test\nsee: demo\n---\n%s\n===\n%s\n' "$2" "$3" "$4" >"$work/$1.mutant"
}
mutant null src/theory/online.c 'one run ----' 'a single run ----'
mutant noise src/theory/online_rhs.c '+ noise * v[k]' '+ 0.5 * noise * v[k]'
check "mutants: one survives" 1 tests/mutants.sh "$build" "$work"
says "mutants: a comment changes nothing that a claim could see" '^null +SURVIVED ' "$work/out"
says "mutants: half the noise is seen, and by whom" '^noise +demo\.(agreement|floor) ' "$work/out"
says "mutants: counted" '^1 killed, 1 survived$' "$work/out"
check "mutants: all killed" 0 tests/mutants.sh "$build" "$work" noise

mutant gone src/theory/online_rhs.c 'nothing that stands there' 'x'
check "mutants: one that does not apply" 2 tests/mutants.sh --check "$work"
says "mutants: says which" 'gone\.mutant: does not apply: its text is not in src/theory/online_rhs\.c'
mutant gone src/theory/online_rhs.c 'size_t' 'int'
check "mutants: one that applies twice" 2 tests/mutants.sh --check "$work"
says "mutants: says so" 'more than once'
rm "$work/gone.mutant"
check "mutants: no such mutant" 2 tests/mutants.sh "$build" "$work" nothing
