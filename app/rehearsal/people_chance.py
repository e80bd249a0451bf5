"""Draws steps with people, their word, and customers who are one person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from app.rehearsal.customer_steps import CustomerStep, Merge, TidyCustomers
from app.rehearsal.people_steps import Hire, PeopleStep, SendAway, TakeMuch
from app.rehearsal.steps import CUSTOMERS

Moment = list[PeopleStep | CustomerStep]
"""What happens at the same time."""

# Few, so that several add the same one, and one sends away whom another one asks.
_MANAGERS: Final = ("Mia", "Max")
_OTHERS: Final = ("Wes", "Rob")


class PeopleDealer:
    """Draws from a chance of its own: without its steps a schedule is what its seed always gave."""

    def __init__(self, seed: int, stores: Mapping[str, str]) -> None:
        self._random = Random(f"people {seed} {sorted(stores.items())}")
        self._names = list(stores)

    def moment(self) -> Moment:
        """Draw what happens with people before the next moment of a schedule: mostly nothing."""
        kinds: dict[Callable[[], Moment], float] = {
            self._nothing: 10,
            self._hire: 0.7,
            self._send_away: 0.7,
            self._take_much: 1.5,
            self._merge: 1,
            self._tidy: 0.7,
        }
        return self._random.choices(list(kinds), list(kinds.values()))[0]()

    def _nothing(self) -> Moment:
        return []

    def _hire(self) -> Moment:
        person, role = self._random.choice(self._everybody())
        return [
            Hire.model_validate({"do": "hire", "peer": peer, "person": person, "role": role})
            for peer in self._some()
        ]

    def _send_away(self) -> Moment:
        return [
            SendAway(do="send_away", peer=peer, person=self._random.choice(self._everybody())[0])
            for peer in self._some()
        ]

    def _take_much(self) -> Moment:
        words = (None, *_MANAGERS, _OTHERS[0])
        return [
            TakeMuch(
                do="take_much",
                peer=peer,
                item=self._random.randint(1, 5),
                word=self._random.choice(words),
            )
            for peer in self._some()
        ]

    def _merge(self) -> Moment:
        """Several merge the same two at once, maybe the one into the other and back."""
        one, other = self._random.sample(range(1, CUSTOMERS + 1), 2)
        return [
            Merge(do="merge", peer=peer, customer=kept, other=gone)
            for peer in self._some()
            for kept, gone in [self._random.sample((one, other), 2)]
        ]

    def _tidy(self) -> Moment:
        return [TidyCustomers(do="tidy_customers", peer=peer) for peer in self._some()]

    def _some(self) -> list[str]:
        return self._random.sample(self._names, self._random.randint(1, min(2, len(self._names))))

    def _everybody(self) -> list[tuple[str, str]]:
        managers = [(name, "manager") for name in _MANAGERS]
        return [*managers, *zip(_OTHERS, ("worker", "rep"), strict=True)]
