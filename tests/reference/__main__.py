"""Write the documents that are made from the code."""

from __future__ import annotations

from tests.helpers.programs import ROOT
from tests.reference import commands, data_model

DOCUMENTS = {"docs/commands.md": commands.text, "docs/data-model.md": data_model.text}

if __name__ == "__main__":
    for path, text in DOCUMENTS.items():
        (ROOT / path).write_text(text(), encoding="utf-8")
