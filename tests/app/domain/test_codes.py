"""The reader of codes: any code leads to what it is the code of, or to nothing."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.codes import read_code
from app.domain.entities import Place
from app.domain.keyboards import LAYOUTS
from app.domain.known_codes import CodeKind, KnownCodes, ProductCode
from app.domain.order_numbers import order_number, read_number
from app.domain.paper_numbers import PaperKind
from app.domain.scans import (
    AmbiguousCode,
    Meaning,
    Scan,
    ScannedOrder,
    ScannedPaper,
    ScannedPlace,
    ScannedProduct,
    UnknownCode,
    Unread,
)
from tests.helpers.wedge import typed_on

GTIN = "4006381333931"
CASE = "14006381333938"
UPC = "012345678905"
EAN_8 = "96385074"
UPC_E, EXPANDED = "04252614", "042100005264"
OWN_RANGE = "2000000000015"
ORDER = order_number("3b1f8a52-6c1e-4a86-9f3e-0a7a4c1f7f10")
GS = "\x1d"

SHOP = KnownCodes(
    [
        ("HND-HAMMER-001", "hammer"),
        ("AB-1-23", "one"),
        ("AB-12-3", "other"),
        ("TWIN-1", "left"),
        ("twin-1", "right"),
        ("", "nameless"),
        ("  ", "blank"),
        ("----", "dashes"),
        ("ÉTAU-7", "vice"),
        ("12345678", "digits"),
    ],
    [
        ProductCode(GTIN, "pen", CodeKind.EAN),
        ProductCode(CASE, "pen", CodeKind.GTIN_14, 12),
        ProductCode(UPC, "glue", CodeKind.UPC),
        ProductCode(EAN_8, "gum", CodeKind.EAN),
        ProductCode(EXPANDED, "soda", CodeKind.UPC),
        ProductCode(OWN_RANGE, "cheese", CodeKind.EAN),
        ProductCode("PALLET 7", "brick", CodeKind.OWN, 240),
        ProductCode("00012348", "own", CodeKind.OWN),
        ProductCode("SHARED", "left"),
        ProductCode("SHARED", "left", units=6),
    ],
)


def read(text: str) -> Scan:
    return read_code(text, SHOP)


def means(text: str) -> Meaning:
    scan = read(text)
    assert (scan.text, scan.layouts, scan.meant) == (text, (), "")
    return scan.meaning


def product(text: str) -> str | None:
    return read(text).product_id


# --- codes of one's own


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("AB-1-23", "one"),
        ("AB-12-3", "other"),
        ("ab-12-3", "other"),
        (" AB-12-3\n", "other"),
        ("AB123", None),
        ("AB-123", None),
        ("AB 12 3", None),
        ("HND-HAMMER-001", "hammer"),
        ("HND_HAMMER_001", None),
        ("HND-HAMMER-0011", None),
        ("HND-HAMMER", None),
        ("étau-7", "vice"),
        (unicodedata.normalize("NFD", "ÉTAU-7"), "vice"),
        ("ETAU-7", None),
        ("pallet 7", "brick"),
        ("12345678", "digits"),
    ],
)
def test_a_code_is_exactly_that_of_its_product(code: str, found: str | None) -> None:
    assert product(code) == found


@pytest.mark.parametrize("code", ["", " ", "\t\n", "-", "----", "—", "🔨", GS, "//"])
def test_what_has_no_letter_and_no_digit_is_no_code(code: str) -> None:
    assert means(code) == UnknownCode(Unread.EMPTY)


def test_a_code_of_several_products_asks() -> None:
    both = AmbiguousCode((ScannedProduct("left"), ScannedProduct("right")))
    assert means("Twin-1") == both
    assert read("Twin-1").product is None
    assert means("shared") == AmbiguousCode((ScannedProduct("left"), ScannedProduct("left", 6)))


def test_a_pack_counts_what_is_in_it() -> None:
    assert means(CASE) == ScannedProduct("pen", 12)
    assert means("PALLET 7") == ScannedProduct("brick", 240)


@pytest.mark.parametrize("identifier", ["]C0", "]C1", "]A0", "]d1", "]Q1", "]X0", "]E0", ""])
@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("HND-HAMMER-001", ScannedProduct("hammer")),
        ("LOC-3-B-12", ScannedPlace(Place("3", "B", "12"))),
        ("TR-SEA-3F2A-0007", ScannedPaper(PaperKind.TRANSFER, "TR-SEA-3F2A-0007")),
        (ORDER, ScannedOrder(ORDER)),
    ],
)
def test_a_symbology_identifier_in_front_changes_nothing(
    identifier: str, code: str, meaning: Meaning
) -> None:
    assert means(identifier + code) == meaning
    assert means(f" {identifier}{code.lower()}\r\n") == meaning


@pytest.mark.parametrize("text", ["]", "]]", "]C", "]Y", "]Y9", "]C0", "]ß0X", "]C-HND"])
def test_a_cut_identifier_means_nothing(text: str) -> None:
    assert isinstance(means(text), UnknownCode)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("PO-SEA-3F2A-0001", PaperKind.PURCHASE_ORDER),
        ("gr-tac-00ff-12345", PaperKind.GOODS_RECEIPT),
        ("ST-SEA-3F2A-0001 ", PaperKind.STOCKTAKE),
    ],
)
def test_the_number_of_a_paper(text: str, kind: PaperKind) -> None:
    assert means(text) == ScannedPaper(kind, text.strip().upper())


@pytest.mark.parametrize("text", ["XX-SEA-3F2A-0001", "TR-SEA-3F2A", "TR-SEA-3F2A-01", "TR-"])
def test_what_is_no_number_of_a_paper(text: str) -> None:
    assert means(text) == UnknownCode(Unread.UNKNOWN)


def test_a_sku_comes_before_what_looks_like_something_else() -> None:
    known = KnownCodes([("LOC-3-B", "shelf"), (ORDER, "gift"), ("TR-SEA-3F2A-0007", "tray")])
    for code, product_id in (("LOC-3-B", "shelf"), (ORDER, "gift"), ("TR-SEA-3F2A-0007", "tray")):
        assert read_code(code, known).product_id == product_id


# --- GTINs


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (GTIN, ScannedProduct("pen")),
        ("0" + GTIN, ScannedProduct("pen")),
        ("]E0" + GTIN, ScannedProduct("pen")),
        (UPC, ScannedProduct("glue")),
        ("0" + UPC, ScannedProduct("glue")),
        ("00" + UPC, ScannedProduct("glue")),
        (EAN_8, ScannedProduct("gum")),
        ("]E4" + EAN_8, ScannedProduct("gum")),
        ("000000" + EAN_8, ScannedProduct("gum")),
        ("]I1" + CASE, ScannedProduct("pen", 12)),
        (EXPANDED, ScannedProduct("soda")),
        (UPC_E, ScannedProduct("soda")),
        (OWN_RANGE, ScannedProduct("cheese")),
        # Another pack of the same item is another code, which nobody has taught.
        ("24006381333935", UnknownCode(Unread.UNKNOWN, "24006381333935")),
        ("1001234567890" + "2", UnknownCode(Unread.UNKNOWN, "10012345678902")),
        ("5901234123457", UnknownCode(Unread.UNKNOWN, "05901234123457")),
        # Weight and price in it: a GTIN like any other.
        ("2112345678900", UnknownCode(Unread.UNKNOWN, "02112345678900")),
        ("4006381333932", UnknownCode(Unread.CHECK_DIGIT)),
        ("]E04006381333932", UnknownCode(Unread.CHECK_DIGIT)),
        ("012345678906", UnknownCode(Unread.CHECK_DIGIT)),
        # A text of one's own, whose check digit is wrong, and one that is no GTIN of anybody.
        ("12345678", ScannedProduct("digits")),
        ("00012348", ScannedProduct("own")),
        ("000000" + "00012348", UnknownCode(Unread.UNKNOWN, "00000000012348")),
        # EAN-8 by its identifier, so it is not the short form of a UPC.
        ("]E4" + UPC_E, UnknownCode(Unread.CHECK_DIGIT)),
        ("4006381", UnknownCode(Unread.UNKNOWN)),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", UnknownCode(Unread.UNKNOWN)),
    ],
)
def test_a_gtin_in_each_of_its_forms(text: str, meaning: Meaning) -> None:
    assert means(text) == meaning


def test_a_sku_that_is_a_gtin_is_one() -> None:
    known = KnownCodes([(UPC, "glue")])
    assert read_code("0" + UPC, known).product_id == "glue"
    # Two forms of it are one code; two texts that are no GTINs are two.
    both = KnownCodes([(UPC, "glue"), ("0" + UPC, "paste")])
    for text in (UPC, "0" + UPC, "00" + UPC):
        assert isinstance(read_code(text, both).meaning, AmbiguousCode)
    apart = KnownCodes([("012345678906", "glue"), ("0012345678906", "paste")])
    assert read_code("012345678906", apart).product_id == "glue"
    assert read_code("0012345678906", apart).product_id == "paste"


def test_a_short_upc_that_is_also_an_ean_8_of_another_product_asks() -> None:
    # Its last digit is right for both.
    text = next(
        f"0{number:06}{check}"
        for number in range(100_000, 1_000_000)
        for check in range(10)
        if _is_both(f"0{number:06}{check}")
    )
    from biip.upc import Upc

    upc_a = Upc.parse(text).as_upc_a()
    long = KnownCodes(codes=[ProductCode(upc_a, "soda", CodeKind.UPC)])
    assert read_code(text, long).product_id == "soda"
    both = KnownCodes(
        codes=[
            ProductCode(upc_a, "soda", CodeKind.UPC),
            ProductCode(text.zfill(13), "gum", CodeKind.EAN),
        ]
    )
    assert read_code(text, both).meaning == AmbiguousCode(
        (ScannedProduct("gum"), ScannedProduct("soda"))
    )


def _is_both(text: str) -> bool:
    from app.domain.gs1 import read_gs1

    return len(read_gs1(text).items) == 2


# --- element strings of GS1

BATCH = ScannedProduct("pen", 1, "ABC-12", date(2026, 12, 31))
FORMS = ["\x1d", "^]", "<GS>", "{gs}", "[GS]", "<FNC1>", "{FNC1}", "|", "␝"]


@pytest.mark.parametrize("identifier", ["", "]C1", "]d2", "]Q3", "]e0", "]C0"])
@pytest.mark.parametrize("separator", FORMS)
def test_batch_and_expiry_with_each_form_of_the_separator(identifier: str, separator: str) -> None:
    raw = f"010{GTIN}10ABC-12{separator}17261231"
    assert means(identifier + raw) == BATCH
    assert means(identifier + separator + raw) == BATCH
    assert means(f"{identifier}010{GTIN}1726123110ABC-12{separator}") == BATCH


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (f"(01)0{GTIN}(10)ABC-12(17)261231", BATCH),
        (f"]C1(01) 0{GTIN} (17) 261231 (10) ABC-12", BATCH),
        (f"https://id.gs1.org/01/0{GTIN}/10/ABC-12?17=261231", BATCH),
        (f"]Q1http://shop.example/01/{GTIN}", ScannedProduct("pen")),
        (f"01{CASE}", ScannedProduct("pen", 12)),
        (f"010{GTIN}17260200", ScannedProduct("pen", expires=date(2026, 2, 28))),
        (f"010{GTIN}15270300", ScannedProduct("pen", expires=date(2027, 3, 31))),
        (f"010{GTIN}1527030117261231", ScannedProduct("pen", expires=date(2026, 12, 31))),
        (f"010{GTIN}70032612312359", ScannedProduct("pen", expires=date(2026, 12, 31))),
        (f"010{GTIN}17000000", ScannedProduct("pen")),
        (f"010{GTIN}3012", ScannedProduct("pen", 12)),
        (f"02{CASE}3710", ScannedProduct("pen", 120)),
        (f"00340123450000000000{'02'}{CASE}3702", ScannedProduct("pen", 24)),
        # The separator got lost: batch and date cannot be told apart, the product can.
        (f"010{GTIN}21SERIAL-OF-TWENTY-CHAR17261231", ScannedProduct("pen")),
        (f"010{GTIN}17991399", ScannedProduct("pen")),
        ("0104006381333932" + "10ABC", UnknownCode(Unread.CHECK_DIGIT)),
        ("(01)04006381333932(10)ABC", UnknownCode(Unread.CHECK_DIGIT)),
        ("01059012341234571012", UnknownCode(Unread.UNKNOWN, "05901234123457")),
        ("(01)4006381333931", UnknownCode(Unread.UNKNOWN)),
        ("(01)", UnknownCode(Unread.UNKNOWN)),
        ("(AB)", UnknownCode(Unread.UNKNOWN)),
        ("003401234500000000" + "00", UnknownCode(Unread.NO_PRODUCT)),
        ("]C110ABC", UnknownCode(Unread.NO_PRODUCT)),
        ("]C1nonsense", UnknownCode(Unread.NO_PRODUCT)),
        (f"02{CASE}3799999999", UnknownCode(Unread.NO_PRODUCT)),
        (f"02{CASE}370", UnknownCode(Unread.NO_PRODUCT)),
        ("10-ABC", UnknownCode(Unread.UNKNOWN)),
        ("https://shop.example/hammer", UnknownCode(Unread.UNKNOWN)),
        ("http://[", UnknownCode(Unread.UNKNOWN)),
    ],
)
def test_what_an_element_string_says(text: str, meaning: Meaning) -> None:
    assert means(text) == meaning


def test_an_element_string_with_two_items_asks() -> None:
    both = AmbiguousCode((ScannedProduct("pen"), ScannedProduct("glue")))
    assert means(f"010{GTIN}0100{UPC}") == both
    assert means(f"010{GTIN}010{GTIN}") == ScannedProduct("pen")


# --- keyboard layouts


@pytest.mark.parametrize(
    ("typed", "meaning", "layouts", "meant"),
    [
        ("HNDßHAMMERß001", ScannedProduct("hammer"), ("German",), "HND-HAMMER-001"),
        ("HND)HQ??ER)àà&", ScannedProduct("hammer"), ("French",), "HND-HAMMER-001"),
        (
            "HND'HAMMER'001",
            ScannedProduct("hammer"),
            ("Swiss", "Italian", "Spanish"),
            "HND-HAMMER-001",
        ),
        (
            "HND+HAMMER+001",
            ScannedProduct("hammer"),
            ("Danish", "Norwegian", "Swedish/Finnish"),
            "HND-HAMMER-001",
        ),
        ('\'àà-"_&"""ç"&', ScannedProduct("pen"), ("French",), GTIN),
        ("+C1010" + GTIN, ScannedProduct("pen"), ("German", "Italian", "Spanish"), "]C1010" + GTIN),
        (")01=0" + GTIN, ScannedProduct("pen"), (), "(01)0" + GTIN),
        ("LOCß3ßB", ScannedPlace(Place("3", "B")), ("German",), "LOC-3-B"),
        (
            "TRßSEAß3F2Aß0007",
            ScannedPaper(PaperKind.TRANSFER, "TR-SEA-3F2A-0007"),
            ("German",),
            "TR-SEA-3F2A-0007",
        ),
        # Nothing that is known, but it looks like a code of another keyboard.
        ("HNDßHAMMERß9", UnknownCode(Unread.UNKNOWN), ("German",), "HND-HAMMER-9"),
        ("&é\"'(-è_çà", UnknownCode(Unread.UNKNOWN), ("French",), "1234567890"),
        (
            '\'àà-"_&"""ç"é',
            UnknownCode(Unread.CHECK_DIGIT),
            ("French",),
            "4006381333932",
        ),
        ("HND-HAMMER-9", UnknownCode(Unread.UNKNOWN), (), ""),
        ("Straße 1, Köln", UnknownCode(Unread.UNKNOWN), (), ""),
    ],
)
def test_a_us_scanner_at_another_keyboard(
    typed: str, meaning: Meaning, layouts: tuple[str, ...], meant: str
) -> None:
    scan = read(typed)
    assert scan.meaning == meaning
    assert scan.meant == meant
    assert set(layouts) <= set(scan.layouts)
    assert bool(scan.layouts) is bool(meant)


