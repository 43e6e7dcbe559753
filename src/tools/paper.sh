#!/bin/sh
# SPDX-License-Identifier: MIT
# paper.sh BUILD [TIER]: paper.md and BUILD/verdicts.json -> BUILD/paper.html, one self-contained
# page, read as `overlap verify` reads it (paper_list.lua). Links that lead nowhere are errors, and the page of before stays.
set -eu
build=$1 tier=${2:-ci}
command -v pandoc >/dev/null || {
    echo "paper: error: pandoc is missing; 'make deps-paper' installs it" >&2
    exit 2
}
root=$(realpath --relative-to="$build" .)
pandoc paper.md --from commonmark_x --to html5 --standalone --self-contained --mathml \
    --number-sections --toc --toc-depth 2 --fail-if-warnings \
    --lua-filter src/tools/paper.lua --citeproc --metadata verdicts="$build/verdicts.json" \
    --metadata build="$build" --metadata root="$root" --metadata results=results --metadata tier="$tier" \
    --css src/tools/paper.css --output "$build/paper.html.partial" || exit 2
src/tools/links.sh "$build/paper.html.partial" "$build/verdicts.json" || exit 2
mv "$build/paper.html.partial" "$build/paper.html"
echo "  PAPER $build/paper.html"
