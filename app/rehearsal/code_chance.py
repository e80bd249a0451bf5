"""Draws steps with codes of products, beside everything else."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Final

from app.rehearsal.code_steps import CodeStep, ScanPack, Teach, Unteach

Moment = list[CodeStep]
"""What happens at the same time."""

# Few, so that they meet; one of them is a GTIN.
_CODES: Final = ("CRATE-A", "CRATE-B", "CRATE-C", "4006381333931")


class CodeDealer:
    """Draws from a chance of its own: without its steps a schedule is what its seed always gave."""

    def __init__(self, seed: int, stores: Mapping[str, str]) -> None:
        self._random = Random(f"codes {seed} {sorted(stores.items())}")
        self._names = list(stores)

    def moment(self) -> Moment:
        """Draw what happens with codes before the next moment of a schedule: mostly nothing."""
        kinds = {
            self._nothing: 7,
            self._teach: 2,
            self._teach_apart: 1,
            self._scan: 3,
            self._take_back: 0.7,
        }
        return self._random.choices(list(kinds), list(kinds.values()))[0]()

    def _nothing(self) -> Moment:
        return []

    def _teach(self) -> Moment:
        peer, code = self._peer(), self._code()
        return [self._taught(peer, code), self._scanned(peer, code), self._scanned()]

    def _teach_apart(self) -> Moment:
        """Several teach the same code, mostly for different products."""
        code, many = self._code(), min(2, len(self._names))
        return [self._taught(peer, code) for peer in self._random.sample(self._names, many)]

    def _scan(self) -> Moment:
        return [self._scanned() for _ in range(self._random.randint(1, 3))]

    def _take_back(self) -> Moment:
        return [Unteach(do="unteach", peer=self._peer(), code=self._code())]

    def _taught(self, peer: str, code: str) -> Teach:
        item, units = self._random.randint(1, 5), self._random.choice((1, 6, 12))
        how = self._random.choices(("first", "beside", "instead"), (3, 1, 2))[0]
        return Teach.model_validate(
            {"do": "teach", "peer": peer, "code": code, "item": item, "units": units, "how": how}
        )

    def _scanned(self, peer: str = "", code: str = "") -> ScanPack:
        return ScanPack(
            do="scan",
            peer=peer or self._peer(),
            code=code or self._code(),
            into=self._random.choice(("receive", "order", "count")),
            packs=self._random.randint(1, 3),
        )

    def _peer(self) -> str:
        return self._random.choice(self._names)

    def _code(self) -> str:
        return self._random.choice(_CODES)
