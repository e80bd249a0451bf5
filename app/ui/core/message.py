"""What a screen tells the person in front of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, and whether it is about a problem; false where there is none."""

    text: str = ""
    is_problem: bool = False

    def __bool__(self) -> bool:
        return bool(self.text)


NO_MESSAGE = Message()


def problem(what: object) -> Message:
    """A message about a problem, such as an error."""
    return Message(str(what), is_problem=True)
