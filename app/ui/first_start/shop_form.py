"""The form of a shop that begins: its name, its days, its tax, and a file of its goods."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QLocale, Qt, QTimeZone
from PySide6.QtWidgets import QCompleter, QLineEdit, QPlainTextEdit, QWidget

from app.domain.entities import USUAL_COUNTRY
from app.domain.shops import TypedShop
from app.ui.core.announcing import announce
from app.ui.core.dialogs import choose_existing
from app.ui.core.widgets import Field, Text, button, column
from app.ui.core.zoom import px

_CONTINENTS = (
    "Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip
_NO_FILE = "None yet: they can be imported later, too."


class ShopForm(QWidget):
    """Asks for a shop; `typed` is what stands in the fields, `file` that of the goods, if any."""

    def __init__(self, on_begin: Callable[[], object], on_back: Callable[[], object]) -> None:
        super().__init__()
        self.file: Path | None = None
        self.name = QLineEdit()
        self.town = QLineEdit()
        self.address = QLineEdit()
        self.country = QLineEdit(_country())
        self.tax = QLineEdit()
        self.tax.setPlaceholderText("10.1; 0 where there is none")
        self.time_zone = QLineEdit(bytes(QTimeZone.systemTimeZoneId().data()).decode())
        completer = QCompleter(_zones(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.time_zone.setCompleter(completer)
        self._fields = {
            "name": Field("Name of the shop", self.name),
            "town": Field("Town of its first store", self.town),
            "address": Field("Street and number", self.address),
            "country": Field("Country", self.country),
            "tax": Field("Sales tax in percent", self.tax),
            "time_zone": Field("Time zone", self.time_zone),
        }
        self._chosen = Text(_NO_FILE, "small", wrap=True)
        self.choose_file = button("Choose a CSV file…", self._choose)
        self.choose_file.setAccessibleDescription("The goods: name, SKU, price, category, codes")
        self._goods = Field("Goods", self.choose_file)
        self.problems = QPlainTextEdit()
        self.problems.setReadOnly(True)
        self.problems.setTabChangesFocus(True)
        self.problems.setAccessibleName("What is wrong with the file")
        self.problems.setMinimumHeight(px(120))
        self.problems.hide()
        self._problem = Text("", "error", wrap=True)
        self._problem.hide()
        self.begin = button("Begin", on_begin, "primary")
        self.back = button("Back", on_back)
        self.setLayout(
            column(
                Text("Begin empty", "title"),
                Text("A shop of your own, with its first store. More is added later.", "muted"),
                6,
                self._fields["name"],
                self._fields["town"],
                self._fields["address"],
                self._fields["country"],
                self._fields["tax"],
                self._fields["time_zone"],
                self._goods,
                self._chosen,
                self.problems,
                self._problem,
                6,
                self.begin,
                self.back,
                None,
                spacing=10,
            )
        )

    @property
    def typed(self) -> TypedShop:
        """What stands in the fields."""
        return TypedShop(
            self.name.text(),
            self.town.text(),
            self.address.text(),
            self.country.text(),
            self.tax.text(),
            self.time_zone.text(),
        )

    def focus_first(self) -> None:
        """Move the keyboard to the first field, or to the first one that is wrong."""
        wrong = [name for name, field in self._fields.items() if field.error]
        getattr(self, wrong[0] if wrong else "name").setFocus()

    def show_wrong(self, wrong: Mapping[str, str]) -> None:
        """Say beside each field what is wrong with it."""
        for name, field in self._fields.items():
            field.show_error(wrong.get(name, ""))
        if wrong:
            self.focus_first()

    def choose(self, file: Path) -> None:
        """Take a file for that of the goods."""
        self.file = file
        self._chosen.setText(f"{file}: read when you press Begin.")
        self.show_problem("")

    def show_problem(self, sentence: str) -> None:
        """Say why the shop cannot begin: a sentence, or of a file line after line."""
        first, _, rest = sentence.partition("\n")
        self._problem.setText(first)
        self._problem.setVisible(bool(first))
        self.problems.setPlainText(rest)
        self.problems.setVisible(bool(rest))
        announce(self._problem, first, is_problem=True)
        if rest:
            self.problems.setFocus()

    def _choose(self) -> None:
        choose_existing(
            self,
            "The goods of the shop",
            "Tables (*.csv *.txt);;All files (*)",
            lambda chosen: self.choose(Path(chosen)),
        )


def _zones() -> list[str]:
    return sorted(one for one in zoneinfo.available_timezones() if one.startswith(_CONTINENTS))


def _country() -> str:
    code = QLocale.territoryToCode(QLocale().territory())
    return code if len(code) == 2 else USUAL_COUNTRY
