"""The promotions: what is on sale in which month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# For each month, January first: the categories on offer and the discount in percent.
PROMOTIONS: Final[tuple[Mapping[str, int], ...]] = (
    {"cat_storage_organization": 15},  # New Year tidying
    {"cat_lumber_building": 10, "cat_plumbing": 10},  # indoor projects in the wet months
    {"cat_paint_finishes": 10},
    {"cat_garden_outdoor": 10, "cat_paint_finishes": 15},  # spring
    {"cat_garden_outdoor": 15},  # Memorial Day
    {"cat_hand_tools": 15, "cat_power_tools": 15},  # Father's Day
    {"cat_lumber_building": 10, "cat_garden_outdoor": 20},  # Independence Day
    {"cat_paint_finishes": 10, "cat_storage_organization": 10},  # back to school
    {"cat_hardware": 10, "cat_storage_organization": 15},  # Labor Day
    {"cat_garden_outdoor": 30, "cat_electrical": 10},  # end of the garden season
    {"cat_power_tools": 20, "cat_hand_tools": 20, "cat_electrical": 15},  # Black Friday
    {"cat_electrical": 15, "cat_hand_tools": 10},  # holiday lights and gifts
)

# Of the lines with a product on offer, this share got the offer: it did not run all month.
PROMOTED_SHARE: Final = 0.6

# All year round, a little of everything is sold cheaper: a dented box, the last one of a shelf.
EVERYDAY_SHARE: Final = 0.04
EVERYDAY_PERCENT: Final = 5
