#!/bin/sh
# SPDX-License-Identifier: MIT
# The house's floors: base <- num <- model <- { theory || sim } <- lab <- claims <- cli. A file includes its own
# floor and those below it, theory and sim never each other, and only the cli calls exit. Every
# source of the floors that compute belongs to a room with a public header, so that keys of results
# cover it (src/lab/provenance.c).
#   floors.sh [ROOT]     exit 1 with one line for each breach
set -eu
cd "${1:-.}"
below() {
    case $1 in
    base) echo base ;;
    num) echo base num ;;
    model) echo base num model ;;
    theory) echo base num model theory ;;
    sim) echo base num model sim ;;
    lab) echo base num model theory sim lab ;;
    claims) echo base num model theory sim lab claims ;;
    cli) echo base num model theory sim lab claims cli ;;
    esac
}
breaches=$(
    for floor in base num model theory sim lab claims cli; do
        allowed=" $(below $floor) "
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
                if [ "$floor" != cli ] && grep -nE '(^|[^_a-zA-Z.])(exit|abort) *\(' "$file" >/dev/null; then
                    echo "$file: error: only the cli calls exit"
                fi
            done
    done
    for file in src/base/*.c src/num/*.c src/model/*.c src/theory/*.c src/sim/*.c; do
        [ -e "$file" ] || continue
        room=${file#src/} room=${room%.c}
        while [ ! -e "include/overlap/$room.h" ]; do
            shorter=${room%_*}
            if [ "$shorter" = "$room" ]; then
                echo "$file: error: no header include/overlap/$room.h: keys of results would miss it"
                break
            fi
            room=$shorter
        done
    done
)
[ -z "$breaches" ] || {
    echo "$breaches"
    exit 1
}
