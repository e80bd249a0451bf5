"""Reads YAML from anywhere within bounds: whatever a file holds, what is wrong has its line."""

from __future__ import annotations

from typing import Any, Final

import yaml

# The C loader is seven times faster, but a PyYAML built from source may lack it.
_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_DEEPEST: Final = 100
_MOST_NODES: Final = 1_000_000
_LONGEST_REASON: Final = 200
_KINDS: Final = {
    "tag:yaml.org,2002:timestamp": "a date or time that does not exist",
    "tag:yaml.org,2002:int": "no whole number, or one that is too long",
    "tag:yaml.org,2002:float": "no number",
    "tag:yaml.org,2002:bool": "neither true nor false",
}


class NotYamlError(ValueError):
    """A text is no YAML that can be read: its `line`, counted from 1, and the `problem` there."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = " ".join(problem.split())[:_LONGEST_REASON]


class _Loader(_Fast):  # type: ignore[misc]
    """A loader that says where a value is that cannot be made."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except yaml.YAMLError:
            raise
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError):
            raise NotYamlError(
                node.start_mark.line + 1,
                f"this is {_KINDS.get(node.tag, 'a value that cannot be read')}",
            ) from None


def read_yaml(text: str) -> tuple[yaml.Node | None, Any]:
    """The nodes of a text and what it says, None where it is empty; raises NotYamlError."""
    try:
        _check_size(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYamlError(mark.line + 1 if mark else 1, f"{error.problem}") from None
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        # The C loader counts bytes.
        start = error.start if isinstance(error, UnicodeEncodeError) else error.position
        before = text.encode(errors="replace")[:start]
        raise NotYamlError(before.count(b"\n") + 1, "a sign that YAML does not allow") from None


def _check_size(text: str) -> None:
    """Refuse what is nested too deeply, refers to itself, or grows when it is written out."""
    # A collection is open until it ends; what it holds counts for the one around it too.
    opened: list[tuple[str | None, int]] = []
    sizes: dict[str, int] = {}
    total = 0
    for event in yaml.parse(text, _Fast):
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = opened.pop()
            if anchor:
                sizes[anchor] = total - before
            continue
        if isinstance(event, yaml.AliasEvent):
            if any(event.anchor == anchor for anchor, _ in opened):
                raise NotYamlError(_line(event), f"*{event.anchor} stands within what it refers to")
            total += sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.NodeEvent):
            total += 1
            if event.anchor:
                sizes[event.anchor] = 1
            if isinstance(event, yaml.CollectionStartEvent):
                opened.append((event.anchor, total - 1))
        else:
            continue
        if len(opened) > _DEEPEST:
            raise NotYamlError(_line(event), "it is nested too deeply")
        if total > _MOST_NODES:
            raise NotYamlError(_line(event), "it is too much, written out")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
