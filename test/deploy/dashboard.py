"""Reads a Grafana dashboard with the classes of Grafana's own SDK, which are
generated from Grafana's schemas, and writes it again: every key that the file
has must be one that the classes know, and come out as it went in.

    python3 dashboard.py docs/grafana.json
"""

import json
import sys

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard


def lost(before, after, path=""):
    """The paths of before whose values after does not have."""
    if isinstance(before, dict):
        if not isinstance(after, dict):
            return [path]
        return [p for key in before for p in lost(before[key], after.get(key), f"{path}.{key}")]
    if isinstance(before, list):
        if not isinstance(after, list) or len(after) != len(before):
            return [path]
        return [p for i, value in enumerate(before) for p in lost(value, after[i], f"{path}[{i}]")]
    return [] if before == after else [path]


def main(file):
    register_default_plugins()
    with open(file) as text:
        before = json.load(text)
    after = json.loads(JSONEncoder().encode(Dashboard.from_json(before)))
    missing = lost(before, after)
    for path in missing:
        print(f"{file}: {path} is not what Grafana's schema knows", file=sys.stderr)
    panels = after.get("panels", [])
    print(f"{len(panels)} panels, {sum(len(p.get('targets', [])) for p in panels)} queries")
    return 1 if missing or not panels else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
