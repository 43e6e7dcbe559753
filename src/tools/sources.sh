#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the C table ov_sources: every source of the floors that compute, with its hash and the
# project's headers it includes. Result keys are made of it (include/overlap/store/provenance.h).
set -eu
printf '/* made by src/tools/sources.sh */\n#include "overlap/store/provenance.h"\n\n'
printf 'const struct ov_source ov_sources[] = {\n'
find src/base src/num src/model src/theory src/sim \
    include/overlap/base include/overlap/num include/overlap/model include/overlap/theory \
    include/overlap/sim -name '*.[ch]' | LC_ALL=C sort | while read -r path; do
    # what the preprocessor leaves: neither comments nor blank lines make a result stale
    text=$(gcc -w -fpreprocessed -dD -E -P "$path")
    hash=$(printf '%s\n' "$text" | sha256sum | cut -d' ' -f1)
    printf '    {"%s",\n     "%s",\n     (const char *const[]){' "$path" "$hash"
    sed -n 's|^#include "\(.*\.h\)".*|\1|p' "$path" | LC_ALL=C sort | while read -r header; do
        case $header in
        overlap/*) printf '"include/%s", ' "$header" ;;
        *) printf '"%s/%s", ' "$(dirname "$path")" "$header" ;; # private to its floor
        esac
    done
    printf 'NULL}},\n'
done
printf '    {NULL, NULL, NULL},\n};\n'
