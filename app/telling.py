"""Says why the program does not start to whoever started it from a menu, without a terminal."""

from __future__ import annotations

import os
import sys


def tell(sentence: str) -> None:
    """Show a sentence in a window, unless somebody reads what is printed or there is no display."""
    if sys.stderr is not None and sys.stderr.isatty():
        return
    from app.doctor import display_problem

    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal") or display_problem():
        return
    from PySide6.QtWidgets import QApplication, QMessageBox

    _application = QApplication.instance() or QApplication(["zava"])
    QMessageBox(QMessageBox.Icon.Critical, "Zava", sentence).exec()
