"""Checks a connection string, and shows it without its password."""

from __future__ import annotations

import re
import warnings
from typing import Final
from urllib.parse import unquote_to_bytes

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, InvalidName, InvalidURI, PyMongoError

from connector_config.errors import UserError

CONNECTION_VARIABLE: Final = "MONGODB_CONNECTION_STRING"

HIDDEN: Final = "***"

_SCHEMES: Final = ("mongodb+srv://", "mongodb://")
_SAFE_USER: Final = re.compile(r"[A-Za-z0-9._~%+-]{1,128}")
_SAFE_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_PLACEHOLDER: Final = re.compile(r"<[A-Za-z_ -]*>")
# What means something else in a connection string, where it stands in a name or a password.
_ENCODED: Final = {"@": "%40", ":": "%3A", "/": "%2F", "?": "%3F", "%": "%25", "+": "%2B"}
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def shown(uri: str) -> str:
    """The connection string as it may be printed, such as `mongodb+srv://user:***@host/`.

    Options are left out, and so is whatever does not look like a user name or a host.
    """
    scheme, rest = _split(uri)
    if not scheme:
        return HIDDEN
    # A password that should have been encoded can hold any of these signs, so the last @ counts.
    userinfo, at, tail = rest.rpartition("@")
    hosts = re.split(r"[/?#]", tail, maxsplit=1)[0]
    if not all(_SAFE_HOST.fullmatch(host) for host in hosts.split(",")):
        hosts = HIDDEN
    if not at:
        return f"{scheme}{hosts}/"
    user, colon, _ = userinfo.partition(":")
    if user and not _SAFE_USER.fullmatch(user):
        user = HIDDEN
    return f"{scheme}{user}{f':{HIDDEN}' if colon else ''}@{hosts}/"


def check_uri(uri: str, variable: str = CONNECTION_VARIABLE) -> None:
    """Raise UserError with the fix when a connection string cannot work; nothing is connected."""
    scheme, rest = _split(uri)
    if not scheme:
        raise UserError(
            f"{variable} must begin with mongodb:// or mongodb+srv://: copy the connection string "
            "of the cluster again."
        )
    if _PLACEHOLDER.search(rest.rpartition("@")[0]):
        raise UserError(
            f"{variable} still has a placeholder in angle brackets: put the password of the "
            "database user in its place, without the brackets."
        )
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    if "@" in rest and ("@" not in authority or "@" in authority.rpartition("@")[0]):
        raise UserError(_encoding(variable, rest))
    try:
        # A warning means an option that would be ignored in silence.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            MongoClient[dict[str, object]](uri, connect=False).close()
    except (PyMongoError, ValueError, TypeError, Warning) as error:
        if "@" in rest.removeprefix(authority):
            # What looks like options is the rest of a password.
            raise UserError(_encoding(variable, rest)) from None
        raise UserError(_sentence(variable, uri, error)) from None
    try:
        unquote_to_bytes(rest.rpartition("@")[0]).decode()
    except UnicodeDecodeError:
        raise UserError(
            f"The user name or the password in {variable} is URL-encoded, but not as UTF-8: write "
            "a character beyond ASCII as it is, or as its bytes in UTF-8, such as ä as %C3%A4."
        ) from None


def _split(uri: str) -> tuple[str, str]:
    for scheme in _SCHEMES:
        if uri.startswith(scheme):
            return scheme, uri.removeprefix(scheme)
    return "", uri


def doubt(uri: str) -> str:
    """What may be misread in the user name or the password of a connection string; often ""."""
    if "+" not in _split(uri)[1].rpartition("@")[0]:
        return ""
    return "a + in them is read as a blank, so write + as %2B and a blank as %20"


def _encoding(variable: str, rest: str) -> str:
    user, _, password = rest.rpartition("@")[0].partition(":")
    there = user + _LONE_PERCENT.sub("%", password)
    found = [char for char in _ENCODED if char != "%" and char in there]
    if _LONE_PERCENT.search(f"{user}:{password}") or not found:
        found.append("%")
    ways = [f"{char} as {_ENCODED[char]}" for char in found]
    return (
        f"The user name or the password in {variable} has a character that must be URL-encoded: "
        f"write {' and '.join(filter(None, (', '.join(ways[:-1]), ways[-1])))}."
    )


def _sentence(variable: str, uri: str, error: Exception) -> str:
    """What the driver says may repeat the password, so its words are only looked at."""
    words = str(error)
    scheme, rest = _split(uri)
    if "Port" in words:
        return f"{variable} has a port that is not a number from 1 to 65535 after its host."
    if "RFC 3986" in words:
        return _encoding(variable, rest)
    if "not valid username" in words:
        return f"{variable} has a password but no user name: write user:password before the @."
    if "password is required" in words:
        return f"{variable} has a user name but no password: write user:password before the @."
    if "hostname" in words or "port number" in words:
        rule = "exactly one host and no port" if "+srv" in scheme else "at least one host"
        return f"{variable} needs {rule} after {scheme}."
    if "database name" in words or isinstance(error, InvalidName):
        return (
            f"{variable} has a database name that MongoDB does not allow after the host: remove it "
            "and set MONGODB_DATABASE."
        )
    if isinstance(error, (Warning, ConfigurationError, InvalidURI, TypeError, ValueError)):
        return (
            f"{variable} has an option after the ? that MongoDB does not know, or with a value it "
            "cannot have: options are written as name=value with & between them."
        )
    return f"{variable} cannot be understood: copy the connection string of the cluster again."
