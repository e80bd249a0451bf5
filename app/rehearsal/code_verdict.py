"""Judges the codes of products: what was taught stands, and packs were booked with their units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from app.rehearsal.code_steps import OfCode, ScanPack, Teach
from app.rehearsal.contents import Document
from app.rehearsal.journal import Done, Journal
from connector_config.schema.collections import PRODUCT_CODES, STOCK_MOVEMENTS
from connector_config.wording import counted

Documents = Mapping[str, Sequence[Document]]
Read = Mapping[str, Sequence[tuple[str, int]]]
"""The products and units that codes are read as."""


def codes_in(journal: Journal) -> list[str]:
    """The codes that the steps of a schedule were about."""
    steps = [one.step for one in journal.done] + [one.step for one in journal.in_flight]
    return sorted({step.code for step in steps if isinstance(step, OfCode)})


def lost_codes(journal: Journal, mongodb: Documents) -> Iterator[str]:
    """Sentences about codes that a peer was taught and nobody has.

    Whether they are in force, and with which units, is an edit like any other.
    """
    stored = {one["code_id"]: one for one in mongodb[PRODUCT_CODES]}
    for done in journal.done:
        for code in done.evidence.get("codes", ()):
            found = stored.get(code["code_id"])
            what = f"the code {code['code']} that {done.peer} was taught"
            if found is None:
                yield f"{what} is not in MongoDB"
            elif (found["code"], found["product_id"]) != (code["code"], code["product_id"]):
                yield f"{what} is another one in MongoDB"


def read_apart(name: str, read: Read, mongodb: Documents) -> Iterator[str]:
    """Sentences about codes that a peer's scanner reads as something else than MongoDB says."""
    there = defaultdict(set)
    for one in mongodb[PRODUCT_CODES]:
        if not one["deleted"]:
            there[one["code"]].add((one["product_id"], int(one["units"])))
    for code, found in read.items():
        ours = {(product_id, units) for product_id, units in found}
        if ours != there[code]:
            yield (
                f"the code {code} is {sorted(ours)} on {name} and {sorted(there[code])} in MongoDB"
            )


def odd_scans(begin: Documents, journal: Journal, mongodb: Documents) -> Iterator[str]:
    """Sentences about packs that the ledger has with other units than somebody taught."""
    taught = _taught(begin, journal, mongodb)
    moved = {one["movement_id"]: int(one["quantity"]) for one in mongodb[STOCK_MOVEMENTS]}
    for done in journal.done:
        if not isinstance(done.step, ScanPack):
            continue
        step, product_id = done.step, done.evidence["scanned"]["product_id"]
        booked = _booked(done, moved)
        units = taught[step.code, product_id]
        if booked not in {step.packs * one for one in units}:
            meant = " or ".join(counted(one, "unit") for one in sorted(units)) or "no units"
            yield (
                f"{done.peer} scanned {step.code} of {product_id} "
                f"{counted(step.packs, 'time')} to "
                f"{step.into} it: {booked} were booked, and it was taught with {meant}"
            )


def _taught(
    begin: Documents, journal: Journal, mongodb: Documents
) -> Mapping[tuple[str, str], set[int]]:
    """The units that a code of a product ever had, by code and product."""
    taught = defaultdict(set)
    for one in begin[PRODUCT_CODES]:
        taught[one["code"], one["product_id"]].add(int(one["units"]))
    codes = {one["code_id"]: (one["code"], one["product_id"]) for one in mongodb[PRODUCT_CODES]}
    for done in journal.done:
        if isinstance(done.step, Teach):
            for one in done.evidence["codes"]:
                taught[done.step.code, one["product_id"]].add(done.step.units)
        # What is taken back may be of an earlier schedule, and have had other units before.
        for edit in done.evidence.get("edits", ()):
            if edit["field"] == "units" and edit["key"] in codes and edit["after"] is not None:
                taught[codes[edit["key"]]].add(int(edit["after"]))
    for cut_off in journal.in_flight:
        if isinstance(cut_off.step, Teach):
            taught[cut_off.step.code, cut_off.arguments["product_id"]].add(cut_off.step.units)
    return taught


def _booked(done: Done, moved: Mapping[str, int]) -> int:
    """The units of a scan by the documents that it left, as they are in MongoDB."""
    if isinstance(done.step, ScanPack) and done.step.into == "count":
        counts = [one for _, one in done.evidence["papers"] if "count_id" in one]
        return sum(int(one["quantity"]) for one in counts)
    product_id = done.evidence["scanned"]["product_id"]
    its = [one for one in done.evidence["movements"] if one["product_id"] == product_id]
    return abs(sum(moved.get(one["movement_id"], 0) for one in its))
