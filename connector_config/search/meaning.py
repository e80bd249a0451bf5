"""An index that finds products by what they mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from connector_config.search.model import DIMENSIONS, LEAST_LIKE, Model
from connector_config.search.words import LABELS

if TYPE_CHECKING:
    from connector_config.search.model import Vectors


def says_something(text: str) -> bool:
    """Whether a text can mean anything: it has a word, and is no place, nor a code such as
    HND-HAMMER-001.
    """
    words = text.casefold().split()
    is_code = len(words) == 1 and not words[0].isalpha()
    return not is_code and any(
        sum(map(str.isalpha, word)) > 2 and word not in LABELS for word in words
    )


class Read(NamedTuple):
    """The vectors of texts, by the ids of these."""

    ids: Sequence[str]
    vectors: Vectors


class MeaningIndex:
    """The vectors of texts by id, in 1 KB each.

    One thread at a time may change it; any may ask it meanwhile.
    """

    def __init__(self, model: Model) -> None:
        import numpy as np

        self._model = model
        self._held: tuple[tuple[str, ...], Vectors] = ((), np.zeros((0, DIMENSIONS), np.float32))

    def __len__(self) -> int:
        return len(self._held[0])

    def read(self, texts: Mapping[str, str]) -> Read:
        """Make the vectors of texts by their ids, which `put` takes in later."""
        return Read(tuple(texts), self._model.vectors(list(texts.values())))

    def put(self, read: Sequence[Read], gone: Collection[str] = ()) -> None:
        """Take in what was read, in the place of what is older; forget those that are `gone`."""
        import numpy as np

        ids, vectors = self._held
        new = {one for its in read for one in its.ids}
        kept = [at for at, one in enumerate(ids) if one not in new and one not in gone]
        self._held = (
            (*(ids[at] for at in kept), *(one for its in read for one in its.ids)),
            np.concatenate([vectors[kept], *(its.vectors for its in read)]),
        )

    def like(self, text: str, limit: int) -> Sequence[str]:
        """The ids of what means something like the text, best first."""
        import numpy as np

        ids, vectors = self._held
        cosines = vectors @ self._model.vectors([text])[0]
        count = min(limit, len(ids))
        if not count:
            return []
        best = np.argpartition(-cosines, count - 1)[:count]
        ordered = best[np.argsort(-cosines[best], kind="stable")]
        return [ids[at] for at in ordered if cosines[at] >= LEAST_LIKE]
