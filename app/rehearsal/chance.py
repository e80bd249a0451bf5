"""Draws schedules by chance: the same seed number gives the same schedule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from app.rehearsal.code_chance import CodeDealer
from app.rehearsal.paper_chance import PaperDealer
from app.rehearsal.people_chance import PeopleDealer
from app.rehearsal.schedule import Action, AtOnce, Operation, Schedule, Step
from app.rehearsal.steps import (
    CUSTOMERS,
    ITEMS,
    STORES,
    Count,
    Kill,
    Look,
    MongodbAway,
    MongodbBack,
    Move,
    Note,
    Offline,
    Online,
    Order,
    Pause,
    Receive,
    Rename,
    Sell,
    Start,
    StoreId,
    Undo,
)
from connector_config.wording import counted

NAMES: Final = (
    *("ann", "bob", "cem", "dan", "eva", "fay", "gus", "hal"),
    *("ida", "joe", "kim", "leo", "mia", "ned", "ola", "pam"),
)

# Few or none on hand, because that is where two who sell at once meet.
_ON_HAND: Final = (0, 1, 1, 2, 3, 8, 40)
_MOMENTS: Final = (10, 20)

POWER_CUTS: Final = 0.35
"""How much moments with a power cut weigh, where nobody wants more of them."""


def draw_stores(season: int, peers: int) -> dict[str, str]:
    """Draw so many peers and their stores; the first two are of the same store."""
    random = Random(f"stores {season}")
    return {
        name: STORES[0] if at < 2 else random.choice(STORES)
        for at, name in enumerate(NAMES[:peers])
    }


def draw(seed: int, stores: Mapping[str, str], power_cuts: float = POWER_CUTS) -> Schedule:
    """Draw a schedule for the peers of `stores`; the kinds of moments weigh about 30 in all."""
    random = Random(f"{seed} {sorted(stores.items())}")
    stock = {item: random.choice(_ON_HAND) for item in range(1, ITEMS + 1)}
    dealer, codes = _Dealer(random, stores, power_cuts), CodeDealer(seed, stores)
    people = PeopleDealer(seed, stores)
    steps: list[Step] = []
    for _ in range(random.randint(*_MOMENTS)):
        if moment := codes.moment():
            steps.append(AtOnce(do="at_once", steps=[*moment]))
        if together := people.moment():
            steps.append(AtOnce(do="at_once", steps=[*together]))
        steps += dealer.moment()
    about = f"Drawn by chance from seed {seed} for {counted(len(stores), 'peer')}"
    return Schedule.model_validate(
        {"about": about, "peers": dict(stores), "stock": stock, "steps": steps}
    )


class _Dealer:
    """Knows who is there, so that a schedule makes sense."""

    def __init__(self, random: Random, stores: Mapping[str, str], power_cuts: float) -> None:
        self._random = random
        self._stores = stores
        self._power_cuts = power_cuts
        self._offline: set[str] = set()
        self._dead: set[str] = set()
        self._away = False
        self._numbers = 0
        self._papers = PaperDealer(random, stores)

    def moment(self) -> list[Step]:
        """The next steps."""
        kinds: dict[Callable[[], list[Step]], float] = {
            self._work: 6,
            self._paperwork: 7,
            self._last_one: 2,
            self._count_while_sold: 2,
            self._move_while_noted: 2,
            self._quarrel: 1,
            self._undo_twice: 1,
            self._cut_or_restore: 4,
            self._pause: 2,
            self._power_cut: self._power_cuts,
            self._mongodb: 0.5 if not self._away else 3,
        }
        steps = self._random.choices(list(kinds), list(kinds.values()))[0]()
        for name in sorted(self._dead):
            if self._random.random() < 0.5:
                self._dead.discard(name)
                self._offline.discard(name)
                steps.append(Start(do="start", peer=name))
        return steps

    def _work(self) -> list[Step]:
        return [self._at_once([self._any() for _ in range(self._random.randint(1, 5))])]

    def _paperwork(self) -> list[Step]:
        alive = [name for name in self._stores if name not in self._dead]
        moments = self._papers.moments(alive)
        return [self._at_once([*steps]) for steps in moments if steps]

    def _last_one(self) -> list[Step]:
        item = self._item()
        return [
            self._at_once(
                [Sell(do="sell", peer=name, item=item, quantity=1) for name in self._two()]
            )
        ]

    def _count_while_sold(self) -> list[Step]:
        first, second = self._two()
        item = self._item()
        counted = self._random.randint(0, 12)
        sold = Sell(do="sell", peer=second, item=item, quantity=self._random.randint(1, 3))
        return [
            Look(do="look", peer=first, item=item),
            self._at_once([Count(do="count", peer=first, item=item, counted=counted), sold]),
        ]

    def _move_while_noted(self) -> list[Step]:
        one, two = self._two()
        item = self._item()
        return [self._at_once([self._move(one, item), self._note(two, item)])]

    def _quarrel(self) -> list[Step]:
        """Two edit the same item over and over, while one of them comes and goes."""
        first, second = self._two()
        item = self._item()
        self._offline.discard(second)
        steps: list[Action] = [
            edit(name, item, self._random.randint(0, 40))
            for name in (first, second)
            for edit in (self._move, self._note, self._note)
        ]
        steps.append(Offline(do="offline", peer=second, after=self._random.randint(0, 20)))
        steps.append(Online(do="online", peer=second, after=self._random.randint(21, 40)))
        return [self._at_once(steps)]

    def _undo_twice(self) -> list[Step]:
        one, two = self._two()
        return [self._at_once([Undo(do="undo", peer=one), Undo(do="undo", peer=two, of=one)])]

    def _cut_or_restore(self) -> list[Step]:
        name = self._alive()
        if name in self._offline:
            self._offline.discard(name)
            return [Online(do="online", peer=name)]
        self._offline.add(name)
        return [Offline(do="offline", peer=name)]

    def _pause(self) -> list[Step]:
        return [Pause(do="pause", milliseconds=self._random.randint(5, 80))]

    def _power_cut(self) -> list[Step]:
        if len(self._dead) + 1 >= len(self._stores):
            return self._work()
        name = self._alive()
        writes = [self._any(name) for _ in range(self._random.randint(1, 4))]
        others = [self._any() for _ in range(2)]
        self._dead.add(name)
        return [
            self._at_once(
                [*writes, Kill(do="kill", peer=name, after=self._random.randint(0, 12)), *others]
            )
        ]

    def _mongodb(self) -> list[Step]:
        self._away = not self._away
        if not self._away:
            return [MongodbBack(do="mongodb_back")]
        how = "kill" if self._random.random() < 0.25 else "step_down"
        return [MongodbAway(do="mongodb_away", how="kill" if how == "kill" else "step_down")]

    def _any(self, name: str | None = None) -> Operation:
        random = self._random
        peer = name or self._alive()
        item = self._item()
        # Mostly of one's own store; the stock of another one follows by another road.
        store = self._elsewhere(peer) if random.random() < 0.1 else None
        quantity = random.randint(1, 4)
        kind = random.choices(
            ("sell", "receive", "count", "move", "note", "undo", "rename", "order"),
            (5, 3, 1, 2, 2, 2, 1, 2),
        )[0]
        if kind == "sell":
            below = random.random() < 0.2
            return Sell(
                do="sell", peer=peer, item=item, quantity=quantity, below_zero=below, store=store
            )
        if kind == "receive":
            return Receive(do="receive", peer=peer, item=item, quantity=quantity, store=store)
        if kind == "count":
            return Count(do="count", peer=peer, item=item, counted=random.randint(0, 12))
        if kind == "move":
            return self._move(peer, item)
        if kind == "note":
            return self._note(peer, item)
        if kind == "undo":
            return Undo(do="undo", peer=peer)
        if kind == "rename":
            customer = random.randint(1, CUSTOMERS)
            return Rename(
                do="rename", peer=peer, customer=customer, first_name=f"Name {self._number()}"
            )
        lines = {self._item(): random.randint(1, 3) for _ in range(random.randint(1, 3))}
        return Order(do="order", peer=peer, customer=random.randint(1, CUSTOMERS), lines=lines)

    def _elsewhere(self, peer: str) -> StoreId:
        return STORES[1] if self._stores[peer] == STORES[0] else STORES[0]

    def _move(self, peer: str, item: int, after: int = 0) -> Move:
        code = f"{self._random.randint(1, 9)}{self._random.choice('ABCD')}-{self._number()}"
        return Move(do="move", peer=peer, item=item, to=code, after=after)

    def _note(self, peer: str, item: int, after: int = 0) -> Note:
        text = f"Note {self._number()}"
        return Note(do="note", peer=peer, item=item, text=text, after=after)

    def _number(self) -> int:
        """Every text and place is another one, so that it tells who wrote it."""
        self._numbers += 1
        return self._numbers

    def _item(self) -> int:
        # A few items are worked by everybody.
        return self._random.randint(1, self._random.choice((3, ITEMS)))

    def _alive(self) -> str:
        return self._random.choice([name for name in self._stores if name not in self._dead])

    def _two(self) -> tuple[str, str]:
        """Two of the same store, or the same one twice where there is nobody else."""
        peer = self._alive()
        others = [
            name
            for name, store in self._stores.items()
            if name != peer and name not in self._dead and store == self._stores[peer]
        ]
        return peer, self._random.choice(others) if others else peer

    def _at_once(self, steps: list[Action]) -> AtOnce:
        return AtOnce(do="at_once", steps=steps)
