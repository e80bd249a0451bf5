"""What people ask for in their own words, and the types of products that answer it.

They were written down before any search was tried on them, and not from the texts of the catalogue.
"""

from __future__ import annotations

from typing import Final

QUESTIONS: Final = {
    "something to hang heavy pictures on drywall": "bolts_anchors",
    "light that turns on when someone walks by": "lighting switches",
    "melt ice on the driveway": "winter_outdoor",
    "unclog a drain": "plumbing_repair",
    "water the plants while we are on holiday": "watering_growing",
    "cut a hole in tile": "power_saws power_accessories",
    "my toilet keeps running": "plumbing_repair",
    "keep cold air from coming in under the door": "door_hardware",
    "fill nail holes before painting": "paint_supplies",
    "stop the pipes from freezing": "pipe_fittings winter_outdoor",
    "charge my phone from the wall": "switches",
    "put the christmas tree away": "bins_organizers",
    "cut branches that are too high to reach": "garden_tools",
    "loosen a stuck bolt": "pliers_wrenches drills",
    "make the garage floor look new": "exterior_stains",
    "somewhere to keep bicycles off the floor": "shelving_racks",
    "a place for screws and little parts": "bins_organizers",
    "see if a shelf is straight": "measuring",
    "tighten the tiny screws of my glasses": "screwdrivers",
    "get rid of weeds in the lawn": "garden_tools",
    "dimmer for the dining room lamp": "switches",
    "extension lead for the garden": "wire_cable",
    "lock the front door with a code": "door_hardware",
    "close kitchen cupboards quietly": "cabinet_hardware",
    "wheels for a workbench": "cabinet_hardware",
    "seal the deck against rain": "exterior_stains",
    "cover the sofa while I paint": "paint_supplies",
    "paint for a damp bathroom": "interior_paint",
    "write on the wall with chalk": "interior_paint",
    "set a fence post": "building_materials dimensional_lumber",
    "keep the attic warm": "building_materials",
    "planks for the terrace": "dimensional_lumber",
    "smooth rough wood": "sanders_grinders",
    "sharpen a lawn mower blade": "sanders_grinders",
    "new shower head with more pressure": "faucets_fixtures",
    "the basement is flooding": "plumbing_repair",
    "breaker keeps tripping": "boxes_breakers",
    "internet cable through the house": "wire_cable",
    "knock down a wall": "hammers",
    "spare battery for my drill": "power_accessories",
}
"""Each question with the types, without `type_`, of which one among the first five is a hit."""
