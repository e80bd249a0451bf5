"""The rules of `collections.yaml`; for the commands, because the app only reads it."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from connector_config.schema.collections import COLLECTIONS, Collection, Kind, Scope
from connector_config.yaml_files import Model, parse, read_packaged

NAME = "collections.yaml"

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,62}$")]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\n]+$")]


class _Entry(Model):
    """One collection; the connector maps top-level fields other than `_id`."""

    name: _Name
    title: _Text
    kind: Kind
    mongo_id: Literal["business", "uuid", "object_id"]
    id_fields: Annotated[list[_Name], Field(min_length=1)]
    sync: bool
    types: _Text
    scope: Scope | None = None
    store_fields: list[_Name] = []
    since_field: _Name | None = None
    initial_sync: bool | None = None
    why_not: _Text | None = None

    @field_validator("id_fields", "store_fields")
    @classmethod
    def _once(cls, fields: list[str]) -> list[str]:
        if len(set(fields)) < len(fields):
            raise ValueError("a field is named twice")
        return fields

    @model_validator(mode="after")
    def _complete(self) -> _Entry:
        synced = (self.scope, self.initial_sync)
        if self.sync and (None in synced or self.why_not is not None):
            raise ValueError("what is synced says scope and initial_sync, and has no why_not")
        if not self.sync and (synced != (None, None) or self.why_not is None):
            raise ValueError("what is not synced says why_not, and has no scope or initial_sync")
        return self

    @model_validator(mode="after")
    def _of_stores(self) -> _Entry:
        # A permission looks at nothing but the parts of an `_id`, so a store has to be one of them.
        if self.store_fields and not set(self.store_fields) < set(self.id_fields):
            raise ValueError("store_fields are some of several id_fields")
        if self.scope == "store" and not self.store_fields:
            raise ValueError("what a device holds by store says store_fields")
        if self.since_field is not None and self.scope != "store":
            raise ValueError("only what a device holds by store has a since_field")
        return self


class _File(Model):
    collections: Annotated[list[_Entry], Field(min_length=1)]

    @field_validator("collections")
    @classmethod
    def _once(cls, entries: list[_Entry]) -> list[_Entry]:
        names = [entry.name for entry in entries]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"{name} is there twice")
        return entries


@cache
def checked_collections() -> tuple[Collection, ...]:
    """The collections of a checked file; raises DataFileError with the line that is wrong."""
    read_packaged(__package__, NAME, _File)
    return tuple(COLLECTIONS.values())


def check_text(text: str) -> None:
    """Check the text of such a file; raises DataFileError with the line that is wrong."""
    parse(text, NAME, _File)
