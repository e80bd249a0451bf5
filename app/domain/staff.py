"""The people who work in a store: who may sign in, what a PIN and a badge are, and who keeps them.

A store of whose people nobody could sign in is open to everybody, as one without people is.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from app.domain.entities import Profile, Role
from app.domain.errors import InvalidInputError
from app.domain.keyboards import LAYOUTS
from app.domain.names import parse_name
from connector_config.errors import UserError
from connector_config.wording import counted

SHORTEST_PIN: Final = 4
LONGEST_PIN: Final = 12
FREE_GUESSES: Final = 3
"""So many wrong PINs in a row cost a person no time."""
LONGEST_WAIT: Final = timedelta(minutes=5)
_FIRST_WAIT: Final = timedelta(seconds=5)
_FORGOTTEN_AFTER: Final = timedelta(hours=24)

# No GTIN is as long, and no application identifier of GS1 begins so. Only digits, which nearly
# every keyboard layout leaves as they are.
BADGE_START: Final = "77"
BADGE_DIGITS: Final = 24
BADGE_RANDOM: Final = BADGE_DIGITS - len(BADGE_START) - 1
"""Digits of a badge that are chosen by chance: 70 bits, which nobody tries out."""
_BADGE_SALT: Final = "zava badge "


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a store; one who works in several is the same `person_id` in each.

    `stores` are all those in which the person works, the one of this document too, as far as it
    says. `fault` is a sentence where the document is faulty; then nobody signs in with it.
    """

    store_id: str
    staff_id: str
    person_id: str
    name: str
    role: Role
    active: bool = True
    has_pin: bool = False
    has_badge: bool = False
    stores: tuple[str, ...] = ()
    fault: str = ""

    @property
    def may_sign_in(self) -> bool:
        """Whether this person can come in with a PIN or a badge."""
        return self.active and not self.fault and (self.has_pin or self.has_badge)

    @property
    def manages(self) -> bool:
        """Whether this person can keep the people of the store."""
        return self.may_sign_in and self.role is Role.MANAGER

    @property
    def key(self) -> dict[str, str]:
        """The fields of its id."""
        return {"store_id": self.store_id, "staff_id": self.staff_id}

    @property
    def profile(self) -> Profile:
        """Who is signed in once this person has come in."""
        return Profile(self.store_id, self.role, self.name, self.person_id, self.stores)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody does not come in, as a sentence; `until` is when another try is heard."""

    sentence: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Guesses:
    """Wrong PINs in a row for one person on one device, and when the last one was."""

    wrong: int = 0
    last: datetime | None = None

    def blocked_until(self, now: datetime) -> datetime | None:
        """When another PIN is looked at; None for now.

        What was noted far ahead of `now` holds nobody up: the clock was set back.
        """
        over = self.now_wrong(now) - FREE_GUESSES
        if over < 0 or self.last is None or self.last - now > LONGEST_WAIT:
            return None
        # Shifts of a number that grows without end would not fit any more.
        until = self.last + min(_FIRST_WAIT * (1 << min(over, 16)), LONGEST_WAIT)
        return until if until > now else None

    def now_wrong(self, now: datetime) -> int:
        """How many count at this moment: after a day of none they are forgotten."""
        old = self.last is not None and now - self.last > _FORGOTTEN_AFTER
        return 0 if old else self.wrong

    def another(self, now: datetime) -> Guesses:
        """With one more wrong PIN."""
        return Guesses(self.now_wrong(now) + 1, now)


def is_open(people: Iterable[Person]) -> bool:
    """Whether a store with these people lets everybody in: none of them could sign in."""
    return not any(one.may_sign_in for one in people)


def wait_text(until: datetime, now: datetime) -> str:
    """The sentence that says how long to wait, and what works at once."""
    seconds = max(1, round((until - now).total_seconds()))
    said = counted(seconds, "second")
    if seconds >= 120:
        said = counted(-(-seconds // 60), "minute")
    return f"Too many wrong PINs: try again in {said}, or scan your badge."


def parse_pin(text: str) -> str:
    """The digits of a typed PIN, in ASCII; raises InvalidInputError for what no PIN may be."""
    pin = read_pin(text)
    if pin is None:
        raise InvalidInputError("pin", "PIN: type digits only, 4 to 12 of them.")
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        raise InvalidInputError(
            "pin", f"PIN: it has {counted(len(pin), 'digit')}, and needs 4 to 12."
        )
    if why := _easy(pin):
        raise InvalidInputError("pin", f"PIN: {why} is what others try first; choose another one.")
    return pin


def read_pin(text: str) -> str | None:
    """The digits of a typed text in ASCII, whatever script they are in; None where it has others.

    Blanks do not count.
    """
    digits = [unicodedata.decimal(char, None) for char in "".join(text.split())]
    return None if None in digits else "".join(map(str, digits))


def _easy(pin: str) -> str:
    """What makes a PIN one that is guessed first; empty where nothing does."""
    steps = {(int(after) - int(one)) % 10 for one, after in pairwise(pin)}
    if steps == {0}:
        return "the same digit again and again"
    if steps in ({1}, {9}):
        return "a row of digits"
    for length in (2, 3):
        part = pin[:length]
        if len(pin) % length == 0 and len(pin) > length and part * (len(pin) // length) == pin:
            return f"{part} again and again"
    if pin == pin[0] * (len(pin) // 2) + pin[-1] * (len(pin) - len(pin) // 2):
        return "two digits, each in a row"
    return ""


def new_badge(digits: str) -> str:
    """The code of a badge with these BADGE_RANDOM digits, which chance has chosen."""
    if len(digits) != BADGE_RANDOM or not (digits.isascii() and digits.isdecimal()):
        raise ValueError(f"A badge has {BADGE_RANDOM} digits of its own.")
    return f"{BADGE_START}{digits}{_check_digit(BADGE_START + digits)}"


def read_badge(text: str) -> str | None:
    """The code of a badge in a scanned text; None where it is no badge of ours.

    A symbology identifier in front and what a wrong keyboard layout made of it do no harm.
    """
    scanned = text.strip()
    if scanned.startswith("]") and len(scanned) == BADGE_DIGITS + 3:
        scanned = scanned[3:]
    if len(scanned) != BADGE_DIGITS:
        return None
    meant = (layout.as_meant(scanned) for layout in LAYOUTS)
    return next((one for one in (scanned, *filter(None, meant)) if _is_badge(one)), None)


def badge_hash(code: str) -> str:
    """What is kept of the code of a badge.

    It has 70 bits of chance, so that a quick hash keeps it as well as a slow one would.
    """
    return hashlib.sha256(f"{_BADGE_SALT}{code}".encode()).hexdigest()


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, however they are typed."""
    return _folded(one) == _folded(other)


