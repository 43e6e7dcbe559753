# SPDX-License-Identifier: MIT
# The lock of claims: what all of them ask, are evidence of, measured and read, and why they were revised,
# without other words and clocks, so that the same claims on the same results give the same bytes; and how
# two locks differ.
def lock: {format: 1, claims: .claims | map_values({asks, verdict, tables,
  measures: [.measures[] | {curve, at, value, se, n, expect, margin, verdict}]}
  + if .evidence then {evidence} else {} end + if .revised then {revised} else {} end)};

# What keeps verdicts from being locked: a lock of claims without data would only hide the lack of it.
def not_to_lock:
  if .broken then "the verification could not be made"
  else (.claims | length) as $all | [.claims[] | select(.verdict == "STALE" or .verdict == "MISSING")] | length as $n
       | if $n > 0 then "\($n) of \($all) claims have no valid data ('make figures')" else empty end end;

# What is wrong with a lock, if anything.
def is_claim: type == "object" and (.verdict | type) == "string" and (.asks | type) == "object"
  and (.measures | type) == "array" and (.measures | all(type == "object" and (.curve | type) == "string"));
def wrong:
  if type != "object" or (.claims | type) != "object" or .format == null then "not a lock of claims"
  elif .format != 1 then "a lock of another format than 1"
  else first(.claims | to_entries[] | select(.value | is_claim | not) | "not a lock: claim '\(.key)' lacks asks, verdict or measures") // empty end;

# ---- drift: [old, new] -> rows [change, claim, where, old, new, by] ----

# A number to n significant digits.
def digits(n):
  if . == 0 then "0" else (fabs | log10 | floor) as $e
  | if $e < -5 or $e > 14 then "\(. / pow(10; $e) * pow(10; n - 1) | round / pow(10; n - 1))e\($e)"
    elif $e >= n then . / pow(10; $e + 1 - n) | round * pow(10; $e + 1 - n) | tostring
    else . * pow(10; n - 1 - $e) | round / pow(10; n - 1 - $e) | tostring end end;
# An error of less than a millionth is the rounding of runs that theory starts alike, not one of seeds.
def error: if (.se // 0) > 1e-6 * ((.value // 0) | fabs) then .se else 0 end;
def number: if .value == null then "-" elif error > 0 then "\(.value | digits(6)) ± \(.se | digits(2))" else .value | digits(8) end;
def place: .curve + if .at == null then "" else " @ \(.at | digits(6))" end;
def largest(a; b): if a > b then a else b end;
def same_time(a; b): a == b or (a != null and b != null and (a - b | fabs) <= 1e-9 * largest(a | fabs; b | fabs));

# Values drift in units of both errors; where neither has one, by parts of themselves, and 1e-6 is too
# far: theory agrees across machines to its tolerance, which is far below.
def value_rows($old; $new):
  (($old | error * error) + ($new | error * error) | sqrt) as $sigma
  | if ($old.value == null) != ($new.value == null) then ""
    elif $old.value == null or $old.value == $new.value then empty
    elif $sigma > 0 then ($new.value - $old.value | fabs) / $sigma | select(. > 3) | "\(. * 10 | round / 10) sigma"
    else ($new.value - $old.value | fabs) / largest($old.value | fabs; $new.value | fabs) | select(. > 1e-6) | "\(digits(2)) relative" end
  | ["drifted", ($new | place), ($old | number), ($new | number), .];

# Each new measure meets the first old one of its curve and time that is not taken.
def measure_rows($old; $new):
  reduce $new[] as $m ({left: $old, met: 0, rows: []};
    first((.left | to_entries[] | select(.value.curve == $m.curve and same_time(.value.at; $m.at))), null) as $hit
    | if $hit == null then . else .left |= del(.[$hit.key]) | .met += 1 | .rows += [value_rows($hit.value; $m)] end)
  | .rows[],
    if .met < ($old | length) or .met < ($new | length)
    then ["redefined", "measures", "\($old | length), of them \(.left | length) elsewhere", "\($new | length), of them \(($new | length) - .met) elsewhere", ""] else empty end;

def claim_rows($old; $new):
  if $old == null then ["new", "", "", $new.verdict, ""]
  elif $new == null then ["gone", "", $old.verdict, "", ""]
  else
    (if $old.verdict != $new.verdict then ["verdict", "", $old.verdict, $new.verdict, ""] else empty end),
    (($old.asks + $new.asks | keys[]) as $k | select(($old.asks | has($k)) != ($new.asks | has($k)) or $old.asks[$k] != $new.asks[$k])
     | ["redefined", $k] + ([$old.asks, $new.asks] | map(if has($k) then .[$k] | tojson else "-" end)) + [""]),
    # a lock of before there was evidence says nothing of either
    (("evidence", "revised") as $k | select($old.evidence != null and $old[$k] != $new[$k])
     | ["redefined", $k, ($old[$k] // "-"), ($new[$k] // "-"), ""]),
    # skipped on one side: only the verdict can be compared
    (if ($old.measures | length) > 0 and ($new.measures | length) > 0 then measure_rows($old.measures; $new.measures) else empty end)
  end;

def columns: map(map(gsub("[\\x00-\\x1f]"; " ")))
  | (transpose | map(map(length) | max)) as $width
  | .[] | to_entries | map(.value + (" " * ($width[.key] - (.value | length)) // "")) | join("  ") | sub(" +$"; "");
def drift:
  (.[0].claims) as $old | (.[1].claims) as $new
  | [($old + $new | keys[]) as $name | [claim_rows($old[$name]; $new[$name])] | {name: $name, rows: .}] as $claims
  | def count($change): [$claims[] | select(any(.rows[]; .[0] == $change))] | length;
    count("verdict") as $verdict | count("drifted") as $drifted | count("redefined") as $redefined | count("gone") as $gone
  | [$claims[] | .name as $name | .rows[] | [.[0], $name] + .[1:]] as $rows
  | if $verdict + $drifted + $redefined + $gone > 0 then 1 else 0 end,
    if ($rows | length) > 0 then ([["change", "claim", "where", "old", "new", "by"]] + $rows | columns), "" else empty end,
    "\([$claims[] | select(.rows == [])] | length) claims as before, \($verdict) verdicts changed, \($drifted) drifted, \($redefined) redefined, \(count("new")) new, \($gone) gone";
