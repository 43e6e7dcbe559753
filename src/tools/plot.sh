#!/bin/sh
# SPDX-License-Identifier: MIT
# Draws an experiment, if anything that its figure shows has changed:
#   plot.sh BUILD DIR [RESULTS]
# DIR/plot.gp draws RESULTS (default: BUILD/results/NAME) as BUILD/figures/NAME.pdf and figures/NAME.svg;
# of a directory that is not below experiments/, BUILD/figures/NAME.svg. Without a plot.gp,
# generic.sh writes one, BUILD/figures/NAME.gp.
# gnuplot exits with 0 on a missing file beside a good curve, and leaves empty files: whatever it
# says on stderr is an error here, and a figure appears only when it is whole. But a table that a
# failed job has left missing is a gap, which is told and drawn around.
set -eu
build=$1 dir=$2
at=$(cd "$dir" && pwd -P) || exit 2
name=${at##*/}
results=${3:-$build/results/$name}
figures=figures
[ "$at" = "$(cd experiments && pwd -P)/$name" ] || figures=$build/figures
tools=${0%/*}
pdf=$build/figures/$name.pdf drawn=$build/figures/$name.cksum generic=$build/figures/$name.gp
script=$dir/plot.gp sources="$tools/plot.sh figures/style.gp"
[ -e "$script" ] || { script=$generic && sources="$sources $tools/generic.sh $dir/experiment.yaml"; }
export LC_ALL=C.UTF-8

fresh() {
    [ -d "$results" ] && [ -e "$figures/$name.svg" ] && [ -e "$pdf" ] && [ -e "$script" ] || return 1
    [ "$script" = "$generic" ] || [ ! -e "$generic" ] || return 1 # it had no plot.gp then
    [ "$(cat "$drawn" 2>/dev/null)" = "$(cksum <"$figures/$name.svg")" ] || return 1 # not what was drawn
    # shellcheck disable=SC2086 # sources is a list
    [ -z "$(find "$results" "$script" $sources -maxdepth 1 -type f \
        \( -name '*.csv' -o ! -path "$results/*" \) -newer "$pdf")" ]
}
fail() { # title, file of what was said
    echo "$1" >&2
    cat "$2" >&2
    # a copied plot.gp names the curves of what it was copied from
    if [ "$script" != "$generic" ] && grep -q 'Cannot find or open file' "$2"; then
        echo "$script draws a table that $dir/experiment.yaml does not have: edit it, or delete it for the figure that any experiment gets" >&2
    fi
    rm -f "$build/figures/$name".*.partial
    exit 4
}
# Leaves of gnuplot's messages what no missing table of the experiment explains.
without_gaps() {
    "$build/overlap" list "$dir" | awk '$1 == "curve" {for (i = 3; i <= NF; i++) print $2 "." $i ".csv"}' |
        while read -r table; do
            [ -e "$results/$table" ] || echo "warning: Cannot find or open file \"$results/$table\""
        done >"$1.gaps"
    rest=all
    [ ! -s "$1.gaps" ] || rest=$(grep -Fvf "$1.gaps" "$1" || true)
    rm -f "$1.gaps"
    [ -z "$rest" ] || return 1
    sed "s,^.*\"$results/,  GAP   $name: no table ,; s,\".*,," "$1" | sort -u
}
draw() { # terminal target
    partial="$build/figures/$name.$1.partial"
    messages="$build/figures/$name.$1.messages"
    gnuplot -e "name='$(printf %s "$name" | tr -c 'A-Za-z0-9_' _)'; results='$results'; terminal='$1'; target='$partial'" \
        "$script" 2>"$messages" || true
    if [ ! -s "$partial" ] || { [ -s "$messages" ] && ! without_gaps "$messages"; }; then
        fail "$script: error: gnuplot did not draw the $1:" "$messages"
    fi
    rm -f "$messages"
    # cairo writes the clock into a PDF: another date of the same length, so that offsets stay
    [ "$1" != pdf ] || LC_ALL=C sed -i -E 's/(CreationDate \(D:)[0-9]{14}/\120000101000000/' "$partial"
    # some viewers drop the space at the edge of a change of font, unless they are told not to
    [ "$1" != svg ] || sed -i 's/<text>/<text xml:space="preserve">/' "$partial"
    mv "$partial" "$2"
}

! fresh || exit 0
mkdir -p "$build/figures"
if [ "$script" = "$generic" ]; then
    messages="$build/figures/$name.messages"
    { "$build/overlap" list "$dir" >"$generic.list" && "$tools/generic.sh" "$results" <"$generic.list" >"$generic.partial"; } \
        2>"$messages" || fail "$dir: error: no figure without plot.gp:" "$messages"
    mv "$generic.partial" "$generic"
    rm -f "$generic.list" "$messages"
else
    rm -f "$generic"
fi
draw svg "$figures/$name.svg"
cksum <"$figures/$name.svg" >"$drawn"
draw pdf "$pdf"
echo "  PLOT  $figures/$name.svg"
