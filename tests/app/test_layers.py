"""The layers of the design hold: `make test` alone says so too."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The three packages and their contracts, to be spoilt."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_layers_hold() -> None:
    code, said = lint(ROOT)
    assert code == 0, said
    assert "0 broken" in said


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("app/domain/stock.py", "import app.data.stock"),
        ("app/domain/entities.py", "import time"),
        ("app/data/stock.py", "import PySide6.QtCore"),
        ("app/data/stock.py", "import app.ui.core.rows"),
        ("app/data/stock.py", "import ditto"),
        ("app/ui/find/screen.py", "import ditto"),
        ("app/ui/find/screen.py", "import app.config.dependencies"),
        ("app/config/settings.py", "import seed.demo"),
        ("seed/demo.py", "import app.config.settings"),
        ("connector_config/paths.py", "import seed.errors"),
    ],
)
def test_a_forbidden_import_breaks_them(copy: Path, file: str, line: str) -> None:
    spoilt = copy / file
    head = "from __future__ import annotations\n"
    spoilt.write_text(spoilt.read_text("utf-8").replace(head, f"{head}{line}\n", 1), "utf-8")
    code, said = lint(copy)
    assert code == 1, said
    assert "BROKEN" in said
