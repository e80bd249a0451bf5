"""The layers of the design hold: `make test` alone says so too."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.helpers.programs import ROOT, environment

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
PACKAGES = ("app", "seed", "connector_config")


def lint(root: Path) -> tuple[int, str]:
    """Check the contracts of pyproject.toml on the packages below a folder."""
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=root,
        env=environment(PYTHONPATH=str(root)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


FORBIDDEN = {
    "app/domain/stock.py": ["import app.data.stock.stock", "import time"],
    "app/data/stock/stock.py": ["import PySide6.QtCore", "import app.ui.core.rows"],
    "app/ui/find/screen.py": ["import ditto", "import app.config.dependencies"],
    "app/config/dependencies.py": ["import seed.demo"],
    "connector_config/paths.py": ["import seed.options"],
}
"""Imports that break each contract at least once."""


def test_the_layers_hold() -> None:
    code, said = lint(ROOT)
    assert code == 0, said
    assert "0 broken" in said


def test_forbidden_imports_break_every_one_of_them(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    head = "from __future__ import annotations\n"
    for file, lines in FORBIDDEN.items():
        text = tmp_path.joinpath(file).read_text("utf-8")
        assert head in text
        spoilt = text.replace(head, head + "".join(f"{line}\n" for line in lines), 1)
        tmp_path.joinpath(file).write_text(spoilt, "utf-8")

    code, output = lint(tmp_path)
    assert code == 1
    contracts = re.findall(r'^name = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    contracts.remove("zava-retail")
    assert len(contracts) >= 7
    assert [name for name in contracts if f"{name} BROKEN" not in output] == []
