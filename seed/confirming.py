"""Asking before something is done that cannot be taken back."""

from __future__ import annotations

from connector_config.errors import UserError


def confirm(wanted: str, question: str, nothing: str) -> None:
    """Ask a question, to which only `wanted` says yes; raises UserError, which says `nothing`."""
    try:
        answer = input(question)
    except EOFError:
        print()
        answer = ""
    if answer.strip() != wanted:
        raise UserError(f"{nothing}, because {wanted} was not typed: try again, or use --yes.")
