"""Customers who are one person: whoever merged whom, on whatever devices, in whatever order."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connector_config.schema.merged import Merged

PEOPLE = ("a", "b", "c", "d", "e")


def test_chains_lead_to_their_end() -> None:
    merged = Merged({"a": "b", "b": "c", "d": "c"})
    assert [merged.kept(one) for one in PEOPLE] == ["c", "c", "c", "c", "e"]
    assert merged.others("c") == ("a", "b", "d")
    assert merged.others("b") == ()
    assert merged.in_circles == ()


def test_of_a_circle_the_smallest_id_stands_for_all_who_lead_to_it() -> None:
    merged = Merged({"e": "d", "d": "b", "b": "c", "c": "d", "a": "a"})
    assert [merged.kept(one) for one in PEOPLE] == ["a", "b", "b", "b", "b"]
    assert merged.others("b") == ("c", "d", "e")
    assert set(merged.in_circles) == {"a", "b"}


@given(st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)))
def test_everybody_is_in_one_group_and_one_of_it_stands(pointers: dict[str, str]) -> None:
    merged = Merged(pointers)
    groups = {one: {one, *merged.others(one)} for one in PEOPLE if merged.kept(one) == one}
    assert sorted(itertools.chain(*groups.values())) == list(PEOPLE)
    for kept, group in groups.items():
        assert all(merged.kept(one) == kept for one in group)
        # Nobody leaves a group by being followed.
        assert all(pointers.get(one, kept) in group for one in group)
    # It says the same whatever the documents were read in.
    assert Merged(dict(reversed(pointers.items()))).in_circles == merged.in_circles


Stamp = tuple[int, str]
Write = tuple[str, str, Any, Stamp]
"""A customer, a field, its value, and the time and the device of the write."""


class Device:
    """Customers on one device, whose fields each keep the last write, as in Ditto."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.fields: dict[tuple[str, str], tuple[Stamp, Any]] = {}
        self.sent: list[Write] = []

    def take(self, write: Write) -> None:
        customer, field, value, stamp = write
        if (customer, field) not in self.fields or self.fields[customer, field][0] < stamp:
            self.fields[customer, field] = (stamp, value)

    def write(self, customer: str, at: int, **values: Any) -> None:
        for field, value in values.items():
            if self.value(customer, field) != value:
                self.sent.append((customer, field, value, (at, self.name)))
                self.take(self.sent[-1])

    def value(self, customer: str, field: str) -> Any:
        return self.fields.get((customer, field), (None, None))[1]

    @property
    def merged(self) -> Merged:
        return Merged(
            {
                one: into
                for one in PEOPLE
                if self.value(one, "deleted") and (into := self.value(one, "merged_into"))
            }
        )

    @property
    def standing(self) -> Mapping[str, tuple[str, ...]]:
        merged = self.merged
        return {
            one: merged.others(one)
            for one in PEOPLE
            if not self.value(one, "deleted") or one in merged.in_circles
        }

    def merge(self, kept: str, other: str, at: int) -> None:
        merged = self.merged
        into, gone = merged.kept(kept), merged.kept(other)
        if into != gone:
            self.write(gone, at, deleted=True, merged_into=into)

    def undo(self, customer: str, at: int) -> None:
        self.write(customer, at, deleted=False, merged_into="")

    def tidy(self, at: int) -> None:
        for one in self.merged.in_circles:
            self.undo(one, at)


STEP = st.tuples(
    st.sampled_from(("merge", "merge", "merge", "undo", "tidy", "meet")),
    st.integers(0, 2),
    st.sampled_from(PEOPLE),
    st.sampled_from(PEOPLE),
)


def _meet(devices: list[Device], order: Any) -> None:
    writes = [one for device in devices for one in device.sent]
    for device in devices:
        for one in order(writes):
            device.take(one)


@given(st.lists(STEP, max_size=14), st.randoms(use_true_random=False))
def test_replicas_that_merge_apart_end_alike_in_any_order(steps: list[Any], chance: Any) -> None:
    devices = [Device(name) for name in "xyz"]

    def shuffled(writes: list[Write]) -> list[Write]:
        twice = writes * 2
        chance.shuffle(twice)
        return twice

    for at, (do, which, kept, other) in enumerate(steps):
        device = devices[which]
        if do == "merge":
            device.merge(kept, other, at)
        elif do == "undo":
            device.undo(kept, at)
        elif do == "tidy":
            device.tidy(at)
        else:
            _meet([device, devices[(which + 1) % 3]], shuffled)
    _meet(devices, shuffled)
    first = devices[0].standing
    assert all(device.standing == first for device in devices)
    # Everybody is found under exactly one who stands: nobody is lost.
    assert sorted(itertools.chain(*([one, *others] for one, others in first.items()))) == list(
        PEOPLE
    )
    # What tidying writes changes nothing of that, on whichever devices, and then it rests.
    for at in range(len(steps), len(steps) + 40):
        busy = [device for device in devices if device.merged.in_circles]
        for device in busy:
            if chance.random() < 0.7:
                device.tidy(at)
        _meet(devices, shuffled)
        assert all(device.standing == first for device in devices)
    assert not busy
