"""Vectors of texts, made on this machine by a model that is part of an installed library.

wordllama brings a static model: a vector of 256 numbers for each of 32,000 pieces of words. The
vector of a text is the mean of those of its pieces, brought to length one. Only the two files of
the library are read, because its own loader asks the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from math import fsum, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connector_config.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Vectors = NDArray[np.float32]
    """One row a text, each of length one, or of zeros where a text says nothing."""

SOURCE: Final = "local:wordllama-256"
"""What vectors of this model are marked with."""

DIMENSIONS: Final = 256

LEAST_LIKE: Final = 0.3
"""Below this cosine two texts have nothing to do with each other."""

_LIBRARY: Final = "wordllama"
_WEIGHTS: Final = "weights/l2_supercat_256.safetensors"
_TOKENIZER: Final = "tokenizers/l2_supercat_tokenizer_config.json"
_LONGEST: Final = 2_000
"""Characters of a text that are read: what somebody pasted must not take seconds."""


class Model:
    """The model in memory, 16 MB; any thread may use it."""

    def __init__(self, tokenizer: Tokenizer, pieces: NDArray[np.float16]) -> None:
        self._tokenizer = tokenizer
        self._pieces = pieces

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, `DIMENSIONS` numbers each."""
        import numpy as np

        made = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(made, texts, strict=True):
            # What cannot be encoded (half a character) would be refused. Names have capitals, and
            # what people type has none: to the model these are different words.
            readable = text[:_LONGEST].lower().encode(errors="ignore").decode()
            pieces = self._tokenizer.encode(readable, add_special_tokens=False).ids
            # A sum of such small numbers is exact, so every machine makes the same vectors.
            summed = self._pieces[pieces].sum(axis=0, dtype=np.float64)
            if length := sqrt(fsum((summed * summed).tolist())):
                row[:] = summed / length
        return made


def product_text(type_id: str, name: str, description: str) -> str:
    """The text that says what a product is."""
    kind = type_id.removeprefix("type_").replace("_", " ")
    return f"{kind}. {name}. {description}"


def load_model() -> Model:
    """Read the model from the disk, a few tenths of a second; never from the network.

    Raises UserError where the library is missing, or its files are not what they should be.
    """
    try:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        folder = _folder()
        pieces = load_file(folder / _WEIGHTS)["embedding.weight"]
        tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
        if pieces.shape != (tokenizer.get_vocab_size(), DIMENSIONS):
            raise ValueError(f"its weights are {pieces.shape}")
    except ImportError as error:
        raise _unusable(f"{error.name} is not installed") from error
    except Exception as error:
        # tokenizers raises plain Exception for a file that it cannot read.
        raise _unusable("its files are damaged") from error
    return Model(tokenizer, pieces)


def _folder() -> Path:
    found = find_spec(_LIBRARY)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(name=_LIBRARY)
    return Path(found.submodule_search_locations[0])


def _unusable(reason: str) -> UserError:
    return UserError(
        f"The model that understands texts cannot be used ({reason}): run `make venv`, or install "
        "zava-retail anew."
    )
