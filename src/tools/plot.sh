#!/bin/sh
# SPDX-License-Identifier: MIT
# Draws one experiment: plot.sh NAME BUILD -> figures/NAME.svg and BUILD/figures/NAME.pdf.
# gnuplot exits with 0 on a missing file beside a good curve, and leaves empty files: whatever it
# says on stderr is an error here, and a figure appears only when it is whole.
set -eu
name=$1 build=$2
mkdir -p "$build/figures"
export LC_ALL=C.UTF-8
draw() { # terminal target
    partial="$build/figures/$name.$1.partial"
    messages="$build/figures/$name.$1.messages"
    gnuplot -e "name='$name'; results='$build/results/$name'; terminal='$1'; target='$partial'" \
        "experiments/$name/plot.gp" 2>"$messages" || true
    if [ -s "$messages" ] || [ ! -s "$partial" ]; then
        echo "experiments/$name/plot.gp: error: gnuplot did not draw the $1:" >&2
        cat "$messages" >&2
        rm -f "$partial"
        exit 4
    fi
    rm -f "$messages"
    # cairo writes the clock into a PDF: another date of the same length, so that offsets stay
    [ "$1" != pdf ] || LC_ALL=C sed -i -E 's/(CreationDate \(D:)[0-9]{14}/\120000101000000/' "$partial"
    # some viewers drop the space at the edge of a change of font, unless they are told not to
    [ "$1" != svg ] || sed -i 's/<text>/<text xml:space="preserve">/' "$partial"
    mv "$partial" "$2"
}
draw pdf "$build/figures/$name.pdf"
draw svg "figures/$name.svg"
echo "  PLOT  figures/$name.svg"
