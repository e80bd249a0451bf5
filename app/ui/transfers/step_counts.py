"""The counts of a step: how many units of each product it moves, as scanned and typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.domain.conventions import US, Conventions
from app.domain.errors import InvalidInputError
from app.domain.papers import ReceivedLine
from app.domain.stock import parse_units
from app.domain.transfers import Transfer, TransferLine
from app.ui.core.formats import counted
from app.ui.transfers.open_transfer_state import Step


class StepCounts:
    """The counts; all that waits counts as moved until the first scan, which starts at zero.

    A count that somebody has set stays, also when something else waits by now.
    """

    def __init__(self) -> None:
        self._counts: dict[str, ReceivedLine] = {}
        self._counting = False
        self._touched: set[str] = set()

    @property
    def all(self) -> Mapping[str, ReceivedLine]:
        """All counts by product id, those of zero units, too."""
        return self._counts

    @property
    def moved(self) -> dict[str, ReceivedLine]:
        """The counts of units that are received, shipped, asked for or given up, by product id."""
        return {key: line for key, line in self._counts.items() if line.received or line.missing}

    @property
    def is_begun(self) -> bool:
        """Whether somebody has scanned or typed some of them."""
        return bool(self._touched)

    def clear(self) -> None:
        """Begin another step, with no counts."""
        self._counts, self._counting, self._touched = {}, False, set()

    def scan(self, product_id: str, units: int, step: Step) -> None:
        """So many more of a product."""
        if not self._counting and step in (Step.SHIP, Step.RECEIVE):
            # What somebody has set is counted already.
            fresh = self._counts.keys() - self._touched
            self._counts |= dict.fromkeys(fresh, ReceivedLine())
            self._counting = True
        line = self._counts.get(product_id, ReceivedLine())
        self.set(product_id, replace(line, received=line.received + units))

    def add(self, product_id: str, units: int) -> None:
        """So many of a product that is not there yet."""
        self.set(product_id, self._counts.get(product_id, ReceivedLine(units)))

    def set(self, product_id: str, line: ReceivedLine) -> None:
        """Set the count of a product."""
        self._counts[product_id] = line
        self._touched.add(product_id)

    def give_up_rest(self, lines: Iterable[TransferLine]) -> None:
        """Note all that is on its way and not counted as missing."""
        for line in lines:
            now = self._counts.get(line.product_id, ReceivedLine())
            missing = max(line.in_transit - now.received, 0)
            self._counts[line.product_id] = replace(now, missing=missing)
        self._touched.update(self._counts)

    def follow(self, before: Transfer, transfer: Transfer, step: Step) -> list[str]:
        """Count what waits now; returns where a count was set, such as `Hammer (4 wait now)`.

        `before` is the transfer as it was when the counts were right.
        """
        stale = []
        for line in transfer.lines if step in (Step.SHIP, Step.RECEIVE) else ():
            waiting, known = _waiting(line, step), before.line(line.product_id)
            if not self._counting and line.product_id not in self._touched:
                self._counts[line.product_id] = ReceivedLine(waiting)
            elif known is not None and _waiting(known, step) != waiting:
                stale.append(f"{line.name} ({counted(waiting, 'waits', 'wait')} now)")
        return stale


def typed_line(
    quantity: str, damaged: str, missing: str, conventions: Conventions = US
) -> ReceivedLine:
    """Read the typed units of a product, an empty text for none; raises InvalidInputError."""
    typed = (("quantity", quantity), ("damaged", damaged), ("missing", missing))
    line = ReceivedLine(*(_count(field, text, conventions) for field, text in typed))
    if line.damaged > line.received:
        raise InvalidInputError(
            "damaged", "No more can be damaged than arrived: damaged ones are counted in."
        )
    return line


def _waiting(line: TransferLine, step: Step) -> int:
    return line.to_ship if step is Step.SHIP else line.in_transit


def _count(field: str, text: str, conventions: Conventions) -> int:
    try:
        return parse_units(text, conventions)
    except InvalidInputError as error:
        raise InvalidInputError(field, str(error)) from None
