"""The question what to do with a code that is another product's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QWidget

from app.domain.errors import CodeKnownError
from app.ui.core.dialogs import choose


def ask_about_known(
    parent: QWidget,
    error: CodeKnownError,
    move: Callable[[], object],
    beside: Callable[[], object],
) -> QDialog:
    """Ask whether a code moves to the product or becomes one of both; Esc leaves all as it is."""
    names = " and ".join(error.names)
    options = [("It is both: a scan asks which one", beside)]
    if not error.is_sku:
        options.insert(0, ("It is only this product from now on", move))
    what = "the SKU" if error.is_sku else "a code"
    return choose(parent, "This code is known already", f"It is {what} of {names}.", options)
