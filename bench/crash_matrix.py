"""The whole crash matrix: killed before and after every commit of the story, started again, compared.

Floor: at every point nothing lost, no development told twice, the same ledger as without the crash. Takes minutes.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.virtual import crash_matrix


def main() -> int:
    """Print what was tried and what failed."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = crash_matrix.run(Path(folder), sample=False)
    commits = Counter(found["commits"])
    print(f"{found['tried']} points at {len(found['commits'])} commits: {dict(commits)}", file=sys.stderr)
    print(json.dumps(found["failed"], indent=1, ensure_ascii=False))
    return int(bool(found["failed"]))


if __name__ == "__main__":
    raise SystemExit(main())
