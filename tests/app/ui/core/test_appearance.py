"""The three looks: chosen or followed, remembered, and readable."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.core.appearance import Appearance
from app.ui.core.chart import RankChart
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.theme import CONTRAST, DARK, ICONS, LIGHT, Tokens, palette, style_sheet
from app.ui.core.widgets import Segments, button, column
from tests.helpers.waiting import collect

LOOKS = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}
each_look = pytest.mark.parametrize("tokens", LOOKS.values(), ids=LOOKS.keys())


class FakeSystem:
    """The application, on a system that wants what it is told to."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self.setPalette = application.setPalette
        self.setStyleSheet = application.setStyleSheet
        self.scheme = Qt.ColorScheme.Light
        self.contrast = Qt.ContrastPreference.NoPreference

    def want(self, scheme: Qt.ColorScheme, contrast: Qt.ContrastPreference) -> None:
        """Switch, and say so as Qt does."""
        self.scheme, self.contrast = scheme, contrast
        self._application.styleHints().colorSchemeChanged.emit(scheme)

    def styleHints(self) -> FakeSystem:
        return self

    def colorScheme(self) -> Qt.ColorScheme:
        return self.scheme

    def accessibility(self) -> FakeSystem:
        return self

    def contrastPreference(self) -> Qt.ContrastPreference:
        return self.contrast


@pytest.fixture
def system(
    qapp: QApplication, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> FakeSystem:
    """The system that `appearance` asks; offscreen there is none."""
    fake = FakeSystem(qapp)
    monkeypatch.setattr(appearance, "_application", fake)
    return fake


@pytest.mark.parametrize("choice", LOOKS)
def test_a_chosen_look_changes_the_palette_and_tells_the_painters(
    qapp: QApplication, preferences: QSettings, choice: str
):
    appearance = Appearance(qapp, preferences, "light" if choice != "light" else "dark")
    told = collect(appearance.changed)
    appearance.choose(choice)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LOOKS[choice].window)
    assert LOOKS[choice].surface in qapp.styleSheet()
    assert told == [LOOKS[choice]]
    assert appearance.tokens is LOOKS[choice]


def test_a_chosen_look_is_remembered(qapp: QApplication, preferences: QSettings):
    assert Appearance(qapp, preferences).choice == "system"
    Appearance(qapp, preferences).choose("contrast")
    again = Appearance(qapp, preferences)
    assert (again.choice, again.tokens) == ("contrast", CONTRAST)


def test_a_setting_wins_over_what_is_remembered_and_is_not_remembered(
    qapp: QApplication, preferences: QSettings
):
    Appearance(qapp, preferences).choose("dark")
    assert Appearance(qapp, preferences, "light").tokens is LIGHT
    assert Appearance(qapp, preferences).tokens is DARK


def test_an_unknown_remembered_look_follows_the_system(qapp: QApplication, preferences: QSettings):
    preferences.setValue("theme", "sepia")
    assert Appearance(qapp, preferences).tokens in LOOKS.values()


@pytest.mark.parametrize(
    ("scheme", "wish", "expected"),
    [
        (Qt.ColorScheme.Light, Qt.ContrastPreference.NoPreference, LIGHT),
        (Qt.ColorScheme.Dark, Qt.ContrastPreference.NoPreference, DARK),
        (Qt.ColorScheme.Unknown, Qt.ContrastPreference.NoPreference, LIGHT),
        (Qt.ColorScheme.Light, Qt.ContrastPreference.HighContrast, CONTRAST),
        (Qt.ColorScheme.Dark, Qt.ContrastPreference.HighContrast, CONTRAST),
    ],
)
def test_what_the_system_wants_decides(
    appearance: Appearance,
    system: FakeSystem,
    scheme: Qt.ColorScheme,
    wish: Qt.ContrastPreference,
    expected: Tokens,
):
    system.scheme, system.contrast = scheme, wish
    appearance.choose("system")
    assert appearance.tokens is expected


