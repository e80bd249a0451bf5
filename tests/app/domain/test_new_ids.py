"""Ids by names and numbers."""

from __future__ import annotations

from app.domain.new_ids import id_of


def test_an_id_follows_from_the_text_and_no_two_have_one() -> None:
    assert id_of("prod", "HND-HAMMER-001", "-") == "prod_hnd_hammer_001"
    assert id_of("cat", "Power Tools", " ") == "cat_power_tools"
    texts = ["A-1", "A_1", "A 1", "A--1", "\u00c4-1", "\u6728", "-", "x" * 70, "x" * 71]
    assert len({id_of("prod", one, "-") for one in texts}) == len(texts)
    assert id_of("prod", "a\N{COMBINING DIAERESIS}-1", "-") == id_of("prod", "\u00c4-1", "-")
