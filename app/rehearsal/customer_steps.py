"""The steps of a rehearsal with customers who are one person."""

from __future__ import annotations

from typing import Literal

from app.rehearsal.steps import Customer, OfPeer


class Merge(OfPeer):
    """Let another customer be the same person as the one who is kept; refused where they are."""

    do: Literal["merge"]
    customer: Customer
    other: Customer


class TidyCustomers(OfPeer):
    """Do what every open app does from time to time: let one stand of those in a circle."""

    do: Literal["tidy_customers"]


CustomerStep = Merge | TidyCustomers
