"""What is made from the code is as the code is."""

from __future__ import annotations

import pytest

from connector_config.schema.collections import COLLECTIONS
from tests.helpers.programs import ROOT
from tests.reference.__main__ import DOCUMENTS


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_that_is_made_from_the_code_is_up_to_date(path: str) -> None:
    """Otherwise: python -m tests.reference."""
    assert (ROOT / path).read_text("utf-8") == DOCUMENTS[path]()


def test_it_has_every_collection_and_every_command() -> None:
    model, commands = (
        text() for text in (DOCUMENTS["docs/data-model.md"], DOCUMENTS["docs/commands.md"])
    )
    assert all(f"\n## {name}\n" in model for name in COLLECTIONS)
    assert "\n### zava rehearse\n" in commands
    assert "| `--peers N` |" in commands
    assert "| `stock_delta` | integer | may be missing |" in model
    assert "| `location.aisle` | text |" in model
