#!/bin/bash
# SPDX-License-Identifier: MIT
# make dist: an archive from which nothing has to be computed; refusals.
. tests/cli/lib.sh

export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@x GIT_CONFIG_GLOBAL=/dev/null
mkdir repo && cd repo || exit 1
mkdir build && ln -s "$overlap" build/overlap
small experiments/s
small experiments/t
cp "$root/CITATION.cff" .
echo build >.gitignore
dist() { "$root/src/tools/dist.sh" build quick; }
check "no checkout" 2 dist
says "no checkout: says so" '^dist: error: this is no git checkout'
git init -q . && git add . && git commit -q -m first
check "nothing computed" 2 dist
says "nothing computed: says so" 'results of tier quick are missing or not valid \([0-9]+ lines'
"$overlap" run --tier quick --quiet
"$overlap" compare --tier quick >compared
"$overlap" verify --tier quick --verdicts build/verdicts.json >verified 2>&1
check "dist" 0 dist
version=$(sed -n 's/^version: //p' CITATION.cff)
archive=build/overlap-$version.tar.gz
cp $archive first.tar.gz
sleep 1
touch experiments/s/experiment.yaml
check "again" 0 dist
holds "again: the same bytes" cmp first.tar.gz $archive
echo '# more' >>experiments/s/experiment.yaml
check "not as committed" 2 dist
says "not as committed: says so" 'files differ from the commit'
git checkout -q experiments

mkdir out_of_it && tar -xzf first.tar.gz -C out_of_it
cd "out_of_it/overlap-$version" || exit 1
holds "checksums" sha256sum --quiet -c SHA256SUMS
holds "every file has one" test "$(find . -type f ! -name SHA256SUMS | wc -l)" = "$(wc -l <SHA256SUMS)"
holds "nothing is left to compute" bash -c "'$overlap' plan --tier quick --todo | grep -q '^# nothing is left'"
holds "the tables" cmp "$work/repo/build/results/s/a.sgd.csv" build/results/s/a.sgd.csv
holds "what figures read" test -s build/results/t/summary.csv -a -s build/results/t/agreement.csv
holds "the commit" test "$(cat COMMIT)" = "$(git -C "$work/repo" rev-parse HEAD)"
holds "codemeta.json" jq -e --arg v "$version" '.version == $v and .author[0].name == "The overlap developers" and (.keywords | length) > 3' codemeta.json
check "runs are the same, made again" 0 "$root/src/tools/audit.sh" "$work/repo/build" quick 3 1
cd "$work/repo" || exit 1
rm build/results/t/a.sgd.csv
check "a table is gone" 2 dist
