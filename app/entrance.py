"""The entrance of the running program: who is let in, who takes over, and who is asked to leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.domain.entities import Profile
from app.domain.staff import Person, Refusal
from app.ui.core.command import Command
from app.ui.core.message import Message, problem
from app.ui.core.scan_words import BADGE_WAITS
from app.ui.core.sounds import Sound
from app.ui.shell.sign_in import SignInScreen

if TYPE_CHECKING:
    from app.client import Client

_Verify = Callable[[], Awaitable[Person | Refusal]]


class Entrance(QObject):
    """Lets people into a client whose door is open already.

    In a store without people a name is enough; else a PIN, or a badge, which also takes over from
    whoever is at work.
    """

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._client = client
        self._naming = Command(client.sign_in, self)
        self._verifying = Command(self._verify, self)
        self._moving = Command(self._move, self)
        for command in (self._naming, self._verifying, self._moving):
            command.failed.connect(client.show_problem)

    @property
    def running(self) -> bool:
        """Whether somebody is being looked at, or let in."""
        return self._naming.running or self._verifying.running or self._moving.running

    def serve(self, screen: SignInScreen) -> None:
        """Answer what is typed on a sign-in."""
        verifier = self._client.door.verifier
        screen.signed_in.connect(self._on_named)
        screen.pin_typed.connect(
            lambda *typed: self._verifying.execute(lambda: verifier.by_pin(*typed))
        )

    def move(self, profile: Profile) -> None:
        """Take somebody to another store, to the same screen, if they may work there."""
        self._moving.execute(profile)

    def take_badge(self, badge: str, covered: bool) -> None:
        """A badge was scanned; `covered` is whether something has to be answered first."""
        client = self._client
        signed_in, screen = client.signed_in, client.sign_in_screen
        if covered and signed_in is not None:
            client.sounds.play(Sound.REFUSED)
            signed_in.shift.workplace.scans.say(problem(BADGE_WAITS))
            return
        here = screen.store_id if screen is not None else ""
        store_id = signed_in.profile.store_id if signed_in is not None else here
        if store_id:
            verifier = client.door.verifier
            self._verifying.execute(lambda: verifier.by_badge(store_id, badge))

    def look_again(self) -> None:
        """The people of a store are others than before: by this device, or from elsewhere."""
        client = self._client
        if client.sign_in_screen is not None:
            client.sign_in_screen.show_people(client.door.people)
        if client.signed_in is None or self.running:
            return
        profile = client.signed_in.profile
        if profile.person_id:
            person = client.door.person_in(profile, profile.store_id)
            if person is None or person.role is not profile.role:
                client.lock()
            return
        # Who has just made the first ones goes on; others show who they are.
        asked = not client.door.is_open(profile.store_id)
        asked &= profile.store_id not in client.door.kept_here
        if asked and client.signed_in.shift.workplace.may_end():
            client.show_sign_in()

    def close(self) -> None:
        """Let nobody in any more."""
        for command in (self._naming, self._verifying, self._moving):
            command.cancel()

    def _on_named(self, profile: Profile) -> None:
        door, screen = self._client.door, self._client.sign_in_screen
        if door.is_open(profile.store_id):
            self._naming.execute(profile)
        elif screen is not None:
            screen.show_people(door.people)
            screen.show_problem("This store keeps its people: choose your name, and type the PIN.")

    async def _verify(self, verify: _Verify) -> None:
        client, screen = self._client, self._client.sign_in_screen
        if screen is not None:
            screen.show_checking()
        who = await verify()
        if isinstance(who, Person):
            if self._gives_way(who):
                client.sounds.play(Sound.KNOWN)
                await client.sign_in(who.profile)
            return
        client.sounds.play(Sound.REFUSED)
        if screen is not None:
            screen.show_refusal(who)
        elif client.workplace is not None:
            client.workplace.scans.say(problem(who.sentence))

    def _gives_way(self, who: Person) -> bool:
        """Whether whoever is at work makes way: what they do is kept for them, or taken in."""
        signed_in = self._client.signed_in
        if signed_in is None:
            return True
        if signed_in.profile == who.profile:
            signed_in.shift.workplace.scans.say(Message(f"You are {who.name} already."))
            return False
        if signed_in.profile.person_id:
            self._client.lock()
            return True
        return signed_in.shift.workplace.may_end()

    async def _move(self, profile: Profile) -> None:
        client = self._client
        if not client.door.is_open(profile.store_id):
            person = client.door.person_in(profile, profile.store_id)
            if person is None:
                client.show_sign_in()
                assert client.sign_in_screen is not None
                client.sign_in_screen.choose(profile.store_id)
                return
            profile = person.profile
        assert client.workplace is not None
        shown = client.workplace.shown
        client.workplace.setEnabled(False)
        client.leave()
        await client.sign_in(profile)
        client.workplace.show_again(shown)
