"""What Ditto tells of how it ran a statement."""

from __future__ import annotations


def documents_read(profile: object) -> int:
    """The documents that the scans of a profile give out, at any depth."""
    if isinstance(profile, list):
        return sum(map(documents_read, profile))
    if not isinstance(profile, dict):
        return 0
    scans = str(profile.get("#operator", "")).endswith("Scan")
    its = profile.get("#stats", {}).get("documentsOut", 0) if scans else 0
    return int(its) + sum(map(documents_read, profile.values()))
