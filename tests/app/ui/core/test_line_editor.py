"""What is typed belongs to the row it was begun for, whatever arrives or is chosen meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.domain.errors import InvalidInputError
from app.ui.core.appearance import Appearance
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.line_editor import LineEditor
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.scanner import ScannerFilter
from app.ui.core.widgets import column
from tests.helpers.waiting import collect


@dataclass(frozen=True)
class Line:
    """So many of something, with a note."""

    name: str
    count: int
    note: str = ""


class Page(QWidget):
    """Lines of a paper; what is saved is stored at once, or with `late` when `arrive` is called."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        model = RowsModel[Line]([Column[Line]("", lambda one: Cell(one.name))], lambda x: x.name)
        self.table = ChoiceTable(model, appearance, "Lines", open_on_click=False)
        self.editor = LineEditor[Line](
            {"count": "Count", "note": "Note"},
            lambda one: one.name,
            lambda one: (str(one.count), one.note),
            self._save,
        )
        self.editor.edit_for(self.table)
        self.setLayout(column(self.table, *self.editor.fields.values()))
        self.saved: list[tuple[str, str, str]] = []
        self.late = False
        self.rows: list[Line] = []
        self.show_rows(Line("a", 1), Line("b", 2), Line("c", 3))

    @property
    def count(self) -> QLineEdit:
        return self.editor.edits["count"]

    @property
    def note(self) -> QLineEdit:
        return self.editor.edits["note"]

    @property
    def texts(self) -> list[str]:
        return [edit.text() for edit in self.editor.edits.values()]

    @property
    def chosen(self) -> str | None:
        row = self.table.current()
        return None if row is None else row.name

    def show_rows(self, *rows: Line) -> None:
        """The rows arrive."""
        self.rows = list(rows)
        self.table.show_rows(rows)
        self.editor.show(self.table.current())

    def set(self, changed: Line) -> None:
        """One of them arrives as it is now."""
        self.show_rows(*(changed if one.name == changed.name else one for one in self.rows))

    def arrive(self) -> None:
        """What was saved last is stored."""
        name, count, note = self.saved[-1]
        self.set(Line(name, int(count), note))

    def _save(self, row: Line, texts: Sequence[str]) -> bool:
        count, note = texts
        if not count.isdigit() or "<" in note:
            wrong = "note" if count.isdigit() else "count"
            self.editor.refuse(InvalidInputError(wrong, f"Type a {wrong}."))
            # As view models do: everything is shown anew, with what was wrong.
            self.show_rows(*self.rows)
            return False
        self.saved.append((row.name, count, note))
        self.table.follow(row.name)
        if self.late:
            self.show_rows(*self.rows)
        else:
            self.arrive()
        return True


@pytest.fixture
def page(qtbot: QtBot, appearance: Appearance) -> Page:
    """Three lines, of which the second is chosen; the keyboard is on the table."""
    page = Page(appearance)
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.table.setFocus()
    page.table.select(1)
    return page


def type_(page: Page, text: str, name: str = "count") -> None:
    """By a person, who replaces what stands there."""
    page.editor.start(name=name)
    QTest.keyClicks(page.editor.edits[name], text)


def test_nothing_is_typed_while_nothing_is_chosen(page: Page):
    page.table.select(-1)
    page.show_rows(Line("x", 9))
    assert page.chosen is None
    assert not page.count.isEnabled()
    page.editor.start("7")
    assert page.texts == ["", ""]
    assert not page.editor.typing
    assert page.editor.save()
    page.editor.enter()
    assert page.saved == []


def test_what_arrives_fills_only_what_is_not_typed(page: Page):
    type_(page, "7")
    page.set(Line("b", 5, "Box was wet"))
    assert page.texts == ["7", "Box was wet"]
    assert page.editor.typing
    assert page.editor.save()
    assert page.saved == [("b", "7", "Box was wet")]
    assert not page.editor.typing


def test_what_stands_there_unchanged_is_not_typed_and_not_saved(page: Page):
    page.editor.start()
    page.set(Line("b", 5))
    assert page.count.selectedText() == "5"
    assert page.editor.save()
    assert page.saved == []
    # Only Enter says that it is so.
    QTest.keyClick(page.count, Qt.Key.Key_Return)
    assert page.saved == [("b", "5", "")]


def test_a_digit_in_place_of_the_same_digit_may_become_more(page: Page):
    page.editor.start("2")
    assert page.editor.typing
    page.set(Line("b", 5))
    QTest.keyClicks(page.count, "1")
    assert page.editor.save()
    assert page.saved == [("b", "21", "")]


def test_the_row_is_kept_when_it_goes_and_given_up_with_forget(page: Page):
    type_(page, "7")
    page.show_rows(Line("a", 1), Line("c", 3))
    assert page.editor.gone
    assert page.editor.row == Line("b", 2)
    page.editor.forget()
    assert page.editor.row is None
    assert page.texts == ["", ""]
    assert page.saved == []


def test_the_row_is_kept_for_the_keyboard_that_is_in_its_field(page: Page):
    page.editor.start()
    page.show_rows(Line("a", 1), Line("c", 3))
    QTest.keyClicks(page.count, "8")
    assert page.editor.save()
    assert page.saved == [("b", "8", "")]


