"""The card with the codes of the product, and the dialog that adds or corrects one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QWidget

from app.domain.errors import CodeKnownError, InvalidInputError
from app.domain.product_codes import TaughtCode, new_code
from app.domain.scans import Scan
from app.ui.codes.known import ask_about_known
from app.ui.codes.units import UnitsField
from app.ui.codes.words import kind_label, units_label
from app.ui.core.appearance import Appearance
from app.ui.core.dialogs import ScanDialog
from app.ui.core.formats import local_date
from app.ui.core.scan_words import shown
from app.ui.core.widgets import Elided, Field, Text, button, card, clear, column, row, tinted
from app.ui.core.zoom import px
from app.ui.product.codes_view_model import CodesState, CodesViewModel
from connector_config.errors import UserError


class CodesCard(QFrame):
    """The card: what each code is, how many units it stands for, and who taught it when."""

    def __init__(self, view_model: CodesViewModel, appearance: Appearance) -> None:
        super().__init__()
        self.view_model = view_model
        self._shown: tuple[bool, tuple[TaughtCode, ...]] | None = None
        self.add_button = button("Add a code…", self.open_dialog, tip="Type or scan it")
        tinted(self.add_button, "barcode_scanner", appearance)
        self._codes = column(spacing=8)
        self._message = Text("", "small", wrap=True)
        self.undo = button("Undo", view_model.undo, "quiet", "Take it back")
        self.undo.setAccessibleName("Undo the change of the codes")
        tinted(self.undo, "undo", appearance, "muted")
        self._said = QWidget()
        said = row(self._message, self.undo)
        said.setStretch(0, 1)
        self._said.setLayout(said)
        layout = column(spacing=10)
        layout.addLayout(row(Text("Codes", "heading"), None, self.add_button))
        layout.addLayout(self._codes)
        layout.addWidget(self._said)
        self.setLayout(column(card(layout)))
        view_model.state_changed.connect(self._render)
        self._render(view_model.state)

    def open_dialog(self, code: TaughtCode | None = None) -> CodeDialog | None:
        """Ask for a new code, or for the units of one; None where the person may not."""
        if not self.view_model.state.may_correct:
            return None
        dialog = CodeDialog(self.view_model, self, code)
        dialog.open()
        return dialog

    def _render(self, state: CodesState) -> None:
        self.add_button.setVisible(state.may_correct)
        self._message.say(state.message)
        self.undo.setVisible(state.may_undo)
        self._said.setVisible(bool(state.message))
        if (state.is_read, state.codes) == self._shown:
            return
        self._shown = state.is_read, state.codes
        clear(self._codes)
        if state.is_read and not state.codes:
            self._codes.addWidget(Text("None beside the SKU.", "muted"))
        for code in state.codes:
            self._codes.addWidget(self._entry(code, state.may_correct))

    def _entry(self, code: TaughtCode, may_correct: bool) -> QWidget:
        by = code.taught_by or "Back office"
        about = f"{kind_label(code.kind, code.code)}, {by}, {local_date(code.taught_at, '')}"
        first = row(Elided(shown(code.code), "heading"), Text(units_label(code.units)))
        second = row(Elided(about, "small"))
        for line in (first, second):
            line.setStretch(0, 1)
        if may_correct:
            second.addWidget(self._act("Units…", code, self.open_dialog))
            second.addWidget(self._act("Remove", code, self.view_model.remove))
        entry = QWidget()
        layout = column(spacing=0)
        layout.addLayout(first)
        layout.addLayout(second)
        entry.setLayout(layout)
        return entry

    def _act(self, text: str, code: TaughtCode, act: Callable[[TaughtCode], object]) -> QPushButton:
        result = button(text, partial(act, code), "quiet")
        result.setAccessibleName(f"{text.rstrip('…')} of {code.code}")
        return result


class CodeDialog(ScanDialog):
    """The dialog for a code of the product and its units; a scan is the code, and nothing else."""

    def __init__(
        self, view_model: CodesViewModel, parent: QWidget, code: TaughtCode | None
    ) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._code = code
        title = "Add a code" if code is None else "Units of a code"
        self.setWindowTitle(title)
        self.edit = QLineEdit()
        self.edit.returnPressed.connect(self._to_units)
        self._field = Field("Code: type or scan it", self.edit)
        self._units = UnitsField()
        self._units.entered.connect(self.submit)
        self.units = self._units.edit
        self.edit.setText(code.code if code is not None else "")
        self.edit.setEnabled(code is None)
        self.units.setText(str(code.units) if code is not None else "1")
        cancel = button("Cancel", self.reject)
        save = button("Save", self.submit, "primary", "Enter in the units")
        for one in (cancel, save):
            one.setAutoDefault(False)
        layout = column(Text(title, "heading"), self._field, self._units, 8, spacing=12)
        layout.addLayout(row(None, cancel, save))
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        self.setMinimumWidth(px(420))
        view_model.written.connect(self.accept)
        view_model.known.connect(self._on_known)
        view_model.refused.connect(self._on_refused)
        self.finished.connect(self.deleteLater)
        if code is None:
            self.edit.setFocus()
        else:
            self._units.start()

    def take_scan(self, scan: Scan) -> bool:
        if self._code is not None:
            self._units.show_error("Units: type how many are in it; a scan is no number.")
            return False
        self.edit.setText(scan.text)
        self._to_units()
        return True

    def submit(self) -> None:
        """Save the code with its units."""
        self._field.show_error("")
        units = self._units.read()
        if units is None:
            return
        if self._code is not None:
            self._view_model.correct(self._code, units)
        else:
            self._view_model.add(self.edit.text(), units)

    def _to_units(self) -> None:
        self._field.show_error("")
        try:
            code = new_code(self.edit.text())
        except InvalidInputError as error:
            self._on_refused(error)
            return
        self._units.suit(code.kind, code.code)
        self._units.start()

    def _on_known(self, error: CodeKnownError) -> None:
        text, units = self.edit.text(), self._units.read() or 1
        ask_about_known(
            self,
            error,
            lambda: self._view_model.add(text, units, instead=True),
            lambda: self._view_model.add(text, units, beside=True),
        )

    def _on_refused(self, error: UserError) -> None:
        if isinstance(error, InvalidInputError) and error.field == "units":
            self._units.refuse(error)
        else:
            self._field.show_error(str(error))
            self.edit.setFocus()
