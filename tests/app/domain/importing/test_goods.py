"""A file of goods is read as it was meant, or all that is wrong with it is said at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.importing.goods import GoodsFile, read_goods
from app.domain.importing.problems import GoodsFileError
from app.domain.known_codes import CodeKind

EAN = "4006381333931"
UPC = "036000291452"
HEAD = "name,sku,codes,price,category\n"


def refused(content: str | bytes) -> list[str]:
    """What is said about a file."""
    with pytest.raises(GoodsFileError) as error:
        read_goods(content.encode() if isinstance(content, str) else content)
    return [str(one) for one in error.value.problems]


def test_a_plain_file() -> None:
    (drill, nail) = read_goods(
        (
            HEAD
            + f'"Drill, 18 V",DRL-1,{EAN};{UPC}*12,"1,299.50",Power Tools\n'
            + '\n"Nail\n3 in.",NAI-2,,.05,Hardware\n'
        ).encode()
    ).goods
    assert (drill.line, drill.name, drill.sku, drill.price, drill.category) == (
        *(2, "Drill, 18 V", "DRL-1"),
        *(Decimal("1299.50"), "Power Tools"),
    )
    assert [(code.code, code.kind, units) for code, units in drill.codes] == [
        (EAN, CodeKind.EAN, 1),
        (UPC, CodeKind.UPC, 12),
    ]
    assert (nail.line, nail.name, nail.price) == (4, "Nail 3 in.", Decimal("0.05"))
    assert (nail.codes, nail.cost, nail.description) == ((), None, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(("separator", "price"), [(",", '"12,50"'), (";", "12,50"), ("\t", "12.5")])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_as_spreadsheets_write_it(encoding: str, separator: str, price: str, end: str) -> None:
    rows = ["Article;PRICE;Barcode;Category;Product name;Shelf", f"Ä-1;{price};'{EAN};Möbel;Säge;x"]
    if separator == ";":
        rows.insert(0, "sep=;")
    content = end.join(row.replace(";", separator) for row in rows).encode(encoding)
    file = read_goods(content)
    (one,) = file.goods
    assert (one.sku, one.name, one.price) == ("Ä-1", "Säge", Decimal("12.50"))
    assert (one.category, one.codes[0][0].code) == ("Möbel", EAN)
    assert one.line == len(rows)
    assert "Not read: the columns Shelf." in file.notes
    assert any("Windows-1252" in note for note in file.notes) == (encoding == "cp1252")


def price_of(text: str) -> Decimal:
    """The price in a file."""
    return read_goods(f'{HEAD}A,B,,"{text}",C'.encode()).goods[0].price


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("12", "12.00"),
        ("12.5", "12.50"),
        ("12,50", "12.50"),
        ("$1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1'234.50 USD", "1234.50"),
        ("1.234.567,00", None),
        ("1,234", None),
        ("1.234", None),
        ("12.505", None),
        ("-3", None),
        ("0", None),
        ("12 €", None),
        ("twelve", None),
        ("NaN", None),
        ("1e3", None),
    ],
)
def test_a_price_has_one_meaning_or_is_refused(text: str, price: str | None) -> None:
    if price is None:
        (said,) = refused(f'{HEAD}A,B,,"{text}",C')
        assert said.startswith("line 2, price: ")
        assert text in said
        assert "write" in said
    else:
        assert price_of(text) == Decimal(price)


def test_what_may_be_two_prices_names_both() -> None:
    assert refused(f'{HEAD}A,B,,"1,234",C') == [
        "line 2, price: 1,234 may be 1.234 or 1234: write 1234.00 or 1.23."
    ]


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert refused(
        "name,sku,codes,price,category\n"
        ",A-1,,1,Tools\n"  # no name
        "Saw,A-2,4006381333930,x,\n"  # check digit, price, no category
        "Saw,A-1,,1,Tools\n"  # well
        "Axe,a-1,,1,Tools\n"  # the SKU of the line before
        f"Awl,A-4,{EAN},1,Tools\n"
        f"Adze,A-5,0{EAN},1,Tools\n"  # the same code, in another form
        "Box,A-6,A-4,1,Tools\n"  # a SKU
        "Bag,A-7,4.00638E+12,1,Tools\n"
        "Bin,LOC-3-B-12,,1,Tools\n"  # the label of a place
        "Cap,A-8,,1,Tools,more\n"
    ) == [
        "line 2, name: it is empty: fill it in.",
        "line 3, category: it is empty: fill it in.",
        "line 3, codes: 4006381333930 ends with a wrong check digit: with these digits it would be "
        "4006381333931.",
        "line 3, price: 'x' is no amount in US dollars above zero: write it as 12.50.",
        "line 5, sku: a-1 is on line 4 already: each product needs one of its own.",
        f"line 7, codes: {EAN} is on line 6 already: each product needs one of its own.",
        "line 8, codes: A-4 is on line 6 already: each product needs one of its own.",
        "line 9, codes: 4.00638E+12 is what a spreadsheet made of a code: set the column to text, "
        "and type it.",
        "line 10, sku: this is the label of the place 3B-12; a product needs another one.",
        "line 11: 'more' stands behind the last column: put a value with a separator in it between "
        '"quotes".',
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "It is empty: its first line names the columns."),
        (HEAD, "There are no goods below the line of columns."),
        ("name;price\nA;1", "line 1: there is no column sku and no column category: "),
        ("sku,name,article,price,category\n", "line 1, article: this is 'sku' once more: "),
        ('name,sku,price,category\n"A,B,1,C\n', "It is no table (unexpected end of data): "),
        (b"PK\x03\x04\x00\x00name", "there is no column name"),
    ],
)
def test_what_is_no_file_of_goods_is_said(content: str | bytes, said: str) -> None:
    assert said in refused(content)[0]


def test_a_zero_that_a_spreadsheet_left_out_is_put_back_and_told() -> None:
    file: GoodsFile = read_goods(f"{HEAD}A,B,{UPC[1:]},1,C".encode())
    assert file.goods[0].codes[0][0].code == UPC
    assert file.notes == (f"Line 2: {UPC[1:]} was read as {UPC}.",)


def test_a_code_of_ones_own_stays_as_it_is() -> None:
    (one,) = read_goods(f"{HEAD}A,B,B | X-77*6 | 1234567,1,C".encode()).goods
    codes = [(code.code, units) for code, units in one.codes]
    assert codes == [("X-77", 6), ("1234567", 1)], "its SKU is one anyway"
