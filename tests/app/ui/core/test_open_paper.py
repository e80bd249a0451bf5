"""The paper that a screen works on: whether it is still the open one, and how it is by now."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.domain.errors import PaperError
from app.ui.core.open_paper import OpenPaper


@dataclass(frozen=True)
class Sheet:
    """A paper with a number of lines."""

    sheet_id: str
    lines: int = 0


def nothing_open() -> OpenPaper[Sheet]:
    return OpenPaper(lambda sheet: sheet.sheet_id)


async def done(sheet: Sheet) -> Sheet:
    return sheet


async def refused() -> Sheet:
    raise PaperError("It was cancelled meanwhile.")


def test_a_paper_is_known_again_by_its_id():
    open_ = nothing_open()
    assert not open_.is_open(Sheet("a"))
    open_.open(Sheet("a"))
    assert open_.is_open(Sheet("a", 3))
    assert not open_.is_open(Sheet("b"))
    open_.close()
    assert (open_.paper, open_.is_open(Sheet("a"))) == (None, False)


def test_news_of_another_paper_changes_nothing():
    open_ = nothing_open()
    assert not open_.renew(Sheet("a", 1))
    open_.open(Sheet("a"))
    assert open_.renew(Sheet("a", 2))
    assert not open_.renew(Sheet("b", 9))
    assert open_.paper == Sheet("a", 2)


async def test_what_is_written_is_shown_while_its_paper_is_open():
    open_ = nothing_open()
    open_.open(Sheet("a"))
    assert await open_.write(done(Sheet("a", 1)))
    assert open_.paper == Sheet("a", 1)
    open_.open(Sheet("b"))
    assert not await open_.write(done(Sheet("a", 2)))
    assert open_.paper == Sheet("b")


async def test_the_newest_of_a_paper_is_also_known_after_it_was_left():
    open_ = nothing_open()
    first = Sheet("a")
    open_.open(first)
    assert open_.newest(first) == first
    open_.renew(Sheet("a", 1))
    assert open_.newest(first) == Sheet("a", 1)
    open_.close()
    await open_.write(done(Sheet("a", 2)))
    assert open_.newest(first) == Sheet("a", 2)
    assert open_.newest(Sheet("b", 5)) == Sheet("b", 5)


async def test_a_step_that_is_refused_leaves_everything_as_it_was():
    open_ = nothing_open()
    open_.open(Sheet("a", 1))
    with pytest.raises(PaperError):
        await open_.write(refused())
    assert open_.newest(Sheet("a")) == Sheet("a", 1)


def test_opened_again_it_is_another_opening():
    open_ = nothing_open()
    openings = [open_.opening]
    for act in (lambda: open_.open(Sheet("a")), lambda: open_.open(Sheet("a")), open_.close):
        act()
        assert open_.opening not in openings
        openings.append(open_.opening)
    open_.open(Sheet("a"))
    before = open_.opening
    open_.renew(Sheet("a", 2))
    assert open_.opening is before
