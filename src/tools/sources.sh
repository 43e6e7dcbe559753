#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the C table ov_sources: every source of the floors that compute, with its hash and the
# project's headers it includes. Result keys are made of it (include/overlap/store/provenance.h).
# A hash is of what the preprocessor leaves: neither comments nor blank lines make a result stale.
# It reads all sources in one go, each behind a line that says whose it is, and expands nothing.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find src/base src/num src/model src/theory src/sim \
    include/overlap/base include/overlap/num include/overlap/model include/overlap/theory \
    include/overlap/sim -name '*.[ch]' -size +0 | LC_ALL=C sort >"$work/list"
xargs awk 'FNR == 1 { print "ov_source_of " FILENAME } { print }' <"$work/list" >"$work/all"
gcc -w -fpreprocessed -dD -E -P -x c "$work/all" | awk -v work="$work" '
    $1 == "ov_source_of" { if (file) close(file); file = sprintf("%s/%04d", work, ++n); printf "" >file; next }
    { print >file }'
count=$(wc -l <"$work/list")
set -- "$work"/[0-9][0-9][0-9][0-9]
[ $# -eq "$count" ] || {
    echo "sources.sh: error: the preprocessor gave $# of $count sources back" >&2
    exit 2
}
sha256sum "$@" | cut -d' ' -f1 | paste -d' ' "$work/list" - >"$work/hashes"
xargs sed -n '/^#include "/{s/^#include "\(.*\.h\)".*/\1/;F;p}' <"$work/list" | paste -d' ' - - |
    LC_ALL=C sort -k1,1 -k2 >"$work/includes"
awk '
    BEGIN { print "/* made by src/tools/sources.sh */\n#include \"overlap/store/provenance.h\"\n\nconst struct ov_source ov_sources[] = {" }
    FILENAME ~ /includes$/ {
        folder = $1; sub(/\/[^\/]*$/, "", folder) # of a header that is private to its floor
        headers[$1] = headers[$1] "\"" ($2 ~ /^overlap\// ? "include" : folder) "/" $2 "\", "
        next
    }
    { printf "    {\"%s\",\n     \"%s\",\n     (const char *const[]){%sNULL}},\n", $1, $2, headers[$1] }
    END { print "    {NULL, NULL, NULL},\n};" }' "$work/includes" "$work/hashes"
