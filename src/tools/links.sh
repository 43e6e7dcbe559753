#!/bin/bash
# SPDX-License-Identifier: MIT
# links.sh PAGE [VERDICTS]: every link of the page to a file or to a place in itself leads somewhere,
# and every claim of VERDICTS has its section. One line for each that does not; exit code 1 then.
set -eu
page=$1
cd_to=$(dirname "$page")
broken=0
complain() {
    echo "$page: error: $1" >&2
    broken=1
}
plain() { sed -e 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#39;/'\''/g; s/&amp;/\&/g'; }
# Their values, once each; an attribute may stand at the start of a line.
attributes() { tr '\n\t' '  ' <"$page" | grep -oE " $1=\"[^\"]*\"" | sed 's/^[^"]*"//; s/"$//' | plain | sort -u; }
ids=$(attributes id)
while read -r target; do
    case $target in
    '' | http://* | https://* | mailto:* | data:*) ;;
    '#'*) grep -qxF -- "${target#\#}" <<<"$ids" || complain "a link to '$target', which is not there" ;;
    *)
        path=$(printf '%b' "${target//%/\\x}")
        [ -e "$cd_to/${path%%#*}" ] || complain "a link to '$target', and there is no such file"
        ;;
    esac
done < <(attributes href)
if [ $# -gt 1 ]; then
    while read -r claim; do
        grep -qxF -- "claim-$claim" <<<"$ids" || complain "claim $claim has no section"
    done < <(sed -n 's/^    "\(.*\)": {$/\1/p' "$2")
fi
exit $broken
