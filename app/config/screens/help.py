"""The help: the keys of the shown screen, first steps, and what this program is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.config.logs import LOG_NAME
from app.config.screens.parts import Parts
from app.ui.core.bindings import Keys, bindings_below
from app.ui.shell.workplace import Workplace
from connector_config import __version__

if TYPE_CHECKING:
    from app.ui.help.dialog import HelpDialog


def open_help(parts: Parts, workplace: Workplace) -> HelpDialog:
    """Open the help over the screen that is shown."""
    # The start does not wait for these.
    from PySide6.QtCore import qVersion

    from app.ui.help.dialog import About, HelpDialog

    screen = workplace.current
    window = getattr(workplace.window(), "keys", Keys())
    groups = (
        (f"On this screen: {screen.windowTitle()}", bindings_below(screen)),
        ("In the line on top", bindings_below(workplace.bar)),
        ("Everywhere", [*workplace.keys, *window]),
        ("Screens", list(workplace.screen_keys)),
    )
    folder = parts.device.data_dir
    about = About(__version__, qVersion(), folder, folder / LOG_NAME)
    dialog = HelpDialog(groups, about, workplace)
    dialog.open()
    return dialog
