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
    with tempfile.TemporaryDirectory() as folder:
        pair = crash_matrix.run_pair(Path(folder), sample=False)
    commits = Counter(found["commits"])
    print(f"{found['tried']} points at {len(found['commits'])} commits: {dict(commits)}", file=sys.stderr)
    print(f"{len(pair['tried'])} points of two watches: {dict(Counter(pair['tried']))}", file=sys.stderr)
    failed = found["failed"] | {f"two watches: {name}": said for name, said in pair["failed"].items()}
    print(json.dumps(failed, indent=1, ensure_ascii=False))
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
