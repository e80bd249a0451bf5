"""The door of this device: who works in its stores, and whether somebody is one of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.data.staff.staff import People, StaffRepository
from app.data.staff.verifying import Verifier
from app.data.store.session import Session
from app.data.store.unit_of_work import Written
from app.domain.entities import Profile
from app.domain.staff import Person, is_open
from app.ui.core.tasks import begin
from connector_config.schema.collections import STAFF


class Door(QObject):
    """Knows the people of all stores on this device; `changed` tells of others than before.

    `verifier` tells who somebody is. `kept_here` are the stores whose people were changed on this
    device since somebody signed in.
    """

    changed = Signal()

    def __init__(self, session: Session, now: Callable[[], datetime], parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._staff = StaffRepository(session, now)
        self.verifier = Verifier(session, now)
        self.people: People = {}
        self.kept_here: set[str] = set()
        self._following = ExitStack()

    async def open(self, *, hears_others: bool) -> None:
        """Read who there is, and follow it: what is done here, and where others are, theirs too."""
        await self._read()
        self._following.callback(self._session.on_written(self._on_written))
        if hears_others:
            self._following.callback(self._staff.watch_all(self._on_people))

    def close(self) -> None:
        """Stop following."""
        self._following.close()

    def is_open(self, store_id: str) -> bool:
        """Whether a store lets everybody in."""
        return is_open(self.people.get(store_id, ()))

    def person_in(self, profile: Profile, store_id: str) -> Person | None:
        """Somebody who is signed in as a person of another store; None where unknown there."""
        found = (
            one
            for one in self.people.get(store_id, ())
            if profile.person_id and one.person_id == profile.person_id and one.may_sign_in
        )
        return next(found, None)

    def _on_people(self, people: People) -> None:
        if self._session.busy:
            # A live query may tell of a write of this device before it is `kept_here`.
            begin(self._read())
        else:
            self._show(people)

    async def _read(self) -> None:
        await self._session.written()
        self._show(await self._staff.everybody())

    def _show(self, people: People) -> None:
        if people != self.people:
            self.people = people
            self.changed.emit()

    def _on_written(self, written: Written) -> None:
        ids = [one.document_id for one in written.touched if one.collection == STAFF]
        if ids:
            self.kept_here.update(str(one["store_id"]) for one in ids)
            begin(self._read())