def parse_person_name(text: str, people: Iterable[Person], but: str = "") -> str:
    """A typed name; raises InvalidInputError where it is none, or another active person's.

    What is done is kept with the name, so no two people of a store have the same. `but` is the id
    of the person who is meant.
    """
    name = unicodedata.normalize("NFC", parse_name("name", "Name", text))
    if not name:
        raise InvalidInputError("name", "Name: type what the person is called.")
    for one in people:
        if one.active and one.person_id != but and same_name(one.name, name):
            raise InvalidInputError(
                "name", f"Name: {one.name} works here already; add the last name, or a letter."
            )
    return name


def check_kept(people: Collection[Person], after: Collection[Person]) -> None:
    """Raise UserError where a store's people had a manager who can sign in, and then have none.

    `people` are as they are, `after` as they would be.
    """
    managed = any(one.manages for one in people)
    if managed and not any(one.manages for one in after):
        raise UserError(
            "This is the last manager who can sign in: make somebody else a manager first."
        )


def check_first(people: Iterable[Person], role: Role) -> None:
    """Raise InvalidInputError unless the first person of a store is a manager.

    From then on only a manager can add others.
    """
    if is_open(people) and role is not Role.MANAGER:
        raise InvalidInputError("role", "Role: begin with a manager, who then adds the others.")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()


def _is_badge(text: str) -> bool:
    return (
        text.isascii()
        and text.isdecimal()
        and text.startswith(BADGE_START)
        and text[-1] == _check_digit(text[:-1])
    )


def _check_digit(payload: str) -> str:
    """The check digit of GS1: a badge that was read wrongly is no other person's."""
    odd, even = payload[-1::-2], payload[-2::-2]
    return str(-(3 * sum(map(int, odd)) + sum(map(int, even))) % 10)
