"""The first start: what a device without data is for."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QWidget

from app.ui.core.announcing import announce
from app.ui.core.widgets import Text, button, card, column, row, scrolling
from app.ui.core.zoom import px
from app.ui.first_start.join_form import JoinForm
from app.ui.first_start.shop_form import ShopForm

_CHOICES = (
    ("demo", "Look around with demo data", "Eight stores, 424 products and 5,000 orders to try."),
    ("join", "Join a shop", "Your shop uses Zava already, and gave you its settings."),
    ("shop", "Begin empty", "A shop of your own; its goods may come from a spreadsheet."),
)


class FirstStartScreen(QWidget):
    """Asks what this device is for, and asks on.

    `demo_wanted` asks for the demo data and `stopped` gives that up; `join_wanted` and
    `shop_wanted` ask for what stands in `join_form` and `shop_form`.
    """

    demo_wanted = Signal()
    stopped = Signal()
    join_wanted = Signal()
    shop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("First start")
        self.choices = {
            name: button(label, partial(self.choose, name), "primary" if not at else "")
            for at, (name, label, _) in enumerate(_CHOICES)
        }
        lines: list[QWidget | int | None] = []
        for name, _, about in _CHOICES:
            self.choices[name].setAccessibleDescription(about)
            lines += [self.choices[name], Text(about, "small", wrap=True), 6]
        self._problem = Text("", "error", wrap=True)
        self._problem.hide()
        self._choosing = QWidget()
        self._choosing.setLayout(
            column(
                Text("Zava", "brand"),
                Text("There is no data on this device yet. What is it for?", "muted", wrap=True),
                6,
                *lines,
                self._problem,
                None,
                spacing=8,
            )
        )
        self.join_form = JoinForm(self.join_wanted.emit, self.show_choices)
        self.shop_form = ShopForm(self.shop_wanted.emit, self.show_choices)
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Demo data")
        self._made = Text("", "muted", wrap=True)
        self.stop = button("Stop", self.stopped.emit)
        self._filling = QWidget()
        self._filling.setLayout(
            column(
                Text("Making the demo data", "title"),
                Text("This takes some seconds, once.", "muted"),
                self.bar,
                self._made,
                self.stop,
                None,
                spacing=10,
            )
        )
        self._pages = QStackedWidget()
        for page in (self._choosing, self.join_form, self.shop_form, self._filling):
            self._pages.addWidget(page)
        frame = card(column(scrolling(self._pages)), 28)
        frame.setFixedWidth(px(520))
        self.setLayout(row(None, frame, None))

    def focus_first(self) -> None:
        """Move the keyboard to the first choice."""
        self.choices["demo"].setFocus()

    def choose(self, name: str) -> None:
        """Do what one of the choices says."""
        self.show_problem("")
        if name == "demo":
            self.demo_wanted.emit()
            return
        form = self.join_form if name == "join" else self.shop_form
        self._pages.setCurrentWidget(form)
        form.focus_first()

    def show_choices(self) -> None:
        """Ask what the device is for; what is typed in the forms stays there."""
        self._pages.setCurrentWidget(self._choosing)
        self.focus_first()

    def show_progress(self, done: int, total: int, line: str) -> None:
        """Show how far the demo data is, and what was made last."""
        if self._pages.currentWidget() is not self._filling:
            self._pages.setCurrentWidget(self._filling)
            self.stop.setFocus()
            announce(self.bar, "Making the demo data")
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._made.setText(line)

    def show_problem(self, sentence: str) -> None:
        """Say on the page that is shown what does not work."""
        page = self._pages.currentWidget()
        if page is self.join_form or page is self.shop_form:
            (self.join_form if page is self.join_form else self.shop_form).show_problem(sentence)
            return
        if sentence:
            self.show_choices()
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        announce(self._problem, sentence, is_problem=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = self._pages.currentWidget()
        if event.key() == Qt.Key.Key_Escape:
            if page is self._filling:
                self.stopped.emit()
            elif page is not self._choosing:
                self.show_choices()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if page is self.join_form:
                self.join_form.join.click()
            elif page is self.shop_form:
                self.shop_form.begin.click()
        else:
            super().keyPressEvent(event)
