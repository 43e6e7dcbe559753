#!/bin/bash
# SPDX-License-Identifier: MIT
# replicate.sh BUILD TIER STREAM [DIR...]: every random claim on random numbers that nobody has looked
# at. Runs the experiments (those of the tier, or these) on another stream, into build/stream-STREAM,
# and judges what is random there: build/stream-STREAM/verdicts.json. Results, verdicts and figures of
# stream 1 are not touched. Theory that no seed changes is the same on every stream: its tables are
# adopted, and computed again where they are not valid.
# Exit code: that of `overlap verify`; 2: bad usage; 4: a job failed.
set -uo pipefail
overlap=$1/overlap tier=$2 stream=$3
shift 3
if ! [[ $stream =~ ^[1-9][0-9]{0,17}$ ]] || [ "$stream" -lt 2 ]; then
    echo "replicate: error: STREAM is a number from 2 on, not '$stream': make replicate STREAM=2" >&2
    exit 2
fi
to=build/stream-$stream
for table in build/results/*/*.theory.csv; do
    copy=$to/${table#build/results/}
    if [ -e "$table" ] && [ ! -e "$copy" ] && sed -n '/^# seeds: /{p;q}' "$table" | grep -qx '# seeds: 0-0'; then
        mkdir -p "$(dirname "$copy")" && cp -p "$table" "$copy" && cp -p "${table%.csv}.json" "${copy%.csv}.json"
    fi
done
failed=0
"$overlap" run "$@" --tier "$tier" --stream "$stream" || { failed=$? && [ $failed -eq 4 ]; } || exit
"$overlap" verify "$@" --tier "$tier" --stream "$stream" --verdicts "$to/verdicts.json"
code=$?
echo "the verdicts are in $to/verdicts.json"
[ $code -ne 0 ] || code=$failed
exit $code
