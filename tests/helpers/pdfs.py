"""What somebody else's software finds in a PDF file: its text, and its barcodes decoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import zxingcpp

_DOTS_PER_POINT = 300 / 72
"""As an office printer puts it on paper."""


@dataclass(frozen=True)
class Pdf:
    """`pages` holds the text of each page, `codes` its barcodes; sizes in mm."""

    title: str
    pages: list[str]
    codes: list[list[str]]
    sizes: list[tuple[int, ...]]


def read(path: Path, scan: bool = True) -> Pdf:
    """Open a PDF file, print it in black and white at 300 dpi, and scan it if asked."""
    document = pypdfium2.PdfDocument(path)
    try:
        pages, codes, sizes = [], [], []
        for page in document:
            # Where lines end is PDFium's guess.
            pages.append(" ".join(page.get_textpage().get_text_range().split()))
            sizes.append(tuple(round(one / 72 * 25.4) for one in page.get_size()))
            codes.append(_scan(page) if scan else [])
        return Pdf(document.get_metadata_dict()["Title"], pages, codes, sizes)
    finally:
        document.close()


def _scan(page: pypdfium2.PdfPage) -> list[str]:
    """The barcodes of a page, from top to bottom and from left to right."""
    picture = page.render(scale=_DOTS_PER_POINT, grayscale=True)
    lines = memoryview(bytes(picture.buffer)).cast("B", (picture.height, picture.stride))
    found = zxingcpp.read_barcodes(
        lines,
        formats=zxingcpp.BarcodeFormats(
            [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13]
        ),
    )
    places = [(one.position.top_left.y // 20, one.position.top_left.x, one.text) for one in found]
    return [text for _, _, text in sorted(places)]
