"""Every field of the sign-in and every way to act there: who is asked for is who was typed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from app.ui.shell.sign_in import SignInScreen
from tests.helpers.typing_matrix import Matrix, Way, another, error_of, name_of, text_in


class SignInMatrix(Matrix):
    """The sign-in of the store that `prepare` chooses; nobody is let in."""

    async def run(self) -> list[str]:
        """Try every field with every way, with a text."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.hands.client.entrance, "serve", self._listen)
            await self._anew()
            for at in range(len(self._fields())):
                await self._try_field(at)
        return self.failures

    def _listen(self, screen: SignInScreen) -> None:
        screen.signed_in.connect(lambda profile: self._written.append(profile.name))
        screen.pin_typed.connect(lambda *typed: self._written.append(typed[-1]))

    @property
    def _root(self) -> SignInScreen:
        screen = self.hands.client.sign_in_screen
        assert screen is not None
        return screen

    async def _anew(self) -> None:
        self._close_what_covers()
        self.hands.client.show_sign_in()
        await self.prepare(self.hands)
        await self._rest()
        await self.hands.at_hand()

    async def _probe(self, at: int) -> tuple[str, bool]:
        # Digits are no other name, and no other PIN: one text is enough.
        return "", True

    def _ways(self) -> list[Way]:
        return [*self._buttons(), *self._keys(), *self._choices(), *self._scans(), *self._news()]

    def _choices(self) -> Iterator[Way]:
        for one in self._root.findChildren(QComboBox):
            if one.isVisible():
                for key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                    way = partial(self._choose, one, key)
                    yield Way(f"the key {key.name} in {one.accessibleName()!r}", way)

    async def _choose(self, box: QComboBox, key: Qt.Key) -> None:
        box.setFocus()
        await self.hands.press(key)

    def _news(self) -> Iterator[Way]:
        yield Way("news of the people", self._hear_of_people)
        yield Way("news of the stores", self._hear_of_stores)

    async def _hear_of_people(self) -> None:
        self.hands.client.entrance.look_again()

    async def _hear_of_stores(self) -> None:
        client = self.hands.client
        client._on_stores(client.stores[::-1])

    async def _try(self, at: int, way_at: int, text: str, is_data: bool) -> None:
        screen, ways = self._root, self._ways()
        if way_at >= len(ways) or at >= len(self._fields()):
            return
        way, text = ways[way_at], another(text)
        editor = await self._type(at, text)
        self.tried += 1
        await way.act()
        await self._rest()
        problem = ""
        if self._written:
            problem = "" if self._written == [text] else f"was taken for {self._written}"
        elif self._root is not screen:
            problem = "is gone with the sign-in"
        elif text_in(editor) != text and not error_of(editor):
            problem = "is gone without a word"
        if problem:
            self.failures.append(f"{name_of(editor)}: {text!r} {problem} after {way.name}")
        if self._written or self._root is not screen:
            await self._anew()
