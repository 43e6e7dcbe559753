#!/bin/sh
# SPDX-License-Identifier: MIT
# The house: two wings and one hall.
#   physics     base <- num <- model <- { theory || sim }                               <-
#                                                                                        systems <- cli
#   pipeline    base <- config <- experiment <- store <- run <- claims <- paper            <-
# A file includes its own floor and those that the table names; theory and sim never each other; no
# floor of the pipeline includes model, theory, sim or systems (claims takes its statistics from
# num). Only the cli calls exit (base/check.c and base/alloc.c abort). A header below src/ is private, x_internal.h, and its own floor's.
# Every source of the floors that compute belongs to a module with a public header, so that keys of
# results cover it (src/store/provenance.c).
#   floors.sh [ROOT]     exit 1 with one line for each breach
set -eu
cd "${1:-.}"
physics="base num model theory sim"
pipeline="config experiment store run claims paper"
breaches=$(
    find src include/overlap -name '*.[ch]' | LC_ALL=C sort | xargs awk '
        BEGIN {
            may["base"] = ""; may["num"] = "base"; may["model"] = "base num"
            may["theory"] = may["sim"] = "base num model"
            may["config"] = "base"; may["experiment"] = may["config"] " config"
            may["store"] = may["experiment"] " experiment"; may["run"] = may["store"] " store"
            may["claims"] = may["run"] " run num"; may["paper"] = may["run"] " run claims"
            may["systems"] = "base num model theory sim config experiment"
            may["overlap"] = may["systems"] " systems store run" # overlap.h, the library at one glance
            may["cli"] = may["systems"] " systems store run claims paper"
        }
        FNR == 1 {
            n = split(FILENAME, part, "/"); floor = part[n - 1]
            if (!(floor in may)) print FILENAME ": error: no floor of the house"
        }
        /^ *#include "overlap\// {
            split($2, part, "/")
            if (part[2] != floor && index(" " may[floor] " ", " " part[2] " ") == 0)
                print FILENAME ": error: floor \x27" floor "\x27 includes \x27" part[2] "\x27"
        }
        /^ *#include "\.\.\// { print FILENAME ": error: includes " $2 " of another folder" }
        floor != "cli" && FILENAME !~ "^src/base/(check|alloc)\\.c$" && /(^|[^_a-zA-Z.])(exit|abort) *\(/ { print FILENAME ": error: only the cli calls exit" }
    '
    find src -name '*.h' ! -name '*_internal.h' ! -path 'src/cli/cli.h' |
        sed 's/$/: error: a private header is called x_internal.h/'
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
