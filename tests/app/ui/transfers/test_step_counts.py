"""What a step of a transfer moves: what waits, until somebody scans or types something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import InvalidInputError
from app.domain.papers import ReceivedLine, Signature
from app.domain.transfers import Transfer, TransferLine
from app.ui.transfers.open_transfer_state import Step
from app.ui.transfers.step_counts import StepCounts, typed_line

SEATTLE, TACOMA = "store_seattle", "store_tacoma"


def asked(**wanted: int) -> Transfer:
    """Tacoma asks Seattle for so many units by product."""
    lines = tuple(TransferLine(key, key, key.title(), requested=n) for key, n in wanted.items())
    nobody = Signature("2026-11-20T09:30:00Z", "Maya", "device-1", "laptop-1")
    return Transfer("t1", SEATTLE, TACOMA, "TR-1", "", nobody, lines, (), (), (), False)


def shipped(transfer: Transfer, **units: int) -> Transfer:
    """After so many more units of some products have left."""
    lines = (
        replace(line, shipped=line.shipped + units.get(line.product_id, 0))
        for line in transfer.lines
    )
    return replace(transfer, lines=tuple(lines))


def counts(transfer: Transfer, step: Step) -> StepCounts:
    """What is counted of a transfer that was just opened."""
    fresh = StepCounts()
    assert fresh.follow(transfer, transfer, step) == []
    return fresh


def received(counted: StepCounts) -> dict[str, int]:
    return {key: line.received for key, line in counted.all.items()}


def test_the_next_step_is_that_of_the_store_for_which_it_waits():
    transfer = asked(saw=2)
    assert (Step.of(transfer, SEATTLE), Step.of(transfer, TACOMA)) == (Step.SHIP, Step.LOOK)
    gone = shipped(transfer, saw=2)
    assert (Step.of(gone, SEATTLE), Step.of(gone, TACOMA)) == (Step.LOOK, Step.RECEIVE)


@pytest.mark.parametrize(
    ("step", "waiting"),
    [(Step.SHIP, {"saw": 3, "tape": 5}), (Step.RECEIVE, {"saw": 1, "tape": 0}), (Step.LOOK, {})],
)
def test_what_waits_counts_as_moved(step: Step, waiting: dict[str, int]):
    assert received(counts(shipped(asked(saw=4, tape=5), saw=1), step)) == waiting


def test_the_first_scan_of_a_step_starts_at_zero_and_of_a_request_does_not():
    counted = counts(asked(saw=4, tape=5), Step.SHIP)
    for _ in range(2):
        counted.scan("saw", 1, Step.SHIP)
    assert received(counted) == {"saw": 2, "tape": 0}
    new = StepCounts()
    new.add("saw", 1)
    new.add("saw", 1)
    new.scan("tape", 1, Step.REQUEST)
    assert received(new) == {"saw": 1, "tape": 1}


def test_what_was_set_stays_and_is_told_when_something_else_waits():
    before = asked(saw=4, tape=5)
    counted = counts(before, Step.SHIP)
    counted.set("saw", ReceivedLine(3))
    after = shipped(before, saw=1, tape=2)
    assert counted.follow(before, after, Step.SHIP) == ["Saw (3 wait now)"]
    assert received(counted) == {"saw": 3, "tape": 3}
    # The same once more is nothing new.
    assert counted.follow(after, after, Step.SHIP) == []


def test_while_somebody_scans_nothing_is_taken_from_the_paper():
    before = asked(saw=4, tape=5)
    counted = counts(before, Step.SHIP)
    counted.scan("saw", 1, Step.SHIP)
    after = shipped(before, tape=2)
    assert counted.follow(before, after, Step.SHIP) == ["Tape (3 wait now)"]
    assert received(counted) == {"saw": 1, "tape": 0}
    counted.clear()
    counted.follow(after, after, Step.SHIP)
    assert received(counted) == {"saw": 4, "tape": 3}


def test_the_rest_is_missing_where_it_is_not_counted():
    transfer = shipped(asked(saw=4, tape=5), saw=4, tape=5)
    counted = counts(transfer, Step.RECEIVE)
    counted.scan("saw", 1, Step.RECEIVE)
    counted.give_up_rest(transfer.lines)
    assert counted.all == {"saw": ReceivedLine(1, missing=3), "tape": ReceivedLine(missing=5)}
    assert counted.moved == counted.all
    # Somebody has said so: it stays when more of it arrives.
    assert counted.follow(transfer, shipped(transfer, tape=1), Step.RECEIVE) == [
        "Tape (6 wait now)"
    ]


def test_only_what_is_there_or_given_up_is_moved():
    counted = counts(asked(saw=4, tape=5), Step.SHIP)
    counted.set("saw", ReceivedLine())
    assert counted.moved == {"tape": ReceivedLine(5)}


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (("3", "", ""), ReceivedLine(3)),
        (("0", " 0", "2"), ReceivedLine(0, 0, 2)),
        (("", "", ""), ReceivedLine()),
        (("5", "5", "1"), ReceivedLine(5, 5, 1)),
    ],
)
def test_a_typed_line_is_read(typed: tuple[str, str, str], line: ReceivedLine):
    assert typed_line(*typed) == line


@pytest.mark.parametrize("typed", [("x", "", ""), ("1", "2", ""), ("1", "", "-1")])
def test_what_cannot_be_is_refused(typed: tuple[str, str, str]):
    with pytest.raises(InvalidInputError):
        typed_line(*typed)
