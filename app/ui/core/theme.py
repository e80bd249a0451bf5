"""Colours, fonts and the style sheet of the light, dark and high-contrast looks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QPalette

ICONS = Path(__file__).parent / "icons"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one look; `on_x` is text on `x`, `x_soft` a quiet background in that hue."""

    name: str
    window: str
    surface: str
    raised: str
    border: str
    border_strong: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    on_accent_soft: str
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    danger: str
    danger_soft: str
    focus: str


LIGHT = Tokens(
    name="light",
    window="#f3f5f7",
    surface="#ffffff",
    raised="#f7f9fa",
    border="#dde2e7",
    border_strong="#7e8997",
    text="#17202a",
    muted="#56616e",
    accent="#0b6b61",
    accent_hover="#08554d",
    on_accent="#ffffff",
    accent_soft="#dcf0ec",
    on_accent_soft="#07443d",
    ok="#17693b",
    ok_soft="#e1f3e7",
    warn="#7a4d00",
    warn_soft="#fdeecb",
    danger="#b3231a",
    danger_soft="#fce4e1",
    focus="#0b6b61",
)

DARK = Tokens(
    name="dark",
    window="#11161b",
    surface="#1a2027",
    raised="#212932",
    border="#303a45",
    border_strong="#7d8a98",
    text="#e9edf1",
    muted="#a3afbb",
    accent="#3fc6b3",
    accent_hover="#62d8c7",
    on_accent="#06231f",
    accent_soft="#17403b",
    on_accent_soft="#c6f3ec",
    ok="#76d49b",
    ok_soft="#173727",
    warn="#f2c063",
    warn_soft="#40310f",
    danger="#ff8b80",
    danger_soft="#4a1d1a",
    focus="#3fc6b3",
)

CONTRAST = Tokens(
    name="contrast",
    window="#000000",
    surface="#000000",
    raised="#000000",
    border="#ffffff",
    border_strong="#ffffff",
    text="#ffffff",
    muted="#ffffff",
    accent="#ffe000",
    accent_hover="#fff27a",
    on_accent="#000000",
    accent_soft="#ffe000",
    on_accent_soft="#000000",
    ok="#7dff9b",
    ok_soft="#000000",
    warn="#ffd54a",
    warn_soft="#000000",
    danger="#ff9d94",
    danger_soft="#000000",
    focus="#00e5ff",
)


def palette(tokens: Tokens) -> QPalette:
    """The Qt palette of a look."""
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: tokens.window,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Base: tokens.surface,
        QPalette.ColorRole.AlternateBase: tokens.raised,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.Button: tokens.surface,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.BrightText: tokens.danger,
        QPalette.ColorRole.Highlight: tokens.accent_soft,
        QPalette.ColorRole.HighlightedText: tokens.on_accent_soft,
        QPalette.ColorRole.PlaceholderText: tokens.muted,
        QPalette.ColorRole.ToolTipBase: tokens.text,
        QPalette.ColorRole.ToolTipText: tokens.window,
        QPalette.ColorRole.Link: tokens.accent,
        QPalette.ColorRole.Mid: tokens.border,
        QPalette.ColorRole.Accent: tokens.accent,
    }
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.WindowText,
    ):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.border_strong))
    return result


_OF_TEXT = re.compile(r"((?:font-size|min-height|min-width|max-height|width|height): )(\d+)px")


def style_sheet(tokens: Tokens, factor: float = 1.0) -> str:
    """The Qt style sheet of a look; text, and what holds it, is `factor` times as large."""
    values = {name: getattr(tokens, name) for name in Tokens.__slots__}
    sheet = _SHEET.substitute(values, icons=ICONS.as_posix())
    if factor == 1:
        return sheet
    return _OF_TEXT.sub(lambda found: f"{found[1]}{round(int(found[2]) * factor)}px", sheet)


