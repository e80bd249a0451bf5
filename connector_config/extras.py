"""The extras: libraries that a device in a stock room does not need, and `make run` leaves out."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final, Literal

from connector_config.errors import UserError

MODULES: Final = {
    "webhook": ("anyio", "jwt", "starlette", "uvicorn"),
    "azure": ("openai",),
    "mcp": ("mcp",),
}
"""The libraries of each extra of pyproject.toml, as they are imported."""


def need_extra(extra: Literal["webhook", "azure", "mcp"]) -> None:
    """Raise UserError when a library of an extra is missing, before a person is asked anything."""
    missing = [name for name in MODULES[extra] if find_spec(name) is None]
    if missing:
        raise UserError(
            f"This needs the extra '{extra}', of which {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not installed: run `make venv`, or install "
            f"zava-retail[{extra}]."
        )
