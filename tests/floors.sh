#!/bin/sh
# SPDX-License-Identifier: MIT
# The house: two wings and one hall.
#   physics     base <- num <- model <- { theory || sim }                               <-
#                                                                                        systems <- cli
#   pipeline    base <- config <- experiment <- store <- run <- claims <- paper            <-
# A file includes its own floor and those that the table names; theory and sim never each other; no
# floor of the pipeline includes model, theory, sim or systems (claims takes its statistics from
# num). Only the cli calls exit. A header below src/ is private, x_internal.h, and its own floor's.
# Every source of the floors that compute belongs to a module with a public header, so that keys of
# results cover it (src/store/provenance.c).
#   floors.sh [ROOT]     exit 1 with one line for each breach
set -eu
cd "${1:-.}"
physics="base num model theory sim"
pipeline="config experiment store run claims paper"
below() {
    case $1 in
    base) echo ;;
    num) echo base ;;
    model) echo base num ;;
    theory | sim) echo base num model ;;
    config) echo base ;;
    experiment) echo base config ;;
    store) echo base config experiment ;;
    run) echo base config experiment store ;;
    claims) echo base num config experiment store run ;;
    paper) echo base config experiment store run claims ;;
    systems) echo $physics config experiment ;;
    cli) echo $physics systems $pipeline ;;
    esac
}
breaches=$(
    for floor in $physics $pipeline systems cli; do
        allowed=" $floor $(below $floor) "
        find "src/$floor" "include/overlap/$floor" -name '*.[ch]' 2>/dev/null | sort |
            while read -r file; do
                sed -n 's|^ *#include "overlap/\([a-z]*\)/.*|\1|p' "$file" | sort -u |
                    while read -r used; do
                        case $allowed in
                        *" $used "*) ;;
                        *) echo "$file: error: floor '$floor' includes '$used'" ;;
                        esac
                    done
                sed -n 's|^ *#include "\(\.\./.*\)"|\1|p' "$file" | while read -r used; do
                    echo "$file: error: includes '$used' of another folder"
                done
                case $file in
                src/cli/cli.h | src/*_internal.h | include/* | *.c) ;;
                *) echo "$file: error: a private header is called x_internal.h" ;;
                esac
                if [ "$floor" != cli ] && grep -nE '(^|[^_a-zA-Z.])(exit|abort) *\(' "$file" >/dev/null; then
                    echo "$file: error: only the cli calls exit"
                fi
            done
    done
    for folder in src/*/ include/overlap/*/; do
        case " $physics $pipeline systems cli tools " in
        *" $(basename "$folder") "*) ;;
        *) echo "$folder: error: no floor of the house" ;;
        esac
    done
    for floor in $physics; do
        for file in "src/$floor"/*.c; do
            [ -e "$file" ] || continue
            module=${file#src/} module=${module%.c}
            while [ ! -e "include/overlap/$module.h" ]; do
                shorter=${module%_*}
                if [ "$shorter" = "$module" ]; then
                    echo "$file: error: no header include/overlap/$module.h: keys of results would miss it"
                    break
                fi
                module=$shorter
            done
        done
    done
)
[ -z "$breaches" ] || {
    echo "$breaches"
    exit 1
}
