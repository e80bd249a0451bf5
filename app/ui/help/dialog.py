"""The help, over whatever screen is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.core.bindings import Binding, shown_key
from app.ui.core.command import Command
from app.ui.core.widgets import Segments, Text, button, column, row, scrolling
from app.ui.core.zoom import px
from app.ui.help.licences import Library, libraries

FIRST_STEPS = (
    (
        "Scan anything",
        "A product, a shelf, a paper or a receipt: wherever the keyboard is, what was scanned "
        "opens, or counts for the work that is under way. Without a scanner, type a few letters.",
    ),
    (
        "Ctrl+K finds the rest",
        "Customers, orders, papers, screens and what can be done, such as “count aisle 3”. "
        "The key of each stands beside it.",
    ),
    (
        "+ and \N{MINUS SIGN} on a product",
        "One more and one fewer on hand. A sign and a number, such as \N{MINUS SIGN}5 or +12, "
        "is that many. Other reasons, and a note, are on the card.",
    ),
    (
        "Ctrl+Z takes it back",
        "The last change of this device, whatever it was. It asks where somebody else or money "
        "is concerned, and the history keeps both.",
    ),
    (
        "No network, no matter",
        "Everything is saved on this device first. The line at the bottom says what has "
        "reached the others, and what waits.",
    ),
    (
        "F1 shows the keys",
        "Those of the screen that is shown; ? does, too, where nothing is typed.",
    ),
)
_PARTS = {"keys": "Keys", "steps": "First steps", "about": "About Zava"}


@dataclass(frozen=True, slots=True)
class About:
    """What somebody who helps has to know of this installation."""

    version: str
    qt: str
    data_dir: Path
    log: Path

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Each fact with its name."""
        return (
            ("Version", self.version),
            ("Qt", self.qt),
            ("Data folder", str(self.data_dir)),
            ("Log", str(self.log)),
        )


class HelpDialog(QDialog):
    """Keys, first steps and About; `keys` are groups of bindings, each with its title."""

    def __init__(
        self, keys: Sequence[tuple[str, Iterable[Binding]]], about: About, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Help")
        self._about = about
        self._read = Command(self._libraries, self)
        self._read.finished.connect(self._show_libraries)
        self.pages = QStackedWidget()
        made = (_keys_page(keys), _steps_page(), self._about_page())
        for name, page in zip(_PARTS.values(), made, strict=True):
            area = scrolling(page)
            area.setAccessibleName(name)
            # The page has nothing that takes the keyboard: arrows scroll it.
            area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.pages.addWidget(area)
        self.parts = Segments(tuple(_PARTS.items()), self._show, "Help")
        self.copy = button("Copy", self._copy, "", "Copy what stands here, to send it to somebody")
        close = button("Close", self.accept, "primary")
        layout = column(spacing=12)
        layout.addLayout(row(self.parts, None))
        layout.addWidget(self.pages, 1)
        layout.addLayout(row(None, self.copy, close))
        layout.setContentsMargins(20, 16, 20, 16)
        self.setLayout(layout)
        room = parent.window().size()
        self.resize(min(px(620), room.width() - 40), min(px(560), room.height() - 40))
        self.finished.connect(self._read.cancel)
        self.finished.connect(self.deleteLater)
        self._show("keys")
        self.parts.button("keys").setFocus()

    def _show(self, part: str) -> None:
        self.pages.setCurrentIndex(list(_PARTS).index(part))
        self.copy.setVisible(part == "about")
        if part == "about" and not self._names.text():
            self._names.setText("Reading the licences…")
            self._read.execute()

    async def _libraries(self) -> list[Library]:
        return await asyncio.to_thread(libraries)

    def _about_page(self) -> QWidget:
        facts = _grid((Text(name, "muted"), _fact(said)) for name, said in self._about.lines)
        self._names = _fact("")
        page = _page(Text("Zava retail", "title"), facts)
        page.addWidget(Text("Libraries and their licences", "heading"))
        page.addWidget(self._names)
        return _on_page(page)

    def _show_libraries(self, found: list[Library]) -> None:
        self._names.setText(
            "\n".join(f"{one.name} {one.version}".strip() + f": {one.licence}" for one in found)
        )

    def _copy(self) -> None:
        facts = "\n".join(f"{name}: {said}" for name, said in self._about.lines)
        QGuiApplication.clipboard().setText(f"Zava retail\n{facts}\n\n{self._names.text()}\n")


def _keys_page(groups: Sequence[tuple[str, Iterable[Binding]]]) -> QWidget:
    page = _page()
    for title, bindings in groups:
        lines = [(_keys(one), Text(one.words, wrap=True)) for one in bindings]
        if lines:
            page.addWidget(Text(title, "heading"))
            page.addWidget(_grid(lines))
    return _on_page(page)


def _keys(binding: Binding) -> Text:
    return Text(shown_key(binding.key), "key")


def _steps_page() -> QWidget:
    page = _page()
    for title, said in FIRST_STEPS:
        page.addLayout(column(Text(title, "heading"), Text(said, wrap=True), spacing=2))
    return _on_page(page)


def _page(*widgets: QWidget) -> QVBoxLayout:
    layout = column(*widgets, spacing=12)
    layout.setContentsMargins(4, 4, 16, 4)
    return layout


def _on_page(layout: QVBoxLayout) -> QWidget:
    layout.addStretch(1)
    page = QWidget()
    page.setLayout(layout)
    return page


def _grid(lines: Iterable[tuple[QWidget, QWidget]]) -> QWidget:
    """What is short on the left, and what it is on the right."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(6)
    grid.setHorizontalSpacing(14)
    grid.setColumnMinimumWidth(0, px(120))
    grid.setColumnStretch(1, 1)
    for at, (left, right) in enumerate(lines):
        grid.addWidget(left, at, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(right, at, 1)
    whole = QWidget()
    whole.setLayout(grid)
    return whole


def _fact(said: str) -> Text:
    text = Text(said, wrap=True)
    text.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return text
