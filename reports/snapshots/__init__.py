"""What a report or dashboard says, as frozen values with a canonical form."""

from reports.snapshots.canonical import from_json, sha256_of, to_json
from reports.snapshots.schema import Snapshot

__all__ = ["Snapshot", "from_json", "sha256_of", "to_json"]
