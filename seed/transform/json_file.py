"""A JSON file whose every value knows its path, so that a sentence can name what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NoReturn

from connector_config.errors import DataFileError
from connector_config.wording import counted

_SHOWN_CHARACTERS: Final = 60
_LARGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file and where it stands; `left_out` collects the paths of unknown keys."""

    file: str
    path: str
    value: Any
    left_out: list[str] = field(default_factory=list)

    def fail(self, what: str) -> DataFileError:
        """The error that names file and path; to be raised."""
        return DataFileError(f"{self.file}: {self.path or 'the file'}: {what}.")

    def at(self, key: str) -> Node:
        """The value of a key of a map; raises DataFileError when it is missing."""
        if key not in self.value:
            raise self.fail(f"the key {key!r} is missing")
        return self._below(f".{key}" if self.path else key, self.value[key])

    def has(self, key: str) -> bool:
        """Whether the map has the key with something in it: no text and no list is nothing."""
        value = self.value.get(key)
        return not (value is None or value == [] or (isinstance(value, str) and not value.strip()))

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The keys and values of a map; raises DataFileError when the node is none."""
        for key in self.mapping().value:
            yield key, self.at(key)

    def elements(self) -> list[Node]:
        """The elements of a list; raises DataFileError when the node is none."""
        if not isinstance(self.value, list):
            raise self.fail(f"must be a list, not {_shown(self.value)}")
        return [self._below(f"[{number}]", value) for number, value in enumerate(self.value)]

    def mapping(self, known: Sequence[str] | None = None) -> Node:
        """The node itself, if it is a map, else raises DataFileError; unknown keys are noted."""
        if not isinstance(self.value, dict):
            raise self.fail(f"must be a map of names to values, not {_shown(self.value)}")
        if known is not None:
            self.left_out.extend(self.at(key).path for key in self.value if key not in known)
        return self

    def text(self) -> str:
        """A text with something in it, blanks around it removed."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fail(f"must be a text, not {_shown(self.value)}")
        return self.value.strip()

    def number(self, above: float | None = None) -> Decimal:
        """A number, above a limit if there is one, and not beyond what a person would write."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, Decimal)):
            raise self.fail(f"must be a number, not {_shown(self.value)}")
        number = Decimal(self.value)
        if above is not None and number <= Decimal(above):
            raise self.fail(f"must be above {above:g}, not {_shown(self.value)}")
        if abs(number) > _LARGEST:
            raise self.fail(f"must not be beyond {_LARGEST:,}, as {_shown(self.value)} is")
        return number

    def vector(self, dimensions: int) -> list[float]:
        """A list of that many numbers."""
        if not isinstance(self.value, list):
            raise self.fail(f"must be a list, not {_shown(self.value)}")
        if len(self.value) != dimensions:
            raise self.fail(f"must have {counted(dimensions, 'number')}, not {len(self.value):,}")
        for number, value in enumerate(self.value):
            if type(value) not in (int, Decimal) or not -_LARGEST <= value <= _LARGEST:
                self._below(f"[{number}]", value).number()
        return [float(value) for value in self.value]

    def _below(self, step: str, value: Any) -> Node:
        return Node(self.file, self.path + step, value, self.left_out)


def read_json(path: Path) -> Node:
    """Read a file; raises DataFileError when that fails, it is no JSON, or names a key twice."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataFileError(f"{path}: is not a text in UTF-8.") from None
    except OSError as error:
        raise DataFileError(f"{path}: cannot be read ({error.strerror}).") from None
    try:
        value = json.loads(
            content,
            parse_float=Decimal,
            parse_constant=lambda name: _refuse(path, f"{name} is not a number that JSON knows"),
            object_pairs_hook=_map,
        )
        root = Node(str(path), "", value)
        _refuse_twice(root)
    except json.JSONDecodeError as error:
        raise DataFileError(
            f"{path}: is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except (RecursionError, ValueError) as error:
        if isinstance(error, DataFileError):
            raise
        raise DataFileError(
            f"{path}: is JSON that nobody can read: too deep or too long."
        ) from None
    return root


class _Twice(dict[str, Any]):
    """A map in which `key` stands twice."""

    key = ""


def _map(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    keys = [key for key, _ in pairs]
    twice = _Twice(result)
    twice.key = next(key for key in keys if keys.count(key) > 1)
    return twice


def _refuse_twice(node: Node) -> None:
    """Raise DataFileError for the first map with a key that stands twice in it."""
    if isinstance(node.value, _Twice):
        raise node.fail(f"the key {node.value.key!r} stands twice in the same map")
    if isinstance(node.value, dict):
        for _, child in node.entries():
            _refuse_twice(child)
    elif isinstance(node.value, list) and any(isinstance(one, (dict, list)) for one in node.value):
        for child in node.elements():
            _refuse_twice(child)


def _refuse(path: Path, what: str) -> NoReturn:
    raise DataFileError(f"{path}: {what}.")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    text = "null" if value is None else str(value) if isinstance(value, Decimal) else repr(value)
    return text[:_SHOWN_CHARACTERS]
