"""CSV files that spreadsheets open as they are."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from connector_config.csv_cells import as_cell
from connector_config.errors import UserError

Row = Sequence[object]


async def write_csv(path: Path, header: Row, rows: Iterable[Row], append: bool = False) -> None:
    """Write rows off the Qt thread, or with `append` add them to a file that was begun.

    Text, a `str`, stays text in a spreadsheet; what is to be reckoned with is an int or a Decimal.
    Raises UserError with a sentence when the file cannot be written.
    """
    await asyncio.get_running_loop().run_in_executor(None, _write, path, header, rows, append)


def _write(path: Path, header: Row, rows: Iterable[Row], append: bool) -> None:
    try:
        # The byte order mark makes spreadsheets read it as UTF-8.
        encoding = "utf-8" if append else "utf-8-sig"
        with path.open("a" if append else "w", newline="", encoding=encoding) as file:
            writer = csv.writer(file)
            if not append:
                writer.writerow(header)
            writer.writerows([as_cell(value) for value in row] for row in rows)
    except OSError as error:
        raise UserError(
            f"The list was not written ({error.strerror}): choose another place than {path}."
        ) from None
