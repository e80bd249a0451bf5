"""Papers, looked at and saved as people do."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QPushButton

from app.ui.core.preview import PreviewDialog
from tests.helpers.hands import dialog
from tests.helpers.waiting import until


async def previewed() -> PreviewDialog:
    """The preview, as soon as it is there."""
    await until(lambda: isinstance(dialog(), PreviewDialog), "the preview")
    shown = dialog()
    assert isinstance(shown, PreviewDialog)
    return shown


async def save_as(path: Path) -> None:
    """Press Enter in the preview, and choose this file."""
    shown = await previewed()
    (button,) = [one for one in shown.findChildren(QPushButton) if one.isDefault()]
    assert button.hasFocus()
    button.click()
    choose_file_of(path)


def choose_file_of(path: Path) -> QFileDialog:
    """Choose this file where it is asked for; returns what asked."""
    chooser = dialog()
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(path))
    chooser.reject()
    return chooser
