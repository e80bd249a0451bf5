"""Telephone numbers: read as people type them, written in one way, found in any form.

What a number is, and how it is written, `phonenumbers` knows (Google's metadata of all countries).
Import this module where it is used first: the metadata take as long as a screen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
    country_code_for_region,
    format_number,
    is_possible_number_with_reason,
    length_of_geographical_area_code,
    national_significant_number,
    parse,
)

from app.domain.entities import USUAL_COUNTRY
from app.domain.errors import InvalidInputError

_EXAMPLES: Final = {"US": "(206) 555-0147"}
_US: Final = "US"
_AS_IN_THE_US: Final = re.compile(r"\(([2-9]\d\d)\) ([2-9]\d\d)-(\d{4})", re.ASCII)
_SOME_NUMBER: Final = re.compile(r"\+?\(?\d[\d\s().+/\u2010-\u2015-]*\d")
_MOST: Final = 80
_WHOLE: Final = 7
"""Digits from which on, at the least, a number may be more than the beginning of one."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number: `written` as people of the country do, `e164` such as `+12065550147`.

    An extension is in `written` only. Both are empty where there is no number.
    """

    written: str = ""
    e164: str = ""


def parse_phone(text: str, country: str = USUAL_COUNTRY) -> Phone:
    """Read a typed telephone number; one without a country code is one of the store's country.

    Raises InvalidInputError where it is none.
    """
    if not any(char.isalnum() for char in text):
        return Phone()
    number = _number(text, country)
    if number is None:
        example = _EXAMPLES.get(country, "030 901820")
        raise InvalidInputError(
            "phone",
            f"Phone: type a whole number, such as {example}, one of another country with + and its "
            "code, such as +49 30 901820, or leave it empty.",
        )
    return Phone(_written(number, country), _e164(number))


def phone_key(text: str, country: str = USUAL_COUNTRY) -> str:
    """What is the same for all ways to write a number with its extension; empty for no number."""
    number = _number(text, country)
    return f"{_e164(number)};{number.extension or ''}" if number else ""


def phone_words(text: str, country: str = USUAL_COUNTRY) -> str:
    """The words, parted by blanks, that find a number: as it is dialled from far, here and near."""
    if country == _US and (parts := _AS_IN_THE_US.fullmatch(text)):
        # What is most frequent, fifty times as quick as by the metadata of all countries.
        at_home, near = "".join(parts.groups()), parts[2] + parts[3]
        return f"{text} 1{at_home} {at_home} {near}"
    number = _number(text, country)
    if number is None:
        return f"{text} {_digits(text)}"
    at_home = national_significant_number(number)
    near = at_home[length_of_geographical_area_code(number) :]
    dialled = format_number(number, PhoneNumberFormat.NATIONAL)
    return " ".join((text, _digits(_e164(number)), at_home, near, _digits(dialled)))


def as_searched(text: str, country: str = USUAL_COUNTRY) -> str:
    """A searched text in which a telephone number is one word, as `phone_words` has it."""

    def word(found: re.Match[str]) -> str:
        digits = _digits(found[0])
        if len(digits) < _WHOLE and "+" not in found[0]:
            return found[0]
        number = _number(found[0], country)
        return f" {_digits(_e164(number)) if number else digits} "

    return _SOME_NUMBER.sub(word, text)


def _number(text: str, country: str) -> PhoneNumber | None:
    # Else a number is looked for in all of a long paste.
    if len(text) > _MOST:
        return None
    try:
        number = parse(text, country)
    except NumberParseException:
        return None
    # One without its area is not enough to call it.
    whole = is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return number if whole else None


def _written(number: PhoneNumber, country: str) -> str:
    at_home = number.country_code == country_code_for_region(country)
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return format_number(number, form)


def _e164(number: PhoneNumber) -> str:
    return format_number(number, PhoneNumberFormat.E164)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
