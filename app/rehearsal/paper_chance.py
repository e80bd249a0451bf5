"""Draws steps with papers: in parts, at once, and by peers that do not know of each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from app.rehearsal.paper_steps import (
    Arrived,
    BeginCount,
    BeginReceipt,
    Choose,
    CountIn,
    PaperStep,
    PostCount,
    PostReceipt,
    Request,
    Ship,
    TakeBack,
    TakeIn,
    Tidy,
    UndoReceipt,
)
from app.rehearsal.steps import STORES, Sell, StoreId

_T = TypeVar("_T")

Moment = list[PaperStep | Sell]
"""What happens at the same time."""


@dataclass(slots=True)
class _Transfer:
    sender: StoreId
    lines: dict[int, int]


@dataclass(slots=True)
class _Take:
    store: str
    counted: list[tuple[int, str]] = field(default_factory=list)


class PaperDealer:
    """Knows which papers were begun, so that most steps find one."""

    def __init__(self, random: Random, stores: Mapping[str, str]) -> None:
        self._random = random
        self._stores = stores
        self._transfers: dict[str, _Transfer] = {}
        self._receipts: dict[str, str] = {}
        self._takes: dict[str, _Take] = {}
        self._numbers = 0

    def moments(self, alive: list[str]) -> list[Moment]:
        """Draw the next thing to do with papers, by peers that are alive."""
        kinds = {
            self._send: 3.0,
            self._ship_at_once: 1.0 * bool(self._transfers),
            self._arrive: 4.0 * bool(self._transfers),
            self._take_back: 2.0 * bool(self._transfers),
            self._fill_in: 1.5,
            self._press: 2.0 * bool(self._receipts),
            self._count: 3.0,
            self._post: 2.5 * bool(self._takes),
            self._tidy: 1.5,
        }
        return self._random.choices(list(kinds), list(kinds.values()))[0](alive)

    def _send(self, alive: list[str]) -> list[Moment]:
        maker = self._random.choice(alive)
        own = self._random.random() < 0.75
        sender = STORES[(self._stores[maker] == STORES[0]) != own]
        lines = {
            self._item(): self._random.randint(1, 6) for _ in range(self._random.randint(1, 3))
        }
        name = self._name("transfer")
        self._transfers[name] = _Transfer(sender, lines)
        asked = Request(do="request", peer=maker, paper=name, from_store=sender, lines=lines)
        return [[asked], [self._ship(maker, name)]] if own else [[asked]]

    def _ship_at_once(self, alive: list[str]) -> list[Moment]:
        name, transfer = self._any(self._transfers)
        return [[self._ship(peer, name) for peer in self._two(alive, transfer.sender)]]

    def _ship(self, peer: str, name: str) -> Ship:
        lines = dict(self._transfers[name].lines)
        if self._random.random() < 0.4:
            lines = {item: self._random.randint(1, quantity) for item, quantity in lines.items()}
        twice, below = self._random.random() < 0.3, self._random.random() < 0.5
        return Ship(do="ship", peer=peer, paper=name, lines=lines, twice=twice, below_zero=below)

    def _arrive(self, alive: list[str]) -> list[Moment]:
        name, transfer = self._any(self._transfers)
        store = STORES[transfer.sender == STORES[0]]
        moment: Moment = [self._take_in(peer, name) for peer in self._two(alive, store)]
        if self._random.random() < 0.3:
            moment += [
                TakeBack(do="take_back", peer=peer, paper=name)
                for peer in self._two(alive, transfer.sender)
            ]
        return [moment]

    def _take_in(self, peer: str, name: str) -> TakeIn:
        receipt = self._name("box")
        self._receipts[receipt] = self._stores[peer]
        lines = {item: self._arrived(most) for item, most in self._transfers[name].lines.items()}
        return TakeIn(do="take_in", peer=peer, paper=receipt, transfer=name, lines=lines)

    def _arrived(self, most: int) -> Arrived:
        received = self._random.randint(0, most)
        damaged = self._random.randint(0, received) if self._random.random() < 0.2 else 0
        missing = self._random.randint(0, most - received)
        return Arrived(received=received, damaged=damaged, missing=missing)

    def _take_back(self, alive: list[str]) -> list[Moment]:
        name, transfer = self._any(self._transfers)
        twice = self._random.random() < 0.3
        return [
            [
                TakeBack(do="take_back", peer=peer, paper=name, twice=twice)
                for peer in self._two(alive, transfer.sender)
            ]
        ]

    def _fill_in(self, alive: list[str]) -> list[Moment]:
        peer, name = self._random.choice(alive), self._name("box")
        against = [key for key, one in self._transfers.items() if one.sender != self._stores[peer]]
        transfer = self._random.choice(against) if against and self._random.random() < 0.5 else None
        lines = {self._item(): self._arrived(5) for _ in range(self._random.randint(1, 2))}
        self._receipts[name] = self._stores[peer]
        return [
            [
                BeginReceipt(
                    do="begin_receipt", peer=peer, paper=name, transfer=transfer, lines=lines
                )
            ]
        ]

    def _press(self, alive: list[str]) -> list[Moment]:
        name, store = self._any(self._receipts)
        twice = self._random.random() < 0.4
        peers = self._two(alive, store)
        if self._random.random() < 0.65:
            return [
                [PostReceipt(do="post_receipt", peer=one, paper=name, twice=twice) for one in peers]
            ]
        return [
            [UndoReceipt(do="undo_receipt", peer=one, paper=name, twice=twice) for one in peers]
        ]

    def _count(self, alive: list[str]) -> list[Moment]:
        open_ = [name for name, take in self._takes.items() if self._two(alive, take.store)]
        if open_ and self._random.random() < 0.6:
            return [self._count_in(alive, self._random.choice(open_))]
        peer, name = self._random.choice(alive), self._name("count")
        self._takes[name] = _Take(self._stores[peer])
        begun = BeginCount(do="begin_count", peer=peer, paper=name)
        return [[begun], self._count_in([peer], name)]

    def _count_in(self, alive: list[str], name: str) -> Moment:
        take, item = self._takes[name], self._item()
        moment: Moment = []
        for peer in self._two(alive, take.store):
            take.counted.append((item, peer))
            counted = self._random.randint(0, 12)
            moment.append(CountIn(do="count_in", peer=peer, paper=name, item=item, counted=counted))
        return moment + self._sold_meanwhile(alive, take.store, item)

    def _post(self, alive: list[str]) -> list[Moment]:
        name, take = self._any(self._takes)
        choices = list(dict(take.counted).items())
        peers = self._two(alive, take.store)
        moments: list[Moment] = [
            [Choose(do="choose", peer=peer, paper=name, item=item, of=of)]
            for item, of in choices
            for peer in peers[:1]
        ]
        twice = self._random.random() < 0.3
        posted: Moment = [
            PostCount(do="post_count", peer=peer, paper=name, twice=twice) for peer in peers
        ]
        item = choices[0][0] if choices else self._item()
        return [*moments, posted + self._sold_meanwhile(alive, take.store, item)]

    def _sold_meanwhile(self, alive: list[str], store: str, item: int) -> Moment:
        return [
            Sell(do="sell", peer=peer, item=item, quantity=1, below_zero=True)
            for peer in self._two(alive, store)
            if self._random.random() < 0.4
        ]

    def _tidy(self, alive: list[str]) -> list[Moment]:
        return [[Tidy(do="tidy", peer=self._random.choice(alive))]]

    def _two(self, alive: list[str], store: str) -> list[str]:
        """One or two of a store; nobody where nobody is there."""
        there = [name for name in alive if self._stores[name] == store]
        return self._random.sample(there, min(len(there), self._random.randint(1, 2)))

    def _item(self) -> int:
        return self._random.randint(1, 5)

    def _name(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind}{self._numbers}"

    def _any(self, papers: Mapping[str, _T]) -> tuple[str, _T]:
        # Mostly one of the last.
        return self._random.choice(list(papers.items())[-3:])
