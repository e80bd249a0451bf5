"""Ids of what has a name or a number of its own, such as products by their SKU."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

_LONGEST_SLUG: Final = 64


def id_of(kind: str, text: str, joint: str) -> str:
    """The id by a SKU or a name, such as `prod_hnd_hammer_001`; the same on every device.

    Of a text of other signs than ASCII letters and digits with one `joint` between them, it has a
    part of its hash at its end, so that no two texts have one id.
    """
    same = unicodedata.normalize("NFC", text).casefold()
    plain = unicodedata.normalize("NFKD", same).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if slug and slug.replace("_", joint) == same and len(slug) <= _LONGEST_SLUG:
        return f"{kind}_{slug}"
    digest = hashlib.sha256(same.encode()).hexdigest()[:8]
    return "_".join(filter(None, (kind, slug[:_LONGEST_SLUG], digest)))
