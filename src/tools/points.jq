# SPDX-License-Identifier: MIT
# verdicts.json point by point, as TAP (version 13) and as JUnit's XML: claims in their order, then the
# paper's places. PASS passes, SKIPPED skips, every other verdict fails.
def points:
  if .broken then [{group: "overlap", name: "verify", says: "", why: .broken, verdict: "FAIL"}]
  else [(.claims | to_entries[] | {group: .value.experiment, name: .key, says: (.value.says // ""), why: .value.why, verdict: .value.verdict}),
        (.paper // {points: []} | .path as $paper | .points[]
         | {group: $paper, name: "\($paper):\(.line):\(.column)", verdict}
           + if .verdict == "PASS" then {says: .text, why: ""}
             elif .verdict == "SKIPPED" then {says: .text, why: "its claim is skipped at this tier"}
             else {says: "", why: .text} end)]
  end;
def good: .verdict == "PASS" or .verdict == "SKIPPED";
def letters(f): explode | map([.] | implode as $letter | .[0] | f // $letter) | join("");

# One line of a description; '#' would begin a directive.
def line: letters(if . < 32 or . == 127 then " " elif . == 35 or . == 92 then "\\" + ([.] | implode) else null end);
# JSON's texts are YAML's, but for characters that YAML wants escaped.
def quoted: tojson | letters(if . >= 127 and . < 160 then "\\u00" + (if . == 127 then "7f" elif . < 144 then "8" + "0123456789abcdef"[. - 128:. - 127] else "9" + "0123456789abcdef"[. - 144:. - 143] end) else null end);
def tap:
  points
  | "TAP version 13", "1..\(length)" + if length == 0 then " # SKIP nothing to check" else "" end,
    (to_entries[] | .key as $i | .value
     | if good then "" else "not " end + "ok \($i + 1) - " + (.name | line)
       + if .says == "" then "" else ": " + (.says | line) end
       + if .verdict == "SKIPPED" then " # SKIP " + (.why | line) else "" end,
       if good then empty else "  ---\n  verdict: \(.verdict)\n  message: \(.why | quoted)\n  ..." end);

# Inside of an attribute: XML 1.0 knows no other control characters than tab and line ends, and keeps
# those only as references.
def is_xml: . >= 32 and . != 65534 and . != 65535 or . == 9 or . == 10 or . == 13;
def attribute(name): " \(name)=\"" + letters(
    if is_xml | not then "\ufffd" elif . < 32 or . == 127 or . == 34 or . == 38 or . == 39 or . == 60 or . == 62 then "&#\(.);" else null end) + "\"";
def counts: " tests=\"\(length)\" failures=\"\(map(select(good | not)) | length)\" errors=\"0\" skipped=\"\(map(select(.verdict == "SKIPPED")) | length)\">";
def case:
  "    <testcase" + (.group | attribute("classname"))
  + (if .says == "" then .name else "\(.name): \(.says)" end | attribute("name"))
  + if .verdict == "PASS" then "/>"
    else ">\n      <" + if .verdict == "SKIPPED" then "skipped" else "failure" + (.verdict | attribute("type")) end
         + (.why | attribute("message")) + "/>\n    </testcase>" end;
def junit:
  points
  | "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"overlap\"" + counts,
    (group_by(.group)[] | "  <testsuite" + (.[0].group | attribute("name")) + counts, map(case)[], "  </testsuite>"),
    "</testsuites>";
