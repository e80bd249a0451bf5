"""The barcode says what it should: read back by an independent Code 128 reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.ui.core.barcode import Barcode, code128, ean13

# ISO/IEC 15417, table 1: the widths of bar, space, bar, space, bar, space of each symbol value.
_TABLE = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132
122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212
322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311
112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321
331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214
112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212
124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113
411311 113141 114131 311141 411131 211412 211214 211232
"""
_WIDTHS = _TABLE.split()
_STOP = "1100011101011"
_SHIFT, _CODE_C, _CODE_B, _CODE_A = 98, 99, 100, 101
_START_A = 103


def _modules(widths: str) -> str:
    return "".join(("1", "0")[at % 2] * int(width) for at, width in enumerate(widths))


_VALUES = {_modules(widths): value for value, widths in enumerate(_WIDTHS)}


def read(modules: str) -> str:
    """The text of a Code 128 symbol; raises where start, checksum or stop are wrong."""
    assert modules.endswith(_STOP)
    body = modules[: -len(_STOP)]
    assert len(body) % 11 == 0
    symbols = [_VALUES[body[at : at + 11]] for at in range(0, len(body), 11)]
    start, *values, check = symbols
    assert start in (103, 104, 105)
    assert check == (start + sum(at * value for at, value in enumerate(values, 1))) % 103
    text, code_set = "", "ABC"[start - _START_A]
    for value in values:
        if code_set == "C" and value < 100:
            text += f"{value:02d}"
        elif code_set != "C" and value < 96:
            text += chr(value + 32) if code_set == "B" or value < 64 else chr(value - 64)
        elif value in (_CODE_A, _CODE_B, _CODE_C):
            code_set = {_CODE_A: "A", _CODE_B: "B", _CODE_C: "C"}[value]
        else:
            raise AssertionError(f"unexpected symbol {value}")
    return text


def test_the_table_of_the_reader_is_whole():
    assert len(_VALUES) == 106
    assert all(len(modules) == 11 for modules in _VALUES)


@pytest.mark.parametrize(
    "code", ["HND-HAMMER-001", "12345678", "A1", "a b~!", "PNT-0001-99X", "99", "9A", "990012"]
)
def test_a_code_reads_back(code: str):
    assert read(code128(code)) == code


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_any_printable_ascii_reads_back(code: str):
    assert read(code128(code)) == code


# GS1 General Specifications, 5.2.1: the sets A, B and C of digits, and which the first one chooses.
_DIGITS = """
0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011
"""
_SET_A = _DIGITS.split()
_SET_C = ["".join("10"[int(bit)] for bit in digit) for digit in _SET_A]
_SET_B = [digit[::-1] for digit in _SET_C]
_CHOSEN = "AAAAAA AABABB AABBAB AABBBA ABAABB ABBAAB ABBBAA ABABAB ABABBA ABBABA"
_CHOICES = _CHOSEN.split()


@pytest.mark.parametrize("gtin", ["4006381333931", "0036000291452", "2000000000015"])
def test_an_ean_is_that_of_the_standard(gtin: str):
    sets = {"A": _SET_A, "B": _SET_B}
    chosen = zip(_CHOICES[int(gtin[0])], gtin[1:7], strict=True)
    left = "".join(sets[one][int(digit)] for one, digit in chosen)
    right = "".join(_SET_C[int(digit)] for digit in gtin[7:])
    assert ean13(gtin) == f"0101{left}01010{right}101"


@pytest.mark.parametrize("text", ["", "4006381333932", "400638133393", "HND-HAMMER-01"])
def test_what_is_no_ean_has_no_bars(text: str):
    assert ean13(text) == ""


@pytest.mark.parametrize("code", ["", "Säge", "🔨", "tab\there", "\x1d123"])
def test_what_code_128_cannot_hold_has_no_bars(code: str):
    assert code128(code) == ""


def test_the_widget_draws_what_a_scanner_reads(qtbot: QtBot):
    widget = Barcode()
    qtbot.addWidget(widget)
    widget.set_code("HND-HAMMER-001")
    # Around it is the window, which another test may have left in a dark look.
    around = 30
    widget.resize(widget.sizeHint().width() + 2 * around, widget.sizeHint().height())
    widget.show()
    image = widget.grab().toImage()
    image = image.copy(around, 0, image.width() - 2 * around, image.height())
    line = [image.pixelColor(x, 20) == QColor("black") for x in range(image.width())]
    first, last = line.index(True), len(line) - 1 - line[::-1].index(True)
    modules = "".join("1" if black else "0" for black in line[first : last + 1])
    assert read(modules) == "HND-HAMMER-001"
    quiet = {image.pixelColor(x, 20).name() for x in (*range(first - 10, first),)}
    quiet |= {image.pixelColor(x, 20).name() for x in range(last + 1, last + 11)}
    assert quiet == {"#ffffff"}
    assert widget.accessibleName() == "Barcode of HND-HAMMER-001"


def test_a_code_without_bars_draws_nothing(qtbot: QtBot):
    widget = Barcode()
    qtbot.addWidget(widget)
    widget.resize(200, 80)
    widget.set_code("Säge")
    image = widget.grab().toImage()
    assert len({image.pixelColor(x, 20).name() for x in range(200)}) == 1
