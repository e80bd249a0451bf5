"""An index that finds products by what they mean."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from connector_config.search.model import DIMENSIONS, LEAST_LIKE, Model

if TYPE_CHECKING:
    from connector_config.search.model import Vectors


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

    def put(self, texts: Mapping[str, str], gone: Collection[str] = ()) -> None:
        """Take texts in by their ids, in the place of older ones; forget those that are `gone`."""
        import numpy as np

        ids, vectors = self._held
        kept = [at for at, one in enumerate(ids) if one not in texts and one not in gone]
        self._held = (
            (*(ids[at] for at in kept), *texts),
            np.concatenate([vectors[kept], self._model.vectors(list(texts.values()))]),
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
