"""Notes in the store of this device what MongoDB made of what was sent there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ditto import Ditto

from connector_config.link import store
from connector_config.link.inbox import OnItems
from connector_config.link.merge import merge, with_later_times
from connector_config.link.notes import Notes, Sent, echo_row
from connector_config.link.post import Answer, Letter
from connector_config.link.store import Body
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS
from connector_config.store.local_only import ECHOES, OUTBOX, PARKED
from connector_config.store.outbox import (
    Executes,
    PendingRow,
    body_of,
    different,
    from_stored,
    read_stored,
    text_of,
    to_stored,
)

Holds = Callable[[str, Mapping[str, Any]], bool]


class Answers:
    """Works in answers; `holds` says whether this device holds a document of a collection."""

    def __init__(
        self, ditto: Ditto, notes: Notes, holds: Holds, device_id: str, on_items: OnItems
    ) -> None:
        self._ditto = ditto
        self._notes = notes
        self._holds = holds
        self._device_id = device_id
        self._on_items = on_items
        self.stale: set[str] = set()
        """Items of other stores whose sums here may count a movement twice: it waited to be sent
        while MongoDB's sum had it.
        """

    def is_followed(self, answer: Answer) -> bool:
        """Whether the change stream tells of such a document at all."""
        name = answer.letter.row.collection
        return name == STOCK_MOVEMENTS or self._holds(name, answer.document)

    def expect(self, answers: Sequence[Answer], transaction: str) -> None:
        """Note which answers the change stream will come to, before they are committed.

        The stream may tell of a committed change at once. A transaction that is run anew may find
        another document, and end with another answer than the one before.
        """
        self.forget([answer.letter for answer in answers])
        for answer in answers:
            if answer.followed and self._will_be_told(answer):
                self._notes.posted[answer.letter.key] = transaction

    def forget(self, letters: Sequence[Letter]) -> None:
        """Stop expecting letters that were not committed."""
        for one in letters:
            self._notes.posted.pop(one.key, None)

    async def acknowledge(self, answers: Sequence[Answer], sent: Sent) -> None:
        """Work in answers to letters that MongoDB committed."""
        for answer in answers:
            self._notes.answered(answer.letter.key, sent)

        async def work(tx: Executes) -> None:
            still: list[Body] = []
            done = [answer for answer in answers if not self._was_told(answer, sent)]
            for name in sorted({answer.letter.row.collection for answer in done}):
                of_collection = [answer for answer in done if answer.letter.row.collection == name]
                # Of a movement the change stream tells, because stock moves with it.
                if name != STOCK_MOVEMENTS:
                    still += await self._settle(tx, name, of_collection)
                    await store.put_rows(tx, ECHOES, self._awaited(of_collection, sent))
                elif foreign := [one.letter for one in of_collection if self._is_foreign(one)]:
                    waiting = await read_stored(tx, OUTBOX, [one.row.key for one in foreign])
                    for letter in foreign:
                        if text_of(letter.row.key) not in waiting:
                            self._notes.forget(letter.key)
            await store.put_rows(tx, OUTBOX, still)
            kept = {text_of(row["_id"]) for row in still}
            keys = [answer.letter.row.key for answer in done]
            await store.drop_rows(tx, OUTBOX, [key for key in keys if text_of(key) not in kept])
            parked = [one.letter.row.key for one in answers if one.letter.key in self._notes.parked]
            await store.drop_rows(tx, PARKED, parked)

        if all(answer.letter.row.collection == STOCK_MOVEMENTS for answer in answers) and not any(
            map(self._is_foreign, answers)
        ):
            await work(self._ditto.store)  # one statement
        else:
            await store.transaction(self._ditto, work)
            rows = (answer.letter.row for answer in answers)
            self._on_items([one.document_id for one in rows if one.collection == INVENTORY])
        self.stale |= {
            str(mongo_id(INVENTORY, answer.document))
            for answer in answers
            if answer.was_there and self._is_foreign(answer)
        }
        self._notes.parked.difference_update(answer.letter.key for answer in answers)

    def _awaited(self, answers: Sequence[Answer], sent: Sent) -> list[Body]:
        """Rows of those that the change stream has not come to."""
        rows = [one.letter.row for one in answers if self._notes.sent.get(one.letter.key) == sent]
        return [echo_row(one.collection, one.document_id, sent, one.at) for one in rows]

    def _was_told(self, answer: Answer, sent: Sent) -> bool:
        """Whether the change stream has come to our change, and all is done, before this."""
        told = self._notes.sent.get(answer.letter.key) != sent
        return answer.echo and answer.followed and told

    def _is_foreign(self, answer: Answer) -> bool:
        """Whether it is a movement in a store whose ledger is not held here."""
        row = answer.letter.row
        return row.collection == STOCK_MOVEMENTS and not self._holds(
            STOCK_MOVEMENTS, row.document_id
        )

    async def _settle(self, tx: Executes, name: str, answers: Sequence[Answer]) -> list[Body]:
        """Store what MongoDB made of documents; gives the rows of those that changed meanwhile."""
        stored = await read_stored(tx, name, [one.letter.row.document_id for one in answers])
        found = await read_stored(tx, OUTBOX, [one.letter.row.key for one in answers])
        waiting = {text: from_stored(row) for text, row in found.items()}
        puts: list[tuple[Body | None, Body]] = []
        still: list[Body] = []
        for answer in answers:
            row, there = answer.letter.row, stored.get(answer.letter.key[1])
            if there is None or answer.letter.document is None:
                continue
            local = body_of(name, there)
            now = waiting.get(text_of(row.key))
            if answer.was_there and answer.followed and not answer.echo:
                # It was in MongoDB already, and the change stream tells all that is; what changed
                # here meanwhile waits on. It may have told of a later time, after which the device
                # wrote down one that it had read before.
                if (later := with_later_times(local, answer.document)) != local:
                    puts.append((there, {"_id": there["_id"], **later}))
                if now is not None and local != answer.letter.document:
                    still.append(to_stored(now))
                continue
            if now is None and answer.followed and not answer.echo:
                continue  # what was made here was told of, and perhaps what came to it since
            merged = _meanwhile(answer, now, local)
            if merged != local:
                puts.append((there, {"_id": there["_id"], **merged}))
            if merged != answer.document:
                times = now.changed if now is not None else {}
                changed = {
                    name: times.get(name, merged.get("updated_at", row.at))
                    for name in different(answer.document, merged)
                }
                rest = replace(row, base=answer.document, kind="update", changed=changed)
                still.append(to_stored(replace(rest, sent=())))
        await store.put_documents(tx, name, puts)
        return still

    def _will_be_told(self, answer: Answer) -> bool:
        if answer.letter.row.collection != STOCK_MOVEMENTS:
            return answer.echo
        # The stream tells of the movements of the ledgers that are held here, and of one's own. Of
        # what was there already it may have told before; another device's is news.
        if answer.was_there:
            return False
        document = answer.document
        return (
            self._holds(STOCK_MOVEMENTS, document) or document.get("device_id") == self._device_id
        )


def _meanwhile(answer: Answer, now: PendingRow | None, local: Body) -> Body:
    """An answer, with what the device changed while the letter was on its way.

    The base of that is what was sent, or what the change stream told of meanwhile: it came from
    before MongoDB had the letter, and is no change of the device.
    """
    letter = answer.letter
    assert letter.document is not None
    if now is None and answer.followed:
        # The change stream told of what beat our change before MongoDB had it: the device has no
        # word of its own there, and all that it was told of is in the answer.
        return answer.document
    if now is None or now.base is None:
        return merge(letter.row.collection, letter.document, local, answer.document)
    names = different(letter.row.base or {}, now.base)
    told = {name: now.base[name] for name in names if name in now.base}
    taken = {name: its for name, its in told.items() if local.get(name) == its}
    since = {n: at for n, at in now.changed.items() if letter.row.changed.get(n) != at}
    base = letter.document | taken
    return merge(letter.row.collection, base, local, answer.document, since, [told])
