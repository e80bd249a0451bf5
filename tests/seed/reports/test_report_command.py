"""`zava-seed report` as people and scripts call it."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from seed.cli import main
from seed.reports.report import Column, Report, change, money, write_csv
from tests.seed.used_shop import TODAY, Asked


@pytest.fixture(autouse=True)
def _settings(asked: Asked, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", asked.settings.uri)
    monkeypatch.setenv("MONGODB_DATABASE", asked.settings.database)
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["report", *arguments], TODAY)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("sales",),
        ("sales", "--by", "category", "--days", "30"),
        ("top-products", "--each", "store", "--limit", "2"),
        ("customers", "--segment", "new"),
        ("segments",),
        ("stock-value", "--by", "category"),
        ("on-hand", "--limit", "3"),
        ("reorder",),
        ("slow-movers", "--days", "10"),
        ("returns",),
        ("oversold",),
    ],
)
def test_every_report_in_its_three_forms(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    code, table, err = run(capsys, *arguments, "--store", "Seattle")
    assert (code, err) == (0, "") and "Seattle" in table
    code, text, err = run(capsys, *arguments, "--store", "seattle", "--json")
    answer = json.loads(text)
    assert (code, err) == (0, "") and answer["rows"] and answer["title"] in table.replace("\n", " ")
    code, text, err = run(capsys, *arguments, "--store", "store_seattle", "--csv")
    rows = list(csv.DictReader(StringIO(text)))
    assert (code, err, len(rows)) == (0, "", len(answer["rows"]))
    assert list(rows[0]) == list(answer["rows"][0])


def test_an_order_and_a_customer(capsys: pytest.CaptureFixture[str], asked: Asked) -> None:
    order = asked.documents["orders"][0]
    code, out, _ = run(capsys, "order", order["order_id"], "--json")
    assert code == 0 and json.loads(out)["facts"]["Total"] == order["total"]
    code, out, _ = run(capsys, "customer", asked.documents["customers"][0]["email"].upper())
    assert code == 0 and "Spent: $" in out


def test_sales_are_of_twelve_months_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "sales", "--json")
    assert [row["month"] for row in json.loads(out)["rows"]] == [
        f"2025-{month:02}" for month in range(1, 13)
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("sales", "--days", "3", "--from", "2025-01-01"), "not both."),
        (("sales", "--to", "2025-01-01"), "Name the first day with --from"),
        (("sales", "--from", "2025-02-01", "--to", "2025-01-01"), "exchange them."),
        (("sales", "--from", "soon"), "a date is written like 2026-01-31"),
        (("sales", "--store", "Gotham"), "There is no store 'Gotham'"),
        (("oversold", "--days", "3"), "unrecognized arguments: --days 3"),
        (("order", "K7Q"), "There is no order 'K7Q'"),
        (
            ("sales", "--from", "9999-01-01", "--to", "9999-12-31"),
            "too near an end of the calendar",
        ),
        (("sales", "--days", "36500", "--to", "0050-01-01"), "too near an end of the calendar"),
        ((), "the following arguments are required: REPORT"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "") and sentence in err and "Traceback" not in err


def test_an_empty_answer_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "returns", "--from", "2020-01-01", "--to", "2020-01-02")
    assert code == 0 and "There is nothing to show." in out


def test_a_name_is_no_formula() -> None:
    file = StringIO()
    columns = [Column("product", "Product"), Column("change", "Change", "percent")]
    name = '=HYPERLINK("http://x.example","open")'
    write_csv(Report("", columns, [{"product": name, "change": change(90, 100)}]), file)
    assert list(csv.reader(StringIO(file.getvalue())))[1] == [f"'{name}", "-10.0"]


def test_what_is_no_amount_is_none() -> None:
    assert [str(money(value)) for value in ("12,50", None, True, float("nan"), 2, 1.005)] == [
        "0.00", "0.00", "0.00", "0.00", "2.00", "1.01",
    ]  # fmt: skip
    assert change(1, 0) is None
