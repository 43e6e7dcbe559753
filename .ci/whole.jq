# jq -e -f .ci/whole.jq build/verdicts.json: true if nothing was left out: there are claims and there are
# numbers in the paper, and each was checked (none was skipped for its tier, or for want of pandoc).
def checked: length > 0 and all(. != "SKIPPED" and . != null);
([.claims[].verdict] | checked) and ([(.paper.points // [])[].verdict] | checked)
