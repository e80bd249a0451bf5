"""The manifest of an archive: its files, with how many documents and which bytes are in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from connector_config.errors import UserError
from connector_config.schema.collections import COLLECTIONS

MANIFEST: Final = "manifest.json"

_FORMAT: Final = "zava-seed archive"
_VERSION: Final = 1
_LARGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive; `sha256` is of the file as it is, in hex."""

    collection: str
    file: str
    documents: int
    sha256: str


def file_name(collection: str) -> str:
    """The file of a collection in an archive."""
    return f"{collection}.ndjson.gz"


def write_manifest(path: Path, entries: Sequence[Entry]) -> None:
    """Write the manifest of an archive with these files; raises OSError."""
    manifest = {
        "format": _FORMAT,
        "version": _VERSION,
        "collections": [asdict(entry) for entry in entries],
    }
    path.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> list[Entry]:
    """The entries of an archive in the order of the collections; raises UserError."""
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            manifest = json.loads(file.read(_LARGEST))
        if manifest["format"] != _FORMAT:
            raise KeyError
        version, found = manifest["version"], manifest["collections"]
        entries = [_entry(folder, entry) for entry in found]
    except OSError as error:
        raise UserError(
            f"There is no archive in {folder}: {MANIFEST} cannot be read ({error.strerror})."
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UserError(f"{path} is not the manifest of an archive.") from None
    if version != _VERSION:
        raise UserError(
            f"The archive in {folder} is of version {version!r}, and this program reads "
            f"{_VERSION}: use a newer one."
        )
    names = [entry.collection for entry in entries]
    if len(set(names)) < len(names):
        raise UserError(f"{path} names a collection twice.")
    return sorted(entries, key=lambda entry: list(COLLECTIONS).index(entry.collection))


def _entry(folder: Path, found: dict[str, Any]) -> Entry:
    entry = Entry(found["collection"], found["file"], found["documents"], found["sha256"])
    texts = (entry.collection, entry.file, entry.sha256)
    if not all(isinstance(text, str) for text in texts) or type(entry.documents) is not int:
        raise TypeError
    if entry.collection not in COLLECTIONS:
        raise UserError(
            f"The archive in {folder} has a collection {entry.collection[:80]!r}, which is none of "
            "this project."
        )
    if entry.file != file_name(entry.collection):
        # Also what keeps it from reading files outside of the folder.
        raise UserError(
            f"The archive in {folder} names the file {entry.file[:80]!r} for {entry.collection}, "
            f"which must be {file_name(entry.collection)}."
        )
    return entry
