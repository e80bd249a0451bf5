"""Archives for the tests of export and import, with nothing in them that a server had to give."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import bson
from bson import Decimal128, ObjectId

from seed.mongo.extended_json import to_line
from tests.seed.mongo.small_set import Documents, small_set

# What devices and other programs may have put beside the data set.
STRANGE: Final[Documents] = [
    {"_id": ObjectId("5f0000000000000000000001"), "movement_id": "m1", "quantity": -3},
    {"_id": "m2", "long": bson.Int64(1), "double": 1.0, "tiny": 5e-324, "zero": -0.0},
    {"_id": "m3", "at": datetime(2026, 1, 31, 10, 0, 0, 500_000, UTC), "never": None, "yes": True},
    {"_id": "m4", "far": bson.DatetimeMS(400_000_000_000_000), "money": Decimal128("1.10")},
    {"_id": {"store_id": "s", "movement_id": "m5"}, "list": [1, [2.5, {"a": "é\u2028\n"}], []]},
]


def content() -> Mapping[str, Documents]:
    """What is exported, by collection."""
    # Vectors are large, and one is like another.
    return {
        name: documents[: 20 if name == "product_embeddings" else None]
        for name, documents in small_set().items()
    }


def write_archive(folder: Path, files: dict[str, bytes]) -> None:
    """An archive with these lines, its checksums right."""
    folder.mkdir(exist_ok=True)
    entries = []
    for name, lines in files.items():
        packed = gzip.compress(lines)
        (folder / f"{name}.ndjson.gz").write_bytes(packed)
        entries.append(
            {
                "collection": name,
                "file": f"{name}.ndjson.gz",
                "documents": len(lines.rstrip().split(b"\n")),
                "sha256": hashlib.sha256(packed).hexdigest(),
            }
        )
    manifest = {"format": "zava-seed archive", "version": 1, "collections": entries}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def write_small(folder: Path) -> Path:
    """An archive of 8 stores and 9 categories, which are imported in this order."""
    write_archive(
        folder, {name: b"".join(map(to_line, content()[name])) for name in ("stores", "categories")}
    )
    return folder


def assert_one_sentence(code: int, err: str, *words: str) -> None:
    """A command failed with one line that has these words."""
    assert code == 1
    assert err.startswith("zava-seed") and err.count("\n") == 1 and err.endswith(".\n")
    for word in words:
        assert word in err
