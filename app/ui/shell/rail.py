"""The navigation on the left of the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QMenu, QPushButton, QScrollArea, QWidget

from app.domain.entities import Profile
from app.ui.core.appearance import TEXT_SIZES, Appearance
from app.ui.core.formats import number
from app.ui.core.screen import Route
from app.ui.core.widgets import Elided, Text, button, column, tinted
from app.ui.core.zoom import px

_LOOKS = (
    ("system", "As the system"),
    ("light", "Light"),
    ("dark", "Dark"),
    ("contrast", "High contrast"),
)


class _Screens(QScrollArea):
    """Scrolls the screens, with the marked one in sight at any height."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._marked: QWidget | None = None
        self.setWidgetResizable(True)
        self.setWidget(page)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def mark(self, entry: QWidget) -> None:
        """Keep an entry in sight from now on."""
        self._marked = entry
        self._show_marked()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The page is laid out after this.
        QTimer.singleShot(0, self, self._show_marked)

    def _show_marked(self) -> None:
        if self._marked is not None:
            self.ensureWidgetVisible(self._marked, 0, 0)


_MANY = 13
"""Screens that the usual window shows without scrolling; with more they stand closer."""


class Rail(QFrame):
    """The navigation: a button for each screen, then help, the look and who is signed in."""

    def __init__(
        self,
        routes: Sequence[Route],
        profile: Profile,
        appearance: Appearance,
        go: Callable[[str], object],
        sign_out: Callable[[], object],
        help_me: Callable[[], object],
    ) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(px(176))
        self._appearance = appearance
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        self._titles = {route.name: route.title for route in routes}
        many = len(routes) > _MANY
        screens = column(spacing=1 if many else 4)
        for route in routes:
            entry = button(f"  {route.title}", partial(go, route.name), "nav")
            entry.setCheckable(True)
            entry.setProperty("dense", many)
            entry.setToolTip(f"{route.title} ({route.shortcut})")
            entry.setAccessibleName(route.title)
            tinted(entry, route.icon, appearance, "muted")
            self._group.addButton(entry)
            self._buttons[route.name] = entry
            screens.addWidget(entry)
        screens.addStretch(1)
        # Also so, a small laptop has fewer lines than a manager has screens.
        page = QWidget()
        page.setLayout(screens)
        self._scroll = _Screens(page)
        layout = column(Text("Zava", "brand"), 10, spacing=1 if many else 4)
        layout.addWidget(self._scroll, 1)
        look = button("  Look", lambda: self._open_looks(look), "nav", "Colours and size of text")
        tinted(look, "contrast", appearance, "muted")
        aid = button("  Help", help_me, "nav", "Keys, first steps, about Zava (F1)")
        tinted(aid, "help", appearance, "muted")
        leave = button("  Switch user", sign_out, "nav", "Sign in as somebody else (Ctrl+L)")
        tinted(leave, "logout", appearance, "muted")
        for one in (aid, look, leave):
            one.setProperty("dense", many)
        layout.addSpacing(6)
        layout.addWidget(aid)
        layout.addWidget(look)
        layout.addWidget(leave)
        layout.addSpacing(8)
        layout.addWidget(Elided(profile.name, "heading"))
        layout.addWidget(Text(profile.role.label, "small"))
        layout.setContentsMargins(14, 16, 14, 14)
        self.setLayout(layout)

    def mark(self, name: str) -> None:
        """Mark the button of the screen that is shown."""
        if name in self._buttons:
            self._buttons[name].setChecked(True)
            self._scroll.mark(self._buttons[name])

    def set_count(self, name: str, count: int) -> None:
        """Show how much waits on a screen; 0 shows nothing."""
        if name in self._buttons:
            title = self._titles[name]
            one = self._buttons[name]
            one.setText(f"  {title}   {number(count)}" if count else f"  {title}")
            one.setAccessibleName(f"{title}, {number(count)}" if count else title)

    def button(self, name: str) -> QPushButton:
        """The button of a screen."""
        return self._buttons[name]

    def _open_looks(self, beside: QPushButton) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for value, label in _LOOKS:
            action = QAction(label, menu)
            action.setCheckable(True)
            action.setChecked(value == self._appearance.choice)
            action.triggered.connect(lambda _, value=value: self._appearance.choose(value))
            group.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        sizes = QActionGroup(menu)
        for percent in TEXT_SIZES:
            action = QAction(f"Text {percent} %", menu)
            action.setCheckable(True)
            action.setChecked(percent == self._appearance.text_size)
            action.triggered.connect(
                lambda _, percent=percent: self._appearance.choose_text_size(percent)
            )
            sizes.addAction(action)
            menu.addAction(action)
        menu.popup(beside.mapToGlobal(beside.rect().topRight()))
