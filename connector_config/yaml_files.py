"""The YAML files of this package, checked against a model; an error names the file and the line."""

from __future__ import annotations

from importlib import resources
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from connector_config.errors import DataFileError
from connector_config.yaml_reading import NotYamlError, read_yaml


class Model(BaseModel):
    """The base of what such a file may hold: nothing else, and nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


T = TypeVar("T", bound=Model)

_LONGEST_REASON: Final = 200


def read_packaged(package: str, name: str, model: type[T]) -> T:
    """A file that comes with a package; raises DataFileError."""
    text = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    return parse(text, name, model)


def parse(text: str, name: str, model: type[T]) -> T:
    """The content of a file called `name`; raises DataFileError for the first thing wrong."""
    try:
        node, content = read_yaml(text)
    except NotYamlError as error:
        raise DataFileError(
            f"{name}, line {error.line}: this is not YAML: {error.problem}."
        ) from None
    if node is None:
        raise DataFileError(f"{name} is empty.")
    _refuse_duplicates(node, name)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        first = problems[0]
        line = _line(node, first["loc"])
        what = ".".join(str(part) for part in first["loc"] if part != "[key]") or "the file"
        reason = first["msg"].removeprefix("Value error, ").rstrip(".")[:_LONGEST_REASON]
        others = len(problems) - 1
        more = f" ({others} more after it)" if others else ""
        raise DataFileError(f"{name}, line {line}: {what}: {reason}{more}.") from None


def _line(node: yaml.Node, where: tuple[int | str, ...]) -> int:
    """The line of the innermost part of a path that the file has, counted from 1."""
    mark = node.start_mark
    for part in where:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            mark = node.start_mark
        elif isinstance(node, yaml.MappingNode):
            found = [pair for pair in node.value if pair[0].value == str(part)]
            if not found:
                break
            mark, node = found[0][0].start_mark, found[0][1]
        else:
            break
    return int(mark.line) + 1


def _refuse_duplicates(node: yaml.Node, name: str) -> None:
    """YAML readers keep the last of two equal keys in silence."""
    children: list[Any] = []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                line, said = key.start_mark.line + 1, " ".join(str(key.value).split())[:80]
                raise DataFileError(f"{name}, line {line}: {said} is there a second time.")
            seen.add(str(key.value))
            children.append(value)
    elif isinstance(node, yaml.SequenceNode):
        children = node.value
    for child in children:
        _refuse_duplicates(child, name)
