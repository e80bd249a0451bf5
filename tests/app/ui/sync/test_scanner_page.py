"""Setting a scanner up with the keys that it sends: found out, set and proven."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from time import monotonic

import pytest
import pytest_asyncio
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from app.domain.keyboards import LAYOUTS
from app.domain.scanner_check import CODES, PROOF
from app.domain.staff import new_badge
from app.ui.core.scanner_settings import ScannerSettings, load_scanner_settings
from app.ui.core.sounds import Sound
from app.ui.sync.scanner import ScannerPanel
from app.ui.sync.screen import SyncScreen
from tests.helpers.fakes import FakeSpeaker
from tests.helpers.hands import ALT, SKU, Hands, cells, dialog, focus, named, texts
from tests.helpers.papers import save_as
from tests.helpers.pdfs import read
from tests.helpers.waiting import settle, until
from tests.helpers.wedge import typed_on

pytestmark = pytest.mark.asyncio(loop_scope="module")

GERMAN, NORWEGIAN = (
    next(one for one in LAYOUTS if one.name == name) for name in ("German", "Norwegian")
)


RETURN = (Qt.Key.Key_Return, "\r", Qt.KeyboardModifier.NoModifier)
TAB = (Qt.Key.Key_Tab, "\t", Qt.KeyboardModifier.NoModifier)
DOWN = (Qt.Key.Key_Down, "", Qt.KeyboardModifier.NoModifier)
LINE_FEED = (Qt.Key.Key_J, "\n", Qt.KeyboardModifier.ControlModifier)
End = tuple[Qt.Key, str, Qt.KeyboardModifier]


def send(text: str, ends: Sequence[End], gap_ms: int, target: QWidget) -> None:
    """Send what a scanner presses, so many ms apart on the keyboard's clock, whoever is busy."""
    plain = Qt.KeyboardModifier.NoModifier
    keys: list[End] = [
        (Qt.Key(ord(sign.upper())) if sign.isascii() else Qt.Key.Key_unknown, sign, plain)
        for sign in text
    ]
    keys += ends
    pressed_at = round(monotonic() * 1000) - gap_ms * len(keys)
    for key, sign, modifier in keys:
        pressed_at += gap_ms
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifier, sign)
            event.setTimestamp(pressed_at)
            if isValid(target):
                QApplication.sendEvent(target, event)


class Page:
    """Somebody who sets a scanner up."""

    def __init__(self, hands: Hands, panel: ScannerPanel, ear: FakeSpeaker) -> None:
        self.hands, self.panel, self.ear = hands, panel, ear
        self.model = panel.view_model

    async def send(self, text: str, ends: Sequence[End] = (RETURN,), gap_ms: int = 12) -> None:
        """Scan, and wait until the keys have been read."""
        before = self.model.state
        send(text, ends, gap_ms, focus())
        await until(lambda: self.model.state is not before, f"{text} to be read")
        await until(lambda: self.hands.client._scanner._told is None, "the end")
        await settle()
        # A hand brings the next code later than what is left of one that was held up.
        self.hands.client._scanner.settle()

    @property
    def said(self) -> str:
        return " ".join(texts(self.panel))

    @property
    def settings(self) -> ScannerSettings:
        """What the device remembers."""
        return load_scanner_settings(self.hands.client._preferences)


@pytest_asyncio.fixture(loop_scope="module")
async def page(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Page]:
    ear = FakeSpeaker()
    monkeypatch.setattr(hands.client.sounds, "_speaker", ear)
    await hands.press(Qt.Key.Key_0, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, SyncScreen)
    await hands.click(screen.tabs.button("scanner"))
    assert focus() is screen.scanner.pad
    page = Page(hands, screen.scanner, ear)
    yield page
    page.model.listen(False)
    page.model.begin()
    hands.client._scanner.settle()


@pytest.mark.parametrize("cut", [0, 7])
async def test_a_badge_is_not_shown(page: Page, cut: int):
    badge = new_badge("426" * 7)
    for part, ends in ((badge[:cut], ()), (badge[cut:], (RETURN,))):
        if part:
            await page.send(part, ends)
    assert "This is a badge, whose digits are secret" in page.said
    assert not page.model.state.keys and badge[4:8] not in page.said


async def test_three_codes_say_how_a_scanner_is_set_and_the_fourth_proves_it(page: Page):
    assert page.model.state.listening
    assert "Listening: scan codes 1, 2, 3 of the sheet." in page.said
    for code in CODES:
        await page.send(code, (RETURN, LINE_FEED))
    assert "Each code ends with Enter and Line feed." in page.said
    assert "12 ms a key, 12 ms at the most." in page.said
    assert "Scanner and computer have the same keyboard layout." in page.said
    assert page.settings == ScannerSettings()
    assert "Listening: scan the fourth code" in page.said
    await page.send(PROOF, (RETURN, LINE_FEED))
    assert "Your scanner works." in page.said
    assert page.model.state.works
    assert page.ear.played == [Sound.KNOWN] * 4
    keys = cells(page.panel.keys)
    assert [row[0] for row in keys] == [*PROOF, "Enter", "Line feed"]
    assert {row[1] for row in keys[1 : len(PROOF)]} == {"12 ms"}


