"""The libraries that are installed with the program, and their licences."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

_PROGRAM = "zava-retail"
_OURS = (
    ("Inter, the font", "SIL Open Font License 1.1"),
    ("Material Symbols, the icons", "Apache-2.0"),
)
_CLASSIFIER = "License :: OSI Approved :: "


@dataclass(frozen=True, slots=True)
class Library:
    """A library, its version, and what its authors say of its licence."""

    name: str
    version: str
    licence: str


def libraries() -> list[Library]:
    """What the program needs and has here, by name; it reads a file for each."""
    found: dict[str, Distribution] = {}
    _collect(_PROGRAM, found)
    found.pop(_PROGRAM, None)
    read = [Library(one.metadata["Name"], one.version, _licence(one)) for one in found.values()]
    python = Library("Python", sys.version.split()[0], "PSF-2.0")
    ours = [Library(name, "", licence) for name, licence in _OURS]
    return sorted([python, *read, *ours], key=lambda one: one.name.lower())


def _collect(name: str, found: dict[str, Distribution]) -> None:
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in found:
        return
    try:
        found[key] = one = distribution(name)
    except PackageNotFoundError:
        # For another system, or an extra that is not installed.
        return
    for requirement in one.requires or ():
        needed = re.match(r"[\w.-]+", requirement)
        # Extras of others are no part of this program.
        if needed and (key == _PROGRAM or "extra ==" not in requirement):
            _collect(needed[0], found)


def _licence(one: Distribution) -> str:
    """The licence in a few words: some put its whole text where its name belongs."""
    fields = one.metadata
    for name in ("License-Expression", "License"):
        if name in fields and fields[name].strip():
            return fields[name].strip().splitlines()[0][:80]
    classifiers = fields.get_all("Classifier") or ()
    names = (text.removeprefix(_CLASSIFIER) for text in classifiers if _CLASSIFIER in text)
    return next(names, "see its own files")
