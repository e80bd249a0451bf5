"""The workplaces of this device: the shown one, and those that people left locked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.config.dependencies import Shift
from app.domain.entities import Profile
from app.opening import OpenStore
from app.ui.core.dialogs import PutAway


@dataclass(eq=False, slots=True)
class SignedIn:
    """Somebody at work in a store."""

    profile: Profile
    place: OpenStore
    shift: Shift


class Shifts:
    """Who is at work on this device: one person at the window, others behind the lock.

    Who comes back finds everything as it was left. Once somebody else comes in, only those stay of
    whom something typed would be lost.
    """

    def __init__(self) -> None:
        self.current: SignedIn | None = None
        self._locked: dict[str, SignedIn] = {}

    @property
    def place(self) -> OpenStore | None:
        """The store that is open: of the one at the window, or of those behind the lock."""
        everybody = [*filter(None, (self.current,)), *self._locked.values()]
        return everybody[0].place if everybody else None

    def lock(self, asked: Sequence[PutAway]) -> None:
        """Leave the workplace, if somebody is at it, as it is behind the lock, with its dialogs."""
        left, self.current = self.current, None
        if left is not None:
            left.shift.workplace.suspend(asked)
            self._locked[left.profile.person_id] = left

    def unlock(self, profile: Profile) -> SignedIn | None:
        """The workplace that somebody left locked, as they are now; None where there is none."""
        left = self._locked.pop(profile.person_id, None) if profile.person_id else None
        if left is None:
            return None
        if left.profile != profile:
            # Another store, another role: that is another workplace.
            self._locked[profile.person_id] = left
            self._drop(left)
            return None
        self.current = left
        return left

    def enter(self, one: SignedIn) -> None:
        """Somebody came in; of the others only those stay who would lose something."""
        self.current = one
        for left in list(self._locked.values()):
            if left.shift.workplace.is_idle:
                self._drop(left)

    def leave(self) -> None:
        """End the shift at the window."""
        left, self.current = self.current, None
        if left is not None:
            self._end(left)

    def close(self) -> None:
        """End all of them."""
        self.leave()
        for left in list(self._locked.values()):
            self._drop(left)

    def _drop(self, left: SignedIn) -> None:
        """End a shift behind the lock, whose workplace no window shows or takes away."""
        del self._locked[left.profile.person_id]
        self._end(left)
        left.shift.workplace.deleteLater()

    def _end(self, left: SignedIn) -> None:
        left.shift.close()
        its = (self.current, *self._locked.values())
        if not any(one is not None and one.place is left.place for one in its):
            left.place.opened.close()
