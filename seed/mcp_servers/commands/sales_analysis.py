"""`zava-mcp sales-analysis`: sales, stock and customers added up, and free queries."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from seed.mcp_servers import serving

if TYPE_CHECKING:
    from seed.mcp_servers.asking import Asking

NAME: Final = "sales-analysis"
HELP: Final = "sales, stock and customers added up, and free queries"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    serving.add_arguments(
        parser,
        "Answer an assistant's questions about sales, stock and customers: reports and queries.",
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Serve until it is ended."""
    return serving.serve(options, NAME, _tools)


def _tools(asking: Asking) -> Sequence[Callable[..., Any]]:
    from seed.mcp_servers.sales_analysis import SalesAnalysis

    return SalesAnalysis(asking).tools()
