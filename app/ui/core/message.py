"""Messages, which screens show to the person in front of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, and whether it is about a problem; an empty message is false."""

    text: str = ""
    is_problem: bool = False

    def __bool__(self) -> bool:
        return bool(self.text)


NO_MESSAGE = Message()


def problem(what: object) -> Message:
    """A message about a problem, such as an error."""
    return Message(str(what), is_problem=True)