def test_a_row_that_comes_back_is_the_one_that_is_typed_for(page: Page):
    type_(page, "7")
    page.show_rows(Line("a", 1), Line("c", 3))
    page.table.follow("b")
    page.editor.save()
    page.show_rows(Line("a", 1), Line("b", 7), Line("c", 3))
    assert not page.editor.gone
    assert page.chosen == "b"


def test_nothing_that_is_followed_is_shown_while_something_is_typed(page: Page):
    type_(page, "7")
    page.table.follow("c")
    page.show_rows(*page.rows)
    assert page.chosen == "b"
    # Nor later: it was another moment.
    page.editor.forget()
    page.show_rows(*page.rows)
    assert page.chosen == "b"


def test_choosing_another_row_saves_what_is_typed_for_the_one_before(page: Page):
    type_(page, "7")
    page.table.select(2)
    assert page.saved == [("b", "7", "")]
    assert (page.chosen, page.texts) == ("c", ["3", ""])


def test_what_is_refused_keeps_its_row_the_keyboard_and_its_text(page: Page):
    type_(page, "x")
    page.table.setFocus()
    page.table.select(2)
    assert (page.chosen, page.texts) == ("b", ["x", ""])
    assert page.editor.fields["count"].error == "Type a count."
    assert QApplication.focusWidget() is page.count
    assert page.count.selectedText() == "x"
    page.table.setFocus()
    assert not page.editor.save()
    assert QApplication.focusWidget() is page.count
    entered: list[str] = []
    page.editor.entered.connect(lambda: entered.append(page.saved[-1][1]))
    page.editor.enter()
    assert entered == []
    # What is right in the end is saved, and nothing wrong is said any more.
    type_(page, "8")
    QTest.keyClick(page.count, Qt.Key.Key_Return)
    assert page.saved == [("b", "8", "")]
    assert page.editor.fields["count"].error == ""
    assert entered == ["8"]


def test_the_keyboard_is_in_the_field_that_was_refused(page: Page):
    type_(page, "7")
    type_(page, "<", "note")
    page.table.select(2)
    # As where the row that was clicked is opened.
    page.editor.start()
    assert QApplication.focusWidget() is page.note
    assert page.texts == ["7", "<"]
    page.editor.start("8")
    assert QApplication.focusWidget() is page.count
    page.editor.forget()
    page.editor.start()
    assert QApplication.focusWidget() is page.count


def test_the_error_of_one_row_is_not_shown_at_the_next(page: Page):
    type_(page, "x")
    assert not page.editor.save()
    page.editor.forget()
    assert page.editor.fields["count"].error == ""
    assert page.texts == ["2", ""]


def test_what_was_saved_stays_until_the_row_is_as_it_says(page: Page):
    page.late = True
    type_(page, "7")
    assert page.editor.save()
    assert page.texts == ["7", ""]
    # Something else of it arrives before, and is saved together with it.
    page.set(Line("b", 2, "Wet"))
    assert page.texts == ["7", "Wet"]
    type_(page, "Dry", "note")
    assert page.editor.save()
    assert page.saved[-1] == ("b", "7", "Dry")
    page.arrive()
    page.set(Line("b", 9, "Dry"))
    assert page.texts == ["9", "Dry"]


def test_what_could_not_be_stored_is_typed_again(page: Page):
    page.late = True
    type_(page, "7")
    assert page.editor.save()
    assert not page.editor.typing
    page.editor.reopen()
    assert page.editor.typing
    assert page.editor.save()
    assert page.saved == [("b", "7", "")] * 2
    page.arrive()
    page.editor.reopen()
    assert not page.editor.typing


def scan(qapp: QApplication, edit: QLineEdit) -> None:
    """As the keys of a scanner come into a field, and are taken out of it again."""
    at = count(1000, 4)
    scanner = ScannerFilter(qapp, lambda _: next(at) / 1000)
    scanned = collect(scanner.scanned)
    QTest.keyClicks(edit, "HND-HAMMER-001")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qapp.removeEventFilter(scanner)
    assert scanned == ["HND-HAMMER-001"]


def test_a_scan_into_the_field_is_not_typed(page: Page, qapp: QApplication):
    page.editor.start()
    scan(qapp, page.count)
    assert page.texts == ["2", ""]
    assert not page.editor.typing


def test_a_scan_leaves_what_is_typed_before_it_typed(page: Page, qapp: QApplication):
    type_(page, "7")
    scan(qapp, page.count)
    assert page.texts == ["7", ""]
    page.set(Line("b", 5))
    assert page.texts == ["7", ""]
    assert page.editor.save()
    assert page.saved == [("b", "7", "")]


def test_one_row_without_a_table_is_edited_too(qtbot: QtBot):
    saved = []

    def save(one: Line, texts: Sequence[str]) -> bool:
        saved.append((one.name, *texts))
        return True

    editor = LineEditor[Line]({"note": "Note"}, lambda one: one.name, lambda one: (one.note,), save)
    qtbot.addWidget(editor.fields["note"])
    line = Line("a", 1, "Wet")
    editor.show(line)
    editor.edits["note"].setText("Dry")
    editor.show(replace(line, count=2))
    assert editor.edits["note"].text() == "Dry"
    # Another paper is opened: what is typed still is for the one before.
    editor.show(Line("b", 1, "New"))
    assert editor.save()
    assert saved == [("a", "Dry")]
    assert editor.edits["note"].text() == "New"