_SHEET = Template(
    """
QMainWindow { background: $window; }
QDialog { background: $surface; border: 1px solid $border_strong; }
QToolTip { background: $text; color: $window; border: none; padding: 4px 8px; }
QFrame#card { background: $surface; border: 1px solid $border; border-radius: 10px; }
QFrame#count { background: $surface; border: 2px solid $border; border-radius: 10px; }
QFrame#count[tone="ok"] { background: $ok_soft; border-color: $ok; }
QFrame#count[tone="danger"] { background: $danger_soft; border-color: $danger; }
QFrame#pad { background: $surface; border: 2px solid $border; border-radius: 10px; }
QFrame#pad:focus { border-color: $focus; }
QFrame#rail { background: $surface; border: none; border-right: 1px solid $border; }
QFrame#bar { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame#status { background: $surface; border: none; border-top: 1px solid $border; }
QFrame#notice { background: $warn_soft; border: 1px solid $warn; border-radius: 8px; }
QFrame#notice QLabel { color: $warn; }
QScrollArea, QScrollArea > QWidget > QWidget#page { background: $window; border: none; }
QFrame#rail QScrollArea, QFrame#rail QScrollArea > QWidget > QWidget { background: $surface; }
QDialog QScrollArea { border: 2px solid transparent; border-radius: 6px; }
QDialog QScrollArea:focus { border-color: $focus; }
QDialog QScrollArea, QDialog QScrollArea > QWidget > QWidget { background: $surface; }
QFrame#card QScrollArea, QFrame#card QScrollArea > QWidget > QWidget { background: $surface; }

QLabel { background: transparent; color: $text; }
QLabel[look="title"] { font-size: 20px; font-weight: 600; }
QLabel[look="heading"] { font-size: 14px; font-weight: 600; }
QLabel[look="brand"] { font-size: 20px; font-weight: 600; color: $accent; }
QLabel[look="muted"] { color: $muted; }
QLabel[look="small"] { color: $muted; font-size: 12px; }
QLabel[look="number"] { font-size: 44px; font-weight: 600; }
QLabel[look="number"][tone="danger"] { color: $danger; }
QLabel[look="tile"] { font-size: 26px; font-weight: 600; }
QLabel[look="error"] { color: $danger; }
QLabel[look="pill"] { border-radius: 9px; padding: 2px 9px; font-size: 12px; font-weight: 600;
                      background: $raised; color: $muted; border: 1px solid $border; }
QLabel[look="pill"][tone="ok"] { background: $ok_soft; color: $ok; border-color: $ok_soft; }
QLabel[look="pill"][tone="warn"] { background: $warn_soft; color: $warn; border-color: $warn_soft; }
QLabel[look="pill"][tone="danger"] { background: $danger_soft; color: $danger;
                                     border-color: $danger_soft; }
QLabel[look="key"] { border: 1px solid $border; border-radius: 4px; padding: 1px 5px;
                     font-size: 11px; color: $muted; background: $raised; }

QPushButton { background: $surface; color: $text; border: 1px solid $border_strong;
              border-radius: 7px; padding: 6px 14px; min-height: 20px; }
QPushButton:hover { background: $raised; }
QPushButton:pressed { background: $accent_soft; color: $on_accent_soft; }
QPushButton:focus { border: 2px solid $focus; padding: 5px 13px; outline: 0; }
QPushButton:disabled { color: $border_strong; border-color: $border; background: $raised; }
QPushButton[look="primary"] { background: $accent; color: $on_accent; border-color: $accent;
                              font-weight: 600; }
QPushButton[look="primary"]:hover { background: $accent_hover; }
QPushButton[look="primary"]:focus { border: 2px solid $focus; }
QPushButton[look="primary"]:disabled { background: $raised; color: $muted; border-color: $border; }
QPushButton[look="quiet"] { border-color: transparent; background: transparent; color: $muted; }
QPushButton#store { color: $text; font-size: 14px; font-weight: 600; }
QPushButton[look="quiet"]:hover { background: $raised; color: $text; }
QPushButton[look="quiet"]:focus { border: 2px solid $focus; }
QPushButton[look="step"] { font-size: 20px; font-weight: 600; min-width: 28px; min-height: 28px;
                           padding: 4px 8px; }
QPushButton[look="segment"] { border-radius: 0; border-color: $border_strong; margin: 0;
                              padding: 6px 10px; }
QPushButton[look="segment"][edge="left"] { border-top-left-radius: 7px;
                                           border-bottom-left-radius: 7px; }
QPushButton[look="segment"][edge="right"] { border-top-right-radius: 7px;
                                            border-bottom-right-radius: 7px; }
QPushButton[look="segment"]:checked { background: $accent; color: $on_accent;
                                      border-color: $accent; font-weight: 600; }
QPushButton[look="segment"]:focus { border: 2px solid $focus; padding: 5px 9px; }
QPushButton[look="nav"] { text-align: left; border: 2px solid transparent; background: transparent;
                          padding: 5px 10px; border-radius: 8px; color: $muted; }
QPushButton[look="nav"][dense="true"] { padding: 3px 10px; }
QPushButton[look="nav"]:hover { background: $raised; color: $text; }
QPushButton[look="nav"]:checked { background: $accent_soft; color: $on_accent_soft;
                                  font-weight: 600; }
QPushButton[look="nav"]:focus { border: 2px solid $focus; }
QPushButton::menu-indicator { image: none; }

QLineEdit, QPlainTextEdit, QComboBox, QSpinBox { background: $surface; color: $text;
    border: 1px solid $border_strong; border-radius: 7px; padding: 6px 10px;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QPlainTextEdit { placeholder-text-color: $muted; }
QLineEdit, QComboBox, QSpinBox { min-height: 20px; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus { border: 2px solid $focus;
                                                         padding: 5px 9px; }
QLineEdit[invalid="true"] { border: 2px solid $danger; padding: 5px 9px; }
QLineEdit#digits { font-size: 84px; font-weight: 600; min-height: 108px; }
QLineEdit#command { font-size: 15px; min-height: 24px; background: $window; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("$icons/expand_more_$name.svg"); width: 18px; height: 18px; }
QComboBox QAbstractItemView { background: $surface; color: $text; border: 1px solid $border_strong;
    selection-background-color: $accent_soft; selection-color: $on_accent_soft; outline: 0; }
QMenu { background: $surface; color: $text; border: 1px solid $border_strong; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 5px; }
QMenu::item:selected { background: $accent_soft; color: $on_accent_soft; }
QMenu::item:disabled { background: transparent; color: $muted; }

QTableView, QListView { background: $surface; border: 1px solid $border; border-radius: 10px;
                        outline: 0; padding: 1px; }
QTableView:focus, QListView:focus { border: 2px solid $focus; padding: 0; }
QTableView[framed="false"] { border: 2px solid transparent; border-radius: 6px; padding: 0; }
QTableView[framed="false"]:focus { border-color: $focus; }
QHeaderView { background: $surface; border: none; border-radius: 10px; }
QHeaderView::section { background: $surface; color: $muted; border: none;
    border-bottom: 1px solid $border; padding: 7px 10px; font-size: 12px; font-weight: 600; }
QTableView QTableCornerButton::section { background: $surface; border: none; }

QDialog#calendar { border: 1px solid $border_strong; }
QDialog#calendar QPushButton { text-align: left; }
QCalendarWidget QWidget#qt_calendar_navigationbar { background: $surface; }
QCalendarWidget QToolButton { background: transparent; color: $text; border: 2px solid transparent;
                              border-radius: 6px; padding: 4px 6px; font-weight: 600; }
QCalendarWidget QToolButton:hover { background: $raised; }
QCalendarWidget QToolButton:focus { border-color: $focus; }
QCalendarWidget QToolButton::menu-indicator { image: none; }
QCalendarWidget QAbstractItemView { border: 2px solid transparent; padding: 0; border-radius: 6px;
    color: $text; selection-background-color: $accent; selection-color: $on_accent; }
QCalendarWidget QAbstractItemView:focus { border-color: $focus; }
QCalendarWidget QAbstractItemView:disabled { color: $border_strong; }

QProgressBar { background: $raised; border: 1px solid $border; border-radius: 4px;
               max-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QCheckBox { spacing: 7px; padding: 3px; border: 2px solid transparent; border-radius: 6px; }
QCheckBox:focus { border: 2px solid $focus; }
QCheckBox::indicator { width: 16px; height: 16px; border-radius: 4px;
    border: 1px solid $border_strong; background: $surface; }
QCheckBox::indicator:checked { border-color: $accent; background: $accent;
    image: url("$icons/check_$name.svg"); }
QCheckBox::indicator:checked:disabled { border-color: $border_strong; background: $border_strong; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: $border_strong; border-radius: 4px; min-height: 28px;
                     min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
    background: none; border: none; width: 0; height: 0; }
"""
)
