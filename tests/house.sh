#!/bin/bash
# SPDX-License-Identifier: MIT
# The house's own rules, each with a case in which its checker goes red.
set -u
B=${B:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
green() { # name command…
    local name=$1 out
    shift
    if out=$("$@" 2>&1); then echo "ok $name"; else printf 'not ok %s\n%s\n' "$name" "$out"; fi
}
red() {
    local name=$1
    shift
    if "$@" >/dev/null 2>&1; then echo "not ok $name: stayed green"; else echo "ok $name"; fi
}

green "floors: includes go down" tests/floors.sh
cp -r src include "$tmp"
echo '#include "overlap/sim/weights.h"' >>"$tmp/src/theory/online.c"
red "floors: theory including sim" tests/floors.sh "$tmp"
cp src/theory/online.c "$tmp/src/theory/online.c"
green "floors: the copy without it" tests/floors.sh "$tmp"
echo '#include "overlap/store/table.h"' >>"$tmp/include/overlap/num/sym.h"
red "floors: physics including the pipeline" tests/floors.sh "$tmp"
cp include/overlap/num/sym.h "$tmp/include/overlap/num/sym.h"
echo '#include "overlap/model/activation.h"' >>"$tmp/src/run/runner.c"
red "floors: the pipeline including physics" tests/floors.sh "$tmp"
cp src/run/runner.c "$tmp/src/run/runner.c"
echo '#include "overlap/systems/systems.h"' >>"$tmp/src/experiment/curves.c"
red "floors: the pipeline including a system" tests/floors.sh "$tmp"
cp src/experiment/curves.c "$tmp/src/experiment/curves.c"
echo '#include "overlap/store/table.h"' >>"$tmp/src/systems/two_layer.c"
red "floors: a system including more of the pipeline than its interface" tests/floors.sh "$tmp"
cp src/systems/two_layer.c "$tmp/src/systems/two_layer.c"
touch "$tmp/src/store/table.h"
red "floors: a private header without its name" tests/floors.sh "$tmp"
rm "$tmp/src/store/table.h"
mkdir "$tmp/src/lab"
red "floors: a folder that is none" tests/floors.sh "$tmp"
rmdir "$tmp/src/lab"
green "floors: the copy mended" tests/floors.sh "$tmp"
echo 'int ov_stray;' >"$tmp/src/model/stray.c"
red "floors: a source without a header" tests/floors.sh "$tmp"

# A comment makes no result stale, code does.
few=$tmp/few
mkdir -p "$few"/src/{base,num,model,theory,sim} "$few"/include/overlap/{base,num,model,theory,sim}
cp include/overlap/num/sym.h "$few/include/overlap/num/"
keys() { (cd "$few" && "$OLDPWD/src/tools/sources.sh") >"$tmp/sources.$1"; }
keys before
echo '/* a comment more */' >>"$few/include/overlap/num/sym.h"
keys comment
green "keys: a comment in a header changes none" cmp "$tmp/sources.before" "$tmp/sources.comment"
echo 'static const int ov_more = 1;' >>"$few/include/overlap/num/sym.h"
keys code
red "keys: code in a header does" cmp "$tmp/sources.before" "$tmp/sources.code"

green "symbols: the prefix ov_" tests/symbols.sh "$B/liboverlap.a"
echo 'int stray_symbol; int ov_symbol;' >"$tmp/stray.c"
${CC:-gcc} -c "$tmp/stray.c" -o "$tmp/stray.o" && ar rcs "$tmp/stray.a" "$tmp/stray.o"
red "symbols: one without it" tests/symbols.sh "$tmp/stray.a"

# Every tag that a comment cites stands in paper.md.
tags() {
    local tag missing=0
    for tag in $(grep -rhoE '\beq:[A-Za-z0-9_]+' src include experiments | sort -u); do
        grep -q "#$tag\b" "$1" || { echo "$tag is cited, but paper.md does not have it"; missing=1; }
    done
    return $missing
}
green "paper.md: every tag cited is there" tags paper.md
sed 's/#eq:ode\b/#eq:odd/' paper.md >"$tmp/paper.md"
red "paper.md: a tag missing" tags "$tmp/paper.md"

# README: the table of dependencies names every package, and every make target it names exists.
packages() {
    local package missing=0
    for package in $(src/tools/deps.sh list | cut -d' ' -f2); do
        grep -q "\`$package\`" "$1" || { echo "$package is not in README.md"; missing=1; }
    done
    return $missing
}
green "README: every package has its reason" packages README.md
sed 's/`libgsl-dev`//' README.md >"$tmp/README.md"
red "README: a package missing" packages "$tmp/README.md"
targets() {
    local target missing=0
    for target in $(grep -oE '`make( -j[0-9]+)?( [a-z-]+)+' "$1" | sed -E 's/`make( -j[0-9]+)?//' | tr ' ' '\n' | grep -v '^-' | sort -u); do
        grep -qE "^$target:" Makefile || { echo "no target $target"; missing=1; }
    done
    return $missing
}
green "README: every make target exists" targets README.md
sed 's/`make verify`/`make verfy`/' README.md >"$tmp/README.md"
red "README: a target that does not exist" targets "$tmp/README.md"

# All files are where the house has a place for them.
places() { ! git -C "$1" ls-files | grep -vE '^(experiments|src|include|figures|tests)/|^(Makefile|paper\.md|README\.md|LICENSE|CITATION\.cff|\..*)$'; }
if git rev-parse --git-dir >/dev/null 2>&1; then
    green "top level: only what belongs there" places .
    git init -q "$tmp/stray" && touch "$tmp/stray/notes.txt" && git -C "$tmp/stray" add notes.txt
    red "top level: a stray file" places "$tmp/stray"
fi
# Sizes to feel at home in.
sizes() {
    local long
    long=$(find "$1"/src "$1"/include "$1"/tests -name '*.[ch]' -exec wc -l {} + | awk '$1 > 400 && $2 != "total"')
    [ -z "$long" ] || { echo "over 400 lines: $long"; return 1; }
    [ "$(wc -l <"$1/Makefile")" -le 200 ]
}
green "sizes: files under 400 lines, the Makefile under 200" sizes .
mkdir -p "$tmp/tests" && cp Makefile "$tmp" && green "sizes: the copy" sizes "$tmp"
yes '' | head -401 >"$tmp/src/sim/long.c"
red "sizes: a file of 401 lines" sizes "$tmp"
# Every source and script says what it is for, after the licence and before the code.
heads() {
    local mute
    mute=$(find "$1"/src "$1"/include "$1"/tests \( -name '*.[ch]' -o -name '*.sh' -o -name '*.lua' \) -exec awk '
        FNR == 1 { said = 0 }
        FNR > 8 || /^#include/ { if (!said) print FILENAME; nextfile }
        !/SPDX|^#!|shellcheck/ && /^(\/\*| \*|#|--) +[^ ]+ [^ ]+/ { said = 1 }' {} +)
    [ -z "$mute" ] || { echo "they do not say what they are for: $mute"; return 1; }
}
green "heads: every file says what it is for" heads .
printf '/* SPDX-License-Identifier: MIT */\n#include <math.h>\n/* what follows is a comment */\n' >"$tmp/src/sim/mute.c"
red "heads: a file without one" heads "$tmp"
rm "$tmp/src/sim/mute.c"
# gnuplot says little of a missing file and exits with 0: the script has to notice.
red "plot: missing results" src/tools/plot.sh "$tmp" experiments/demo
scripts() {
    local script bad=0
    for script in "$@"; do bash -n "$script" || bad=1; done
    return $bad
}
green "shell scripts parse" scripts .ci/run tests/*.sh tests/cli/*.sh src/tools/*.sh
echo 'if' >"$tmp/bad.sh"
red "shell scripts: one that does not" scripts tests/run.sh "$tmp/bad.sh"

# The manual page has every subcommand and option.
manual() {
    local word option missing=0
    for word in $("$B/overlap" --help | sed -nE 's/^  ([a-z]+) .*/\1/p'); do
        grep -qE "^\.B $word( |\$)" "$1" || { echo "overlap $word is not in $1"; missing=1; }
        for option in $("$B/overlap" "$word" --help | sed -nE 's/^  --([a-z]+) .*/\1/p' | grep -v '^help$'); do
            grep -q -- "\\\\-\\\\-$option" "$1" || { echo "--$option is not in $1"; missing=1; }
        done
    done
    return $missing
}
green "manual: every subcommand and option" manual src/cli/overlap.1
sed 's/^\.B plan/.B plane/' src/cli/overlap.1 >"$tmp/overlap.1"
red "manual: a subcommand missing" manual "$tmp/overlap.1"
