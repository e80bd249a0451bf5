"""Reciprocal rank fusion."""

from __future__ import annotations

import pytest

from connector_config.search.fusion import fused


def test_the_sum_of_the_reciprocal_places() -> None:
    assert dict(fused([["a", "b"], ["b"], []])) == {
        "a": pytest.approx(1 / 61),
        "b": pytest.approx(1 / 62 + 1 / 61),
    }


def test_what_two_lists_know_comes_before_the_first_of_one() -> None:
    assert [one for one, _ in fused([["a", "x"], ["b", "x"]])] == ["x", "a", "b"]


def test_nothing_is_nothing() -> None:
    assert fused([]) == fused([[], []]) == []
