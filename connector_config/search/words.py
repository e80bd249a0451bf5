"""Typo-tolerant search over the catalogue, fast enough to run on every key press.

Products are bits of big integers: the products that match a word are one integer, several words
are a bitwise AND, and a ranking is a handful of such integers, one for each penalty. Edit
distances come from rapidfuzz and are taken against the words of the catalogue (a few thousand),
never against the products.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

EXACT, PREFIX, SPLIT, TYPO = 0, 1, 2, 4
"""Penalties of one word; a match in type or category only costs WEAK more."""
WEAK = 1

LABELS = ("aisle", "shelf", "bin")
"""The words before the parts of a place."""


def fold(text: str) -> str:
    """Lower case without accents: `Ébène` becomes `ebene`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _words(folded: str) -> Iterable[tuple[str, list[str]]]:
    """Each blank-separated word, joined (`htham016`), with its letter and digit parts."""
    for chunk in folded.split():
        parts = re.findall(r"\d+|[^\W\d_]+", chunk)
        if parts:
            yield "".join(parts), parts


class Place(Protocol):
    """Where a product stands in a store; empty strings where nothing is known."""

    @property
    def aisle(self) -> str: ...
    @property
    def shelf(self) -> str: ...
    @property
    def bin(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """The words that find one product; `place` is where it stands in this store.

    `written` holds what is only found as it is written, whole or by its beginning, and never by
    something similar: an address, a number.
    """

    product_id: str
    name: str
    sku: str
    type: str = ""
    category: str = ""
    place: Place | None = None
    written: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """Product ids, best first, cut at the limit; `total` counts all that match.

    `forgiven` is 0 where all words exist, and grows with how much had to be taken for misspelt.
    """

    product_ids: tuple[str, ...]
    total: int
    forgiven: int = 0


class SearchIndex:
    """An immutable index; the order of `entries` decides between equally good matches."""

    def __init__(self, entries: Sequence[SearchEntry]) -> None:
        self._entries = entries
        strong: dict[str, list[int]] = {}
        weak: dict[str, list[int]] = {}
        for position, entry in enumerate(entries):
            for token in _strong_tokens(entry):
                strong.setdefault(token, []).append(position)
            # The letters of a SKU say no more than its type does: hnd-hammer-008 is a mallet.
            for token in _tokens(f"{entry.type} {entry.category} {entry.sku}"):
                weak.setdefault(token, []).append(position)
        self._alphabetic = sorted(word for word in {*strong, *weak} if word.isalpha())
        for position, entry in enumerate(entries):
            # In parts alone: an address as one word is nobody else's, and they are too many.
            for token in {part for _, parts in _words(fold(entry.written)) for part in parts}:
                weak.setdefault(token, []).append(position)
        self._vocabulary = sorted({*strong, *weak})
        self._strong = _Postings(strong, len(entries))
        self._weak = _Postings(weak, len(entries))
        self._longest = max(map(len, self._alphabetic), default=0)
        self._all = (1 << len(entries)) - 1
        # One index lives until the next one replaces it, so its caches die with it.
        self._prefixed = cache(self._prefixed_uncached)
        self._stems = cache(self._stems_uncached)
        self._misspelt = cache(self._misspelt_uncached)

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, query: str, limit: int = 50) -> Hits:
        """Products that match every word of the query; an empty query gives all, in order.

        One that is not empty and has no word, such as `--`, is nobody's name.
        """
        # Each word once: a pasted page of them must not stall the typing.
        words = list(dict(_labelled(fold(query))).items())
        if not words and query.strip():
            return Hits((), 0)
        if not words:
            ids = tuple(entry.product_id for entry in self._entries[:limit])
            return Hits(ids, len(self._entries))
        # Words that exist are taken for misspelt last: `sand paper` may have meant `stand`.
        steps = ((0, False), (1, False), (1, True), (2, False), (2, True))
        for forgiven, (typos, doubt) in enumerate(steps):
            ranked = self._match(words, typos, doubt)
            if ranked:
                return replace(self._collect(ranked, limit), forgiven=forgiven)
        return Hits((), 0)

    def _match(self, words: list[tuple[str, list[str]]], typos: int, doubt: bool) -> dict[int, int]:
        ranked: dict[int, int] = {}
        for number, (joined, parts) in enumerate(words):
            found = self._word(joined, parts, typos, doubt)
            ranked = _both(ranked, found) if number else found
            if not ranked:
                break
        return ranked

    def _word(self, joined: str, parts: list[str], typos: int, doubt: bool) -> dict[int, int]:
        found = self._token(joined, typos if len(parts) == 1 else 0, doubt)
        if len(parts) > 1 and EXACT not in found:
            split = {SPLIT: self._all}
            for part in parts:
                split = _both(split, self._token(part, typos, doubt))
            found = _either(found, split)
        return found

    def _token(self, token: str, typos: int, doubt: bool) -> dict[int, int]:
        found = _ranks(self._strong.bits((token,)), self._weak.bits((token,)), EXACT)
        # A number, or a labelled place such as aisle1, means itself, not whatever starts with it.
        if not (found and (token.isdigit() or token.startswith(LABELS))):
            found = _either(found, self._prefixed(token))
        if typos and (doubt or not found) and len(token) > 2 and token.isalpha():
            found = _either(found, self._misspelt(token, typos if len(token) > 4 else 1))
        return found

    def _prefixed_uncached(self, prefix: str) -> dict[int, int]:
        start = bisect_left(self._vocabulary, prefix)
        end = bisect_left(self._vocabulary, prefix + "\U0010ffff")
        tokens = self._vocabulary[start:end]
        return _ranks(self._strong.bits(tokens), self._weak.bits(tokens), PREFIX)

    def _misspelt_uncached(self, token: str, typos: int) -> dict[int, int]:
        from rapidfuzz import process  # not before the first typo
        from rapidfuzz.distance import OSA

        found: dict[int, int] = {}
        if len(token) > self._longest + typos:
            return found
        # Against stems, so that a typo is forgiven while the word is still being typed.
        for length in (len(token), len(token) + 1):
            near = process.extract(
                token, self._stems(length), scorer=OSA.distance, score_cutoff=typos, limit=None
            )
            for stem, distance, _ in near:
                penalty = TYPO * int(distance)
                found = _either(
                    found, {penalty + rank: bits for rank, bits in self._prefixed(stem).items()}
                )
        return found

    def _stems_uncached(self, length: int) -> list[str]:
        return sorted({word[:length] for word in self._alphabetic})

    def _collect(self, ranked: dict[int, int], limit: int) -> Hits:
        seen = 0
        ids: list[str] = []
        for _, bits in sorted(ranked.items()):
            fresh = bits & ~seen
            seen |= bits
            while fresh and len(ids) < limit:
                lowest = fresh & -fresh
                ids.append(self._entries[lowest.bit_length() - 1].product_id)
                fresh ^= lowest
        return Hits(tuple(ids), seen.bit_count())