def test_it_follows_the_system_while_it_runs(appearance: Appearance, system: FakeSystem):
    appearance.choose("system")
    for scheme, wish, expected in (
        (Qt.ColorScheme.Dark, Qt.ContrastPreference.NoPreference, DARK),
        (Qt.ColorScheme.Light, Qt.ContrastPreference.NoPreference, LIGHT),
        (Qt.ColorScheme.Light, Qt.ContrastPreference.HighContrast, CONTRAST),
    ):
        system.want(scheme, wish)
        assert appearance.tokens is expected


def test_a_chosen_look_does_not_follow_the_system(appearance: Appearance, system: FakeSystem):
    told = collect(appearance.changed)
    system.want(Qt.ColorScheme.Dark, Qt.ContrastPreference.NoPreference)
    assert told == []
    assert appearance.tokens is LIGHT


def test_the_bundled_font_is_the_one_that_is_used(qapp: QApplication, appearance: Appearance):
    assert QFontInfo(qapp.font()).family() == "Inter"
    assert QFontInfo(qapp.font()).pixelSize() == 14


# --- readable -------------------------------------------------------------------------------------

_GROUNDS = ("window", "surface", "raised")
TEXT_PAIRS = [
    *((ink, ground) for ink in ("text", "muted") for ground in _GROUNDS),
    *((tone, tone + "_soft") for tone in ("ok", "warn", "danger")),
    *((tone, ground) for tone in ("ok", "warn", "danger") for ground in _GROUNDS),
    ("on_accent_soft", "accent_soft"),
    ("accent", "surface"),  # the brand
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("window", "text"),  # tooltips
]
EDGE_PAIRS = [
    # Edges and rings of controls on what they stand on; a notice has buttons, too.
    *((edge, ground) for edge in ("border_strong", "focus", "danger") for ground in _GROUNDS),
    ("focus", "warn_soft"),
    # What is filled with the accent, and the second ring inside of it.
    *(("accent", ground) for ground in _GROUNDS),
    ("surface", "accent"),
    ("surface", "accent_hover"),
    # The mark in front of a chosen row.
    ("on_accent_soft", "accent_soft"),
    # What counts and shelves are framed in.
    *((tone, f"{tone}_soft") for tone in ("ok", "danger")),
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = []
    for value in (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)):
        channels.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    red, green, blue = channels
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2 defines it, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_formula_knows_its_ends():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


@each_look
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_stands_out_from_its_background(tokens: Tokens, ink: str, ground: str):
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@each_look
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_the_edges_of_controls_stand_out(tokens: Tokens, edge: str, ground: str):
    assert contrast(getattr(tokens, edge), getattr(tokens, ground)) >= 3


@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_high_contrast_is_high(ink: str, ground: str):
    assert contrast(getattr(CONTRAST, ink), getattr(CONTRAST, ground)) >= 7


@each_look
def test_the_palette_is_readable_where_no_style_sheet_rules(tokens: Tokens):
    colours = palette(tokens)
    role = QPalette.ColorRole
    for ink, ground in (
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.ButtonText, role.Button),
        (role.HighlightedText, role.Highlight),
        (role.PlaceholderText, role.Base),
        (role.ToolTipText, role.ToolTipBase),
        (role.Link, role.Base),
    ):
        assert contrast(colours.color(ink).name(), colours.color(ground).name()) >= 4.5


