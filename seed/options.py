"""What decides about the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from seed.errors import SeedError
from seed.generators.streams import NEWEST_FIXED_DAY

DEFAULT_SEED: Final = 42
DEMO_CUSTOMERS: Final = 2_000
DEMO_ORDERS: Final = 5_000
LARGEST_SEED: Final = 2**32 - 1
EARLIEST_END: Final = date.fromordinal(NEWEST_FIXED_DAY + 1)


@dataclass(frozen=True, slots=True)
class Options:
    """What decides about the data: the same options give the same documents.

    Everything lies before midnight UTC at the beginning of `end`. Raises SeedError for a value out
    of range.
    """

    end: date
    seed: int = DEFAULT_SEED
    customers: int = DEMO_CUSTOMERS
    orders: int = DEMO_ORDERS

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= LARGEST_SEED:
            raise SeedError(f"The seed number must be 0 to {LARGEST_SEED}, not {self.seed}.")
        if self.end < EARLIEST_END:
            raise SeedError(
                f"The data cannot end before {EARLIEST_END}, the day after its newest customer "
                f"joined, but {self.end} was asked for: correct the clock of this machine."
            )
        if self.customers < 1 or self.orders < 0:
            raise SeedError("The data set needs at least one customer and not less than 0 orders.")
