"""What is wrong with a file of goods, all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connector_config.errors import UserError
from connector_config.wording import counted, number

_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: the line (0 where it is the file), the column, and what to do."""

    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        where = ", ".join(([f"line {self.line}"] if self.line else []) + [self.column])
        return f"{where.strip(', ')}: {self.sentence}" if where.strip(", ") else self.sentence


class GoodsFileError(UserError):
    """A file of goods cannot be taken; nothing of it was, and each of the `problems` is said."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        lines = [f"  {one}" for one in self.problems[:_SHOWN]]
        if (rest := len(self.problems) - _SHOWN) > 0:
            lines.append(f"  and {number(rest)} more.")
        many = counted(len(self.problems), "problem")
        super().__init__(f"{many} in the file, and nothing was imported:\n" + "\n".join(lines))
