#!/bin/bash
# SPDX-License-Identifier: MIT
# dist.sh BUILD TIER: an archive of what HEAD is and what came out of it, BUILD/overlap-VERSION.tar.gz: sources,
# tables with their JSON files, figures (with their PDF), the paper's page where there is one, verdicts, versions of
# packages, codemeta.json, SHA256SUMS. In it `make verify` computes nothing, and `make audit` reruns what it likes.
# The same tree and the same results give the same bytes.
# Exit code 2: the tree is not as committed, or a result of the tier is missing or not valid.
set -euo pipefail
build=$1 tier=$2
fail() {
    echo "dist: error: $1" >&2
    exit 2
}
git rev-parse -q --verify HEAD >/dev/null 2>&1 || fail "this is no git checkout, and an archive is of a commit"
[ -z "$(git status --porcelain --untracked-files=no)" ] || fail "files differ from the commit (git status); commit them first"
left=$("$build/overlap" plan --tier "$tier" --todo | grep -vc '^#') || true
[ "$left" -eq 0 ] || fail "results of tier $tier are missing or not valid ($left lines of 'overlap plan --tier $tier --todo'): make figures verify"
version=$(sed -n 's/^version: *//p' CITATION.cff)
name=overlap-$version
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
to=$stage/$name
git archive --prefix="$name/" HEAD | tar -x -C "$stage"
git rev-parse HEAD >"$to/COMMIT"
mkdir -p "$to/build/results"
"$build/overlap" list --tier "$tier" | while read -r experiment; do
    mkdir "$to/build/results/$experiment"
    find "$build/results/$experiment" -maxdepth 1 -type f \( -name '*.csv' -o -name '*.json' -o -name '*.npy' \) \
        -exec cp -p -t "$to/build/results/$experiment" {} +
    for figure in "$build/figures/$experiment.pdf"; do
        [ ! -e "$figure" ] || { mkdir -p "$to/build/figures" && cp -p "$figure" "$to/build/figures"; }
    done
done
for made in verdicts.json paper.html; do
    [ ! -e "$build/$made" ] || cp -p "$build/$made" "$to/build"
done
if command -v dpkg-query >/dev/null; then
    dpkg-query -W -f '${Package} ${Version}\n' | LC_ALL=C sort >"$to/PACKAGES"
fi
jq -n --arg version "$version" --arg commit "$(cat "$to/COMMIT")" --arg name "$(sed -n 's/^title: *"\(.*\)"$/\1/p' CITATION.cff)" \
    --arg keywords "$(sed -n 's/^keywords: *\[\(.*\)\]$/\1/p' CITATION.cff)" '{
    "@context": "https://doi.org/10.5063/schema/codemeta-2.0", "@type": "SoftwareSourceCode", $name, $version,
    identifier: $commit, license: "https://spdx.org/licenses/MIT", programmingLanguage: ["C", "gnuplot", "bash"],
    operatingSystem: "Linux", author: [{"@type": "Organization", name: "The overlap developers"}],
    keywords: ($keywords | split(", ")), readme: "README.md"}' >"$to/codemeta.json"
(cd "$to" && find . -type f ! -name SHA256SUMS -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum >SHA256SUMS)
tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw --mtime="@$(git log -1 --format=%ct)" -cf - "$name" |
    gzip -n >"$build/$name.tar.gz.partial"
mv "$build/$name.tar.gz.partial" "$build/$name.tar.gz"
echo "$build/$name.tar.gz: $(wc -l <"$to/SHA256SUMS") files, $(du -h "$build/$name.tar.gz" | cut -f1)"
