"""Whoever wished to be forgotten stays forgotten, whatever arrives in whatever order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connector_config.link.merge import merge
from connector_config.schema.collections import CUSTOMERS, ORDERS
from connector_config.schema.forgotten import IN_ORDERS, PERSONAL, REMOVED, without_person

ANN = {
    **{"customer_id": "c1", "primary_store_id": "s1", "first_name": "Ann", "last_name": "Ode"},
    **{"email": "ann@example.com", "phone": "(206) 555-0147", "phone_e164": "+12065550147"},
    **{"deleted": False, "updated_at": "01"},
}
EMPTY = dict.fromkeys(PERSONAL, "")
EDITS = st.dictionaries(st.sampled_from([*PERSONAL, "deleted"]), st.sampled_from(["", "Zoë"]))


def changed(before: Mapping[str, Any], edits: Mapping[str, Any], at: str) -> dict[str, Any]:
    return {**before, **edits, **({"deleted": False} if "deleted" in edits else {})} | {
        "updated_at": at
    }


@given(EDITS, EDITS, st.booleans(), st.booleans(), st.booleans())
def test_the_link_forgets_whichever_side_was_told(
    ours: dict[str, Any], theirs: dict[str, Any], here: bool, ours_later: bool, known: bool
) -> None:
    local = changed(ANN, ours, "05" if ours_later else "02")
    remote = changed(ANN, theirs, "03")
    side = local if here else remote
    side |= without_person(side, "02")
    merged = merge(CUSTOMERS, ANN if known else None, local, remote)
    assert {name: merged[name] for name in PERSONAL} == EMPTY
    assert (merged["deleted"], merged["forgotten_at"]) == (True, "02")
    # What comes of it is forgotten once more, from whatever is late then.
    again = merge(CUSTOMERS, merged, merged, changed(merged, theirs, "09"))
    assert {name: again[name] for name in PERSONAL} == EMPTY


def test_an_order_names_nobody_again() -> None:
    named = {"customer_name": "Ann Ode", "customer_email": "ann@example.com", "status": "pending"}
    removed = {**named, **IN_ORDERS, "updated_at": "02"}
    late = {**named, "status": "completed", "updated_at": "05"}
    for base in (named, None):
        for local, remote in ((removed, late), (late, removed)):
            merged = merge(ORDERS, base, local, remote)
            assert (merged["customer_name"], merged["customer_email"]) == (REMOVED, "")
            assert base is None or merged["status"] == "completed"
    plain = merge(ORDERS, named, named, {**named, "customer_name": "Ann Oak"})
    assert plain["customer_name"] == "Ann Oak"


STEP = st.tuples(st.sampled_from(("edit", "edit", "forget", "tidy")), st.integers(0, 2), EDITS)


@given(st.lists(STEP, max_size=10), st.randoms(use_true_random=False))
def test_devices_that_change_and_forget_apart_end_alike(steps: list[Any], chance: Any) -> None:
    """As in Ditto: each field keeps its last write, and writes travel in any order."""
    devices: list[dict[str, tuple[int, Any]]] = [
        {name: (0, value) for name, value in ANN.items()} for _ in range(3)
    ]
    sent: list[tuple[str, int, Any]] = []

    def document(device: Mapping[str, tuple[int, Any]]) -> dict[str, Any]:
        return {name: value for name, (_, value) in device.items()}

    def write(device: dict[str, tuple[int, Any]], at: int, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if document(device).get(name) != value:
                device[name] = (at, value)
                sent.append((name, at, value))

    def meet() -> None:
        for device in devices:
            writes = list(sent)
            chance.shuffle(writes)
            for name, at, value in writes:
                if name not in device or device[name][0] < at:
                    device[name] = (at, value)

    def tidy(which: int, at: int) -> None:
        now = document(devices[which])
        if now.get("forgotten_at"):
            write(devices[which], at, without_person(now, ""))

    # No two writes have one time: of such, Ditto takes the same one everywhere.
    for number, (do, which, edits) in enumerate(steps):
        at = 1 + number * 3 + which
        if do == "edit" and not document(devices[which]).get("forgotten_at"):
            write(devices[which], at, changed(ANN, edits, str(at)))
        elif do == "forget":
            write(devices[which], at, without_person(document(devices[which]), str(at)))
        elif do == "tidy":
            tidy(which, at)
    meet()
    for which in chance.sample(range(3), 3):
        tidy(which, 100 + which)
        meet()
    ends = [document(device) for device in devices]
    assert ends[0] == ends[1] == ends[2]
    if any(do == "forget" for do, *_ in steps):
        assert {name: ends[0][name] for name in PERSONAL} == EMPTY
        assert ends[0]["deleted"] is True