class _Postings:
    """Which entries hold a token: bits for frequent tokens, positions for the many rare ones."""

    def __init__(self, positions: dict[str, list[int]], size: int) -> None:
        self._size = (size + 7) // 8
        self._rare = positions
        frequent = [token for token, held in positions.items() if len(held) > 64 + size // 128]
        self._frequent = {token: self._from_positions(positions.pop(token)) for token in frequent}

    def bits(self, tokens: Sequence[str]) -> int:
        """The entries that hold at least one of the tokens."""
        found = 0
        positions: list[int] = []
        for token in tokens:
            if token in self._frequent:
                found |= self._frequent[token]
            else:
                positions += self._rare.get(token, ())
        return found | self._from_positions(positions) if positions else found

    def _from_positions(self, positions: list[int]) -> int:
        bits = bytearray(self._size)
        for position in positions:
            bits[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(bits, "little")


def _join(code: str) -> str:
    return re.sub(r"[\W_]+", "", fold(code))


def _labelled(folded: str) -> Iterable[tuple[str, list[str]]]:
    """The words of a query; `aisle 3` is one token, and `aisle 3b` means the place code 3b.

    `shelf b` is a place, but may also be two words of a name, as in `Shelf Bracket`.
    """
    label = ""
    for joined, parts in _words(folded):
        if joined in LABELS:
            if label:
                yield label, [label]
            label = joined
        elif not label:
            yield joined, parts
        elif len(parts) > 1:
            yield joined, [joined]
            label = ""
        else:
            token = label + joined
            yield token, [token] if joined.isdigit() else [label, joined]
            label = ""
    if label:
        yield label, [label]


def _tokens(text: str) -> set[str]:
    found: set[str] = set()
    for joined, parts in _words(fold(text)):
        found.update((joined, *parts))
    return found


def _strong_tokens(entry: SearchEntry) -> set[str]:
    found = _tokens(entry.name) | {_join(entry.sku)}
    if entry.place is not None and entry.place.aisle:
        aisle, shelf, bin_ = (
            _join(part) for part in (entry.place.aisle, entry.place.shelf, entry.place.bin)
        )
        found.update((f"aisle{aisle}", f"shelf{shelf}", f"bin{bin_}"))
        found.update((aisle + shelf, aisle + shelf + bin_))
    return found


def _ranks(strong: int, weak: int, penalty: int) -> dict[int, int]:
    return {
        rank: bits for rank, bits in ((penalty, strong), (penalty + WEAK, weak & ~strong)) if bits
    }


def _either(left: dict[int, int], right: dict[int, int]) -> dict[int, int]:
    merged = dict(left)
    for rank, bits in right.items():
        merged[rank] = merged.get(rank, 0) | bits
    return merged


def _both(left: dict[int, int], right: dict[int, int]) -> dict[int, int]:
    merged: dict[int, int] = {}
    for left_rank, left_bits in left.items():
        for right_rank, right_bits in right.items():
            if bits := left_bits & right_bits:
                rank = left_rank + right_rank
                merged[rank] = merged.get(rank, 0) | bits
    return merged
