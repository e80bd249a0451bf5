"""What a store sells in a month, whichever months were looked at before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from seed.catalogue_files import Catalogue
from seed.generators.shelves import Shelves
from seed.store_files import StorePlan


def test_a_month_does_not_depend_on_the_one_a_fill_begins_with(
    catalogue: Catalogue, plans: tuple[StorePlan, ...]
) -> None:
    """The last new products came in June 2023, and next June they are there."""
    everything = list(range(len(catalogue.products)))

    def carried(*days: date) -> Sequence[int]:
        shelves = Shelves(plans[:1], catalogue, [1.0] * len(everything), [everything])
        return [shelves.at(0, day) for day in days][-1].carried

    june, next_june = date(2023, 6, 15), date(2024, 6, 15)
    assert len(carried(june)) < len(everything)
    assert carried(june, next_june) == carried(next_june) == everything
