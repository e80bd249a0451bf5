"""The options that decide about the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from connector_config.errors import UserError
from connector_config.wording import counted
from seed.generators.calendar import GROWTH_FROM
from seed.generators.catalogue import LAST_NEW_PRODUCT
from seed.generators.streams import NEWEST_FIXED_DAY

DEFAULT_SEED: Final = 42
DEMO_CUSTOMERS: Final = 2_000
DEMO_ORDERS: Final = 5_000
DEFAULT_CUSTOMERS: Final = 25_000
DEFAULT_ORDERS: Final = 100_000
LARGEST_SEED: Final = 2**32 - 1

# The growth is counted from here, and all eight stores are open.
DEFAULT_START: Final = GROWTH_FROM
# Of the demo: two peers that were filled at different times must hold the same customers.
EARLIEST_END: Final = date.fromordinal(NEWEST_FIXED_DAY + 1)
# Of a period that somebody chose: by then the whole catalogue has been introduced.
EARLIEST_CHOSEN_END: Final = date.fromordinal(LAST_NEW_PRODUCT + 2)

# An order number holds store and second, so a day has room for so many and no more.
MOST_ORDERS_A_DAY: Final = 20_000


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a data set: the same options give the same documents.

    Orders begin on `start`, by default three years before `end` (the demo), and everything lies
    before midnight UTC at the beginning of `end`. `catalogue` is a folder as `zava-seed transform`
    writes it, by default the data of the package. Raises UserError for a value out of range.
    """

    end: date
    seed: int = DEFAULT_SEED
    customers: int = DEMO_CUSTOMERS
    orders: int = DEMO_ORDERS
    start: date | None = None
    catalogue: Path | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= LARGEST_SEED:
            raise UserError(f"The seed number must be 0 to {LARGEST_SEED}, not {self.seed}.")
        if self.customers < 1 or self.orders < 0:
            raise UserError("The data set needs at least one customer and not less than 0 orders.")
        if self.start is not None:
            self._check_period(self.start)
        elif self.end < EARLIEST_END:
            raise UserError(
                f"The data cannot end before {EARLIEST_END}, the day after its newest customer "
                f"joined, but {self.end} was asked for: correct the clock of this machine."
            )

    @property
    def newest_day(self) -> int:
        """The last day (an ordinal) on which anything but sales and stock may have happened."""
        return min(NEWEST_FIXED_DAY, self.end.toordinal() - 1)

    def _check_period(self, start: date) -> None:
        if start < DEFAULT_START:
            raise UserError(
                f"The orders cannot begin before {DEFAULT_START}, when all eight stores were open, "
                f"but {start} was asked for."
            )
        if self.end < EARLIEST_CHOSEN_END:
            raise UserError(
                f"The data cannot end before {EARLIEST_CHOSEN_END}, when the whole catalogue had "
                f"been introduced, but {self.end} was asked for."
            )
        if start >= self.end:
            raise UserError(f"The orders begin on {start}, so they cannot end before {self.end}.")
        most = MOST_ORDERS_A_DAY * (self.end - start).days
        if self.orders > most:
            raise UserError(
                f"{counted(self.orders, 'order is', 'orders are')} more than the {most:,} "
                "that find "
                f"room from {start} to {self.end}: ask for fewer, or for a longer period."
            )
