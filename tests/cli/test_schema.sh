#!/bin/bash
# SPDX-License-Identifier: MIT
# overlap keys --json-schema: all keys are in it, every experiment is valid by it, mistakes are not.
. tests/cli/lib.sh

check "the schema" 0 "$overlap" keys --json-schema
cp out schema.json
holds "it is JSON" jq -e '."$schema" == "http://json-schema.org/draft-07/schema#"' schema.json
for system in two-layer random-features mean-field quadratic; do
    jq -r --arg s $system '.allOf[] | select(.if.properties.system.const == $s).then.properties.curves.items.properties | keys[]' schema.json |
        grep -vxE 'id|vary' | sort >mine
    "$overlap" keys $system | sed -n "s/^$system://p" | tr ' ' '\n' | grep . | sort >theirs
    holds "$system: its keys" diff mine theirs
done
holds "claims: their kinds" diff <(jq -r '.properties.claims.items.properties.kind.enum[]' schema.json | sort) \
    <("$overlap" keys | sed -n 's/^claims, of kind //p' | tr -d ' ' | tr ',' '\n' | sort)
holds "a range" jq -e '[.. | objects | select(has("eta_w")).eta_w.anyOf? | arrays[] | select(.type == "number").minimum] | any(. == 0)' schema.json

python=$(for p in /usr/bin/python3 python3; do "$p" -c 'import jsonschema, yaml' 2>no_module && echo $p && break; done)
if [ -z "$python" ]; then
    echo "skip the experiments by the schema: no python3 with jsonschema and yaml (Debian: python3-jsonschema, python3-yaml)"
    exit 0
fi
cat >valid.py <<'PY'
import json, re, sys
import jsonschema, yaml
class Loader(yaml.SafeLoader): # YAML 1.2: 1e-6 is a number, and off a text
    yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), None)
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[-+]?[0-9]+$"), None)
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"), None)
Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile("^<<$"), None)
schema = json.load(open("schema.json"))
jsonschema.Draft7Validator.check_schema(schema)
wrong = 0
for path in sys.argv[1:]:
    for e in jsonschema.Draft7Validator(schema).iter_errors(yaml.load(open(path), Loader)):
        wrong += 1
        print(path, "/".join(map(str, e.absolute_path)), e.message[:200])
sys.exit(wrong > 0)
PY
check "every experiment is valid" 0 "$python" valid.py "$root"/experiments/*/experiment.yaml
small s "claims:
  - {id: c, says: something, kind: mean, curves: a, expect: 0, margin: {abs: 1}}"
check "a small one" 0 "$python" valid.py s/experiment.yaml
mistake() { # NAME SED PATTERN
    sed "$2" s/experiment.yaml >wrong.yaml
    check "$1" 1 "$python" valid.py wrong.yaml
    says "$1: where" "$3" out
}
mistake "an unknown key" 's/eta_w/etaw/' "defaults .*'etaw'"
mistake "a negative rate" 's/eta_w: 0.5/eta_w: -1/' 'defaults/eta_w'
mistake "a word that is none" 's/engine: weights/engine: weight/' 'curves/0/sgd'
mistake "a curve without a name" 's/id: a$/theory: true/; s/^    theory: true//' "curves/0 'id' is a required"
mistake "an unknown system" 's/two-layer/three-layer/' 'system'
mistake "an unknown kind of claim" 's/kind: mean/kind: men/' 'claims/0/kind'
mistake "a claim's key" 's/expect: 0/expected: 0/' "claims/0 .*'expected'"