@each_look
def test_every_pair_of_the_style_sheet_is_readable(tokens: Tokens):
    """A rule that sets both colours of a text sets two that go together."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", style_sheet(tokens))
    assert len(rules) > 40
    checked = 0
    for selector, body in rules:
        ink = re.search(r"(?<![-\w])color: (#\w+)", body)
        ground = re.search(r"background: (#\w+)", body)
        if ink and ground and ":disabled" not in selector:
            assert contrast(ink[1], ground[1]) >= 4.5, selector
            checked += 1
    assert checked > 15


_CONTROLS = ("QPushButton", "QLineEdit", "QComboBox", "QSpinBox", "QCheckBox", "QPlainTextEdit")
_QUIET = ("quiet", "nav", "QCheckBox ", "drop-down")
"""Controls that are known by their words, and have no edge before they have the keyboard."""


@each_look
def test_every_edge_of_a_control_in_the_style_sheet_stands_out(tokens: Tokens):
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", style_sheet(tokens))
    checked = 0
    for selector, body in rules:
        if ":disabled" in selector or not any(one in selector for one in _CONTROLS):
            continue
        for edge in re.findall(r"border(?:-color)?: (?:[^;#]* )?(#\w+|transparent|none)", body):
            if edge.startswith("#"):
                assert all(contrast(edge, getattr(tokens, one)) >= 3 for one in _GROUNDS), selector
                checked += 1
            else:
                assert any(one in selector for one in _QUIET), selector
    assert checked > 10


@each_look
def test_a_placeholder_is_as_dark_as_it_is_painted(qapp: QApplication, tokens: Tokens):
    """Qt makes it half transparent where the sheet has a colour for the text, and no other."""
    Appearance(qapp, QSettings(), tokens.name)
    for field in (QLineEdit(), QPlainTextEdit()):
        field.ensurePolished()
        shown = field.palette().color(QPalette.ColorRole.PlaceholderText)
        assert shown.alpha() == 255
        assert contrast(shown.name(), tokens.surface) >= 4.5
        assert contrast(shown.name(), tokens.window) >= 4.5
        field.deleteLater()


def _controls(appearance: Appearance) -> dict[str, QWidget]:
    """One of each kind that has the keyboard, each by its name."""
    checked = button("On", lambda: None, "nav")
    checked.setCheckable(True)
    checked.setChecked(True)
    model = RowsModel[str]([Column("Name", Cell)], str)
    unframed = RowsTable(model, appearance, "Unframed")
    unframed.setProperty("framed", False)
    segments = Segments((("a", "Alpha"), ("b", "Beta")), lambda _: None, "Choice")
    chart = RankChart(appearance, "Chart")
    return {
        "plain": button("Cancel", lambda: None),
        "primary": button("Save", lambda: None, "primary"),
        "quiet": button("Back", lambda: None, "quiet"),
        "nav": button("Find", lambda: None, "nav"),
        "shown nav": checked,
        "segment": segments.button("a"),
        "line": QLineEdit(),
        "text": QPlainTextEdit(),
        "choice": QComboBox(),
        "check": QCheckBox("Mine"),
        "table": RowsTable(model, appearance, "Framed"),
        "table without a frame": unframed,
        "chart": chart,
    }


@each_look
def test_every_control_shows_that_it_has_the_keyboard(
    qtbot: QtBot, qapp: QApplication, tokens: Tokens
):
    """At least a ring of one pixel changes, to a colour that stands out from the one before."""
    appearance = Appearance(qapp, QSettings(), tokens.name)
    page = QDialog()
    qtbot.addWidget(page)
    elsewhere = button("Elsewhere", lambda: None)
    controls = _controls(appearance)
    layout = column(elsewhere)
    for control in controls.values():
        layout.addWidget(control.parentWidget() or control)
    page.setLayout(layout)
    page.resize(400, 900)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    for name, control in controls.items():
        elsewhere.setFocus()
        before = control.grab().toImage()
        control.setFocus()
        assert control.hasFocus(), name
        after = control.grab().toImage()
        ring = sum(
            contrast(before.pixelColor(x, y).name(), after.pixelColor(x, y).name()) >= 3
            for x in range(after.width())
            for y in range(after.height())
        )
        assert ring >= 1.6 * (control.width() + control.height() - 40), name


@each_look
def test_the_style_sheet_names_only_pictures_that_exist(tokens: Tokens):
    pictures = re.findall(r'url\("([^"]+)"\)', style_sheet(tokens))
    assert pictures
    for picture in pictures:
        assert picture.startswith(ICONS.as_posix())
        assert (ICONS / picture.rpartition("/")[2]).is_file()
