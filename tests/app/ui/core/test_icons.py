"""Every icon that the screens name exists and takes the colour it is given."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

import app.config.screens
import app.ui
from app.ui.core.icons import icon, pixmap
from app.ui.core.theme import ICONS

# Where the name of an icon stands among the arguments of the functions that take one.
_TAKE_A_NAME = {"tinted": 1, "icon": 0, "pixmap": 0, "Route": 2}


def _named() -> dict[str, str]:
    """Names of icons in the sources, with the file that names them."""
    found: dict[str, str] = {}
    folders = [Path(folder) for folder in (*app.ui.__path__, *app.config.screens.__path__)]
    for file in (file for folder in folders for file in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            at = _TAKE_A_NAME.get(node.func.id)
            if at is None or len(node.args) <= at:
                continue
            name = node.args[at]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                found[name.value] = file.name
    return found


FILES = sorted(ICONS.glob("*.svg"))
# Those of the style sheets have their colours.
TINTED = [one.stem for one in FILES if not one.stem.endswith(("_light", "_dark", "_contrast"))]


def test_the_sources_name_icons_that_there_are():
    named = _named()
    assert {"search", "shelves", "undo", "logout"} <= set(named)
    assert {name: file for name, file in named.items() if name not in TINTED} == {}


@pytest.mark.parametrize("name", TINTED)
def test_an_icon_is_tinted(qapp: QApplication, name: str):
    image = pixmap(name, "#ff0000", 96).toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }
    assert colours == {"#ff0000"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_is_a_picture(qapp: QApplication, file: Path):
    assert QSvgRenderer(str(file)).isValid()


def test_the_licence_comes_along():
    assert "Apache License" in (ICONS / "LICENSE.txt").read_text(encoding="utf-8")


def test_a_checked_button_has_its_own_colour(qapp: QApplication):
    both = icon("search", "#ff0000", "#0000ff")
    off = both.pixmap(20, 20, QIcon.Mode.Normal, QIcon.State.Off).toImage()
    on = both.pixmap(20, 20, QIcon.Mode.Normal, QIcon.State.On).toImage()
    assert off != on


def test_an_unknown_icon_is_a_mistake(qapp: QApplication):
    with pytest.raises(FileNotFoundError):
        pixmap("no-such-icon", "#000000")
