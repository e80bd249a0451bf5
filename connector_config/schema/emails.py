"""E-mail addresses as they are compared: in whatever letters, and with either form of a domain."""

from __future__ import annotations

from unicodedata import normalize


def email_forms(text: str) -> tuple[str, str]:
    """The two forms in which an address may be stored: as people read it, and as machines send it.

    They differ where the domain has letters that are not ASCII. All that is one address has the
    same two.
    """
    local, at, domain = plain(text).rpartition("@")
    try:
        sent = domain.encode("idna")
        return f"{local}{at}{sent.decode('idna')}", f"{local}{at}{sent.decode()}"
    except UnicodeError:
        return f"{local}{at}{domain}", f"{local}{at}{domain}"


def plain(email: str) -> str:
    """An address without what makes no difference: capitals, and blanks around it."""
    return normalize("NFC", email.strip().lower())