def test_without_its_hyphens_too_many_texts_would_be_the_number_of_an_order() -> None:
    assert means(ORDER.replace("-", "")) == UnknownCode(Unread.UNKNOWN)
    assert means(ORDER.lower()) == ScannedOrder(ORDER)


def test_an_order_from_before_has_its_id_on_the_receipt() -> None:
    order = ScannedOrder("order_20251205_143207_seattle")
    assert means("]C0ORDER_20251205_143207_SEATTLE") == order
    assert read("order?20251205?143207?seattle").meaning == order


def test_an_order_number_through_a_layout() -> None:
    assert read(ORDER.replace("-", "+")).meaning == ScannedOrder(ORDER)


def test_what_means_something_as_it_is_is_never_taken_for_another_layout() -> None:
    known = KnownCodes([("ZAP-1", "zap"), ("YAP-1", "yap"), ("HNDßYAPß1", "sharp")])
    assert read_code("ZAP-1", known).product_id == "zap"
    assert read_code("HNDßYAPß1", known) == Scan("HNDßYAPß1", ScannedProduct("sharp"))


def test_a_product_under_one_layout_comes_before_a_number_under_another() -> None:
    # On a Swiss keyboard Y and Z change places, on an Italian one they do not.
    numbers = (order_number(str(at)) for at in range(1_000))
    sku = next(one for one in numbers if "Y" in one or "Z" in one)
    swapped = sku.translate(str.maketrans("YZ", "ZY"))
    known = KnownCodes([(swapped, "toy")])
    assert read_code(sku.replace("-", "'"), known).product_id == "toy"
    # Of two numbers it cannot know which is meant.
    typed = "TR'NYC'3F2A'0001"
    assert read(typed).meaning == UnknownCode(Unread.UNKNOWN)
    assert {"Swiss", "Italian"} <= set(read(typed).layouts)


