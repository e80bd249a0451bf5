"""Where the products of a store stand: aisles of shelves A to E with bins 1 to 12."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from seed.catalogue_files import Catalogue

SHELVES: Final = "ABCDE"
BINS: Final = 12


def store_places(
    catalogue: Catalogue, carried: Sequence[int], random: Callable[[], float]
) -> dict[int, tuple[str, str, str]]:
    """Aisle, shelf and bin for each carried position of the catalogue.

    A category fills the shelves of its own aisles in walking order. A type gets whole shelves that
    are neighbours (where a category has more types than shelves they share), and stores differ in
    the type they start with.
    """
    by_type: dict[str, list[int]] = {}
    for position in carried:
        by_type.setdefault(catalogue.products[position].type_id, []).append(position)
    places: dict[int, tuple[str, str, str]] = {}
    for category in catalogue.categories:
        groups = [by_type[kind.type_id] for kind in category.types if kind.type_id in by_type]
        if not groups:
            continue
        shelves = [(aisle, shelf) for aisle in category.aisles for shelf in SHELVES]
        start = int(random() * len(groups))
        groups = groups[start:] + groups[:start]
        for positions, (first, count) in zip(groups, _spans(groups, len(shelves)), strict=True):
            for chunk, shelf in zip(
                _chunks(positions, count), shelves[first : first + count], strict=True
            ):
                shift = int(random() * BINS)
                for order, position in enumerate(chunk):
                    # Spread over the shelf; products share a bin only when there are more than 12.
                    bin_number = 1 + (order * BINS + shift % max(1, BINS // len(chunk))) // len(
                        chunk
                    )
                    places[position] = (*shelf, str(bin_number))
    return places


def _spans(groups: Sequence[Sequence[int]], shelves: int) -> list[tuple[int, int]]:
    """First shelf and number of shelves for each group, by its size."""
    if len(groups) > shelves:
        return [(number * shelves // len(groups), 1) for number in range(len(groups))]
    counts = [1] * len(groups)
    for _ in range(shelves - len(groups)):
        fullest = max(range(len(groups)), key=lambda g: len(groups[g]) / counts[g])
        counts[fullest] += 1
    return [(sum(counts[:number]), count) for number, count in enumerate(counts)]


def _chunks(positions: Sequence[int], count: int) -> list[Sequence[int]]:
    """The positions cut into `count` runs of nearly the same length."""
    size = len(positions)
    edges = [number * size // count for number in range(count + 1)]
    return [positions[low:high] for low, high in pairwise(edges)]
