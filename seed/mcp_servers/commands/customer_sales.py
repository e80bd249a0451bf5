"""`zava-mcp customer-sales`: products, where they are, customers and their orders."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from seed.mcp_servers import serving

if TYPE_CHECKING:
    from seed.mcp_servers.asking import Asking

NAME: Final = "customer-sales"
HELP: Final = "products, where they are, customers and their orders"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    serving.add_arguments(
        parser,
        "Answer an assistant's questions about products, who has them, customers and orders.",
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Serve until it is ended."""
    return serving.serve(options, NAME, _tools)


def _tools(asking: Asking) -> Sequence[Callable[..., Any]]:
    from seed.mcp_servers.customer_sales import CustomerSales

    return CustomerSales(asking).tools()
