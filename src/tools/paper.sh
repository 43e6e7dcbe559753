#!/bin/sh
# SPDX-License-Identifier: MIT
# paper.md and BUILD/verdicts.json -> BUILD/paper.html, one self-contained page.
set -eu
build=$1
command -v pandoc >/dev/null || {
    echo "paper: error: pandoc is missing; 'make deps-paper' installs it" >&2
    exit 2
}
pandoc paper.md --from markdown --to html5 --standalone --self-contained --mathml --citeproc \
    --number-sections --toc --toc-depth 2 --fail-if-warnings \
    --lua-filter src/tools/paper.lua --metadata-file "$build/verdicts.json" \
    --css src/tools/paper.css --output "$build/paper.html.partial"
mv "$build/paper.html.partial" "$build/paper.html"
echo "  PAPER $build/paper.html"