def test_two_products_under_two_layouts_ask() -> None:
    known = KnownCodes([("A4B", "digit"), ("Q-B", "hyphen")])
    # French: the key of 4; Swiss, Italian and Spanish: that of the hyphen.
    meaning = read_code("Q'B", known).meaning
    assert isinstance(meaning, AmbiguousCode)
    assert set(meaning.choices) == {ScannedProduct("digit"), ScannedProduct("hyphen")}


# --- any code

skus = st.text("ABCXYZMQWabcxyzmqw0123456789-_./ ßéÉ", max_size=10)
shops = st.lists(skus, max_size=8).map(
    lambda codes: [(sku, f"p{at}") for at, sku in enumerate(codes)]
)


def is_code(text: str) -> bool:
    return any(map(str.isalnum, text))


def plain(code: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", code.strip()).casefold())


@given(shops, skus)
def test_any_code_leads_to_its_own_product_or_to_nothing(
    shop: list[tuple[str, str]], code: str
) -> None:
    scan = read_code(code, KnownCodes(shop))
    sent = scan.meant or code
    own = {product_id for sku, product_id in shop if plain(sku) == plain(sent) and is_code(sku)}
    match scan.meaning:
        case ScannedProduct(product_id):
            assert own == {product_id}
        case AmbiguousCode(choices):
            assert own == {one.product_id for one in choices}
        case _:
            assert not own


@given(st.lists(st.text("ABCXYZMQW0123456789-_./", min_size=1), min_size=1, max_size=6), st.data())
def test_any_sku_is_found_through_any_layout(codes: list[str], data: st.DataObject) -> None:
    shop = {plain(sku): f"p{at}" for at, sku in enumerate(codes)}
    known = KnownCodes(shop.items())
    sku = data.draw(st.sampled_from(codes))
    layout = data.draw(st.sampled_from(LAYOUTS))
    typed = typed_on(layout, sku)
    assume(read_number(typed) is None)
    scan = read_code(typed, known)
    if not is_code(sku):
        assert scan.product_id != shop[plain(sku)]
    elif (
        not isinstance(read_code(typed, KnownCodes()).meaning, UnknownCode) or plain(typed) in shop
    ):
        # As it is it means something already.
        assert not scan.layouts
    elif isinstance(scan.meaning, AmbiguousCode):
        assert ScannedProduct(shop[plain(sku)]) in scan.meaning.choices
    else:
        assert scan.product_id == shop[plain(sku)]
        assert layout.name in scan.layouts or typed == sku


gs1_like = st.text("0123456789()\x1d]^|<>{}GSFNC1dQeJhtps:/-. ", max_size=60)


@given(st.text(max_size=100) | gs1_like | gs1_like.map(lambda rest: f"]C1010{GTIN}{rest}"))
def test_no_text_breaks_it(text: str) -> None:
    scan = read(text)
    assert scan.text == text
    if scan.product is not None:
        assert scan.product.units >= 1


@given(st.integers(0, 99_999_999_999), st.integers(1, 8))
def test_a_gtin_and_its_case_are_two_codes(number: int, indicator: int) -> None:
    from biip.checksums import gs1_standard_check_digit

    body = f"{number:012}"
    item = f"{body}{gs1_standard_check_digit(body)}"
    case = f"{indicator}{body}"
    case = f"{case}{gs1_standard_check_digit(case)}"
    known = KnownCodes(codes=[ProductCode(item, "item", CodeKind.EAN)])
    assert read_code("0" + item, known).product_id == "item"
    assert read_code(case, known).meaning == UnknownCode(Unread.UNKNOWN, case)


@pytest.mark.parametrize(
    ("codes", "ean"),
    [
        ((), ""),
        ((ProductCode("4006381333931", "p", CodeKind.EAN),), "4006381333931"),
        ((ProductCode("036000291452", "p", CodeKind.UPC),), "0036000291452"),
        ((ProductCode("4006381333931", "p", CodeKind.EAN, 6),), ""),
        ((ProductCode("96385074", "p", CodeKind.EAN),), ""),
        ((ProductCode("14006381333938", "p", CodeKind.GTIN_14),), ""),
        ((ProductCode("4006381333931", "q", CodeKind.EAN),), ""),
        (
            (
                ProductCode("0412345678903", "p", CodeKind.EAN),
                ProductCode("4006381333931", "p", CodeKind.EAN),
            ),
            "4006381333931",
        ),
    ],
)
def test_a_label_carries_the_manufacturer_s_ean_of_one_unit(
    codes: tuple[ProductCode, ...], ean: str
):
    assert KnownCodes([("SKU-1", "p")], codes).ean13("p") == ean
