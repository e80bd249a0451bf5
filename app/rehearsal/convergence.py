"""Convergence, the moment when everybody has everything: not guessed, but proven by a mark."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.rehearsal.contents import contents, digest, scope_of_worker
from app.rehearsal.player import Player, all_of
from app.rehearsal.server import Server
from app.rehearsal.steps import STORES
from connector_config.mongodb.mapping import to_device
from connector_config.schema.collections import STORES as STORES_COLLECTION
from connector_config.wording import counted

COMPARED: Final = tuple({one.collection: None for one in scope_of_worker(STORES[0])})

# Differences that stay while nothing is under way any more do not go away by waiting.
_LOOKS: Final = 5
_marks = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Converged:
    """How long convergence took; where it never came, `stuck` has the known reasons.

    Where all are equal it has what is parked nevertheless.
    """

    seconds: float
    stuck: tuple[str, ...] = ()
    equal: bool = True


async def converge(players: Mapping[str, Player], server: Server, seconds: float) -> Converged:
    """Wait until all links are live, nothing waits to be sent, and all hold the same.

    A mark is put into MongoDB when nothing waits to be sent any more. Changes come in their order,
    so who has the mark has everything before it.
    """
    clock = asyncio.get_running_loop().time
    begun = clock()
    different = mark = 0
    states: dict[str, Any] = {}
    while (left := begun + seconds - clock()) > 0:
        states = await all_of(players, "settled", mark=mark, seconds=left)
        if not _all_have(states, mark):
            break
        # Anything may have come with the mark, so that there is something to send again.
        last, mark = mark, next(_marks)
        if last and await _equal(players, server):
            # What was wrong with a document is mended by now, too.
            return Converged(clock() - begun, tuple(_parked(states)))
        different += bool(last)
        if different == _LOOKS:
            why = (*_parked(states), "all is sent and received, and they are not equal")
            return Converged(clock() - begun, why, equal=False)
        server.database[STORES_COLLECTION].update_one(
            {"_id": STORES[0]}, {"$set": {"rehearsed": mark}}
        )
    return Converged(clock() - begun, tuple(_why(states, mark, seconds)), equal=False)


def held_by_mongodb(server: Server) -> dict[str, list[dict[str, Any]]]:
    """All documents that are compared, as a device would store them."""
    documents = server.documents(COMPARED)
    return {name: [to_device(name, one) for one in its] for name, its in documents.items()}


async def _equal(players: Mapping[str, Player], server: Server) -> bool:
    digests = await all_of(players, "digest")
    documents = held_by_mongodb(server)
    return all(
        digests[name] == digest(contents(player.scope, documents))
        for name, player in players.items()
    )


def _all_have(states: Mapping[str, Any], mark: int) -> bool:
    return all(
        state["phase"] == "live" and not state["pending"] and state["mark"] >= mark
        for state in states.values()
    )


def _why(states: Mapping[str, Any], mark: int, seconds: float) -> list[str]:
    why = _parked(states)
    for name, state in states.items():
        if state["phase"] != "live":
            why.append(f"after {seconds:g} s {name} is {state['phase']}: {state['reason']}")
        elif state["pending"]:
            why.append(
                f"after {seconds:g} s {name} has not sent {counted(state['pending'], 'document')}"
            )
        elif state["mark"] < mark:
            why.append(f"after {seconds:g} s {name} has not received the last change of MongoDB")
    return why or [f"it did not settle within {seconds:g} s"]


def _parked(states: Mapping[str, Any]) -> list[str]:
    return [f"{name} parked {one}" for name, state in states.items() for one in state["parked"]]