@pytest.mark.parametrize("ends", [(RETURN,), (TAB,), (DOWN,), ()], ids=["Enter", "Tab", "Down", ""])
async def test_every_end_is_found(page: Page, ends: Sequence[End]):
    for code in reversed(CODES):
        await page.send(code, ends, 35)
    await page.send(PROOF, ends, 35)
    assert page.model.state.works, page.said
    name = {RETURN: "with Enter.", TAB: "with Tab.", DOWN: "with Arrow down."}
    assert (name[ends[0]] if ends else "No key follows a code") in page.said
    assert page.settings == ScannerSettings(), "a slower one may come"


async def test_what_it_adds_is_left_out_on_every_screen_from_then_on(page: Page):
    for code in CODES:
        await page.send(f"*{code}!!")
    assert page.settings == ScannerSettings("*", "!!")
    await page.send(f"*{PROOF}!!")
    assert page.model.state.works, page.said
    page.hands.workplace.go("find")
    page.hands.workplace.bar.focus()
    send(f"*{SKU}!!", (RETURN,), 12, focus())
    await until(lambda: page.hands.workplace.shown[1], "the hammer")
    page.hands.workplace.go("sync")


@pytest.mark.parametrize("layout", [GERMAN, NORWEGIAN], ids=lambda one: one.name)
async def test_a_us_scanner_at_another_keyboard_works_and_it_is_said(page: Page, layout):
    for code in CODES:
        await page.send(typed_on(layout, code))
    assert f"US layout on a {layout.name} keyboard: that is understood." in page.said
    await page.send(typed_on(layout, PROOF))
    assert page.model.state.works, page.said


async def test_a_german_scanner_at_a_us_keyboard_does_not_and_the_fix_is_said(page: Page):
    for code in CODES:
        await page.send("".join(GERMAN.as_meant(sign) or "" for sign in code))
    await page.send("".join(GERMAN.as_meant(sign) or "" for sign in PROOF))
    assert page.model.state.works is False
    assert "Set the scanner to a US keyboard." in page.said
    assert page.ear.played[-1] is Sound.REFUSED


async def test_slow_scanners_are_set_up_too(page: Page):
    for code in CODES:
        await page.send(code, gap_ms=95)
    assert "95 ms a key" in page.said
    await page.send(PROOF, gap_ms=95)
    assert page.model.state.works, page.said


async def test_other_codes_lost_signs_and_the_wrong_order_are_said(page: Page):
    await page.send(SKU)
    assert f"{SKU} is not on the sheet" in page.said
    await page.send(PROOF)
    assert "That is the fourth code" in page.said
    await page.send(CODES[0].replace("-", ""))
    assert "signs got lost or changed" in page.said
    assert page.ear.played == [Sound.UNKNOWN] * 3
    assert not page.model.state.done
    for code in CODES:
        await page.send(code)
    await page.send(CODES[1])
    assert "That is code 2 of the sheet: scan the fourth." in page.said
    await page.send(PROOF)
    assert page.model.state.works


async def test_single_keys_do_nothing_and_are_explained(page: Page):
    await page.hands.type("q")
    await page.hands.press(Qt.Key.Key_Return)
    assert "takes longer than 100 ms a key" in page.said
    assert focus() is page.panel.pad


async def test_while_it_listens_a_scan_does_nothing_else(page: Page):
    await page.send(SKU)
    assert isinstance(page.hands.workplace.current, SyncScreen)
    assert dialog() is None
    await page.hands.press(Qt.Key.Key_Escape)
    assert not page.model.state.listening
    assert focus().accessibleName() == "Show: Scanner"
    await page.hands.scan(SKU)
    await until(lambda: page.hands.workplace.shown[1], "the hammer, as everywhere")
    page.hands.workplace.go("sync")


async def test_a_click_goes_on_where_something_else_had_the_keyboard(page: Page):
    page.hands.workplace.bar.focus()
    assert "Click here" in page.said
    await page.hands.click(page.panel.pad)
    assert page.model.state.listening


async def test_whoever_signs_out_while_it_listens_takes_no_scan_along(page: Page):
    scanner = page.hands.client._scanner
    assert scanner.only_heard
    page.hands.client.show_sign_in()
    assert not scanner.only_heard
    await page.hands.go_on()
    page.hands.client.appearance.choose("dark")
    page.hands.client.appearance.choose("light")
    await page.hands.scan(SKU)
    await until(lambda: page.hands.workplace.shown[1], "the hammer")


async def test_what_is_half_done_leaves_the_settings_as_they_were(page: Page):
    for code in CODES:
        await page.send(f"*{code}")
    before = page.settings
    assert before.prefix == "*"
    page.hands.workplace.go("find")
    assert page.hands.client._scanner.reader.settings == before
    assert not page.hands.client._scanner.only_heard
    page.hands.workplace.go("sync")
    await page.hands.click(named(page.panel, "Begin again"))
    assert page.settings == ScannerSettings()
    assert "nothing needs to be set" in page.said


async def test_the_sounds_are_switched_and_tried_here(page: Page):
    for title, sound in (("Known", Sound.KNOWN), ("Refused", Sound.REFUSED)):
        await page.hands.click(named(page.panel, title))
        assert page.ear.played[-1] is sound
    await page.hands.click(page.panel.sounds)
    assert not page.hands.client.sounds.on
    assert not named(page.panel, "Known").isEnabled()
    await page.hands.click(page.panel.sounds)
    assert page.hands.client.sounds.on


async def test_the_sheet_is_printed_from_here(
    page: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    await page.hands.click(page.panel.print_button)
    path = tmp_path / "sheet.pdf"
    await save_as(path)
    await until(path.exists, "the sheet")
    await until(lambda: "saved as" in page.said, "the sentence")
    assert read(path).codes == [[*CODES, PROOF]]
