"""The flags that may stand before a command of `zava`, and after those that use them."""

from __future__ import annotations

import argparse

from app.domain.entities import Role
from app.settings import Settings, load_settings


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Declare the flags before the command."""
    _add_data_dir(parser, None)
    _add_profile(parser, None)


def add_data_dir(command: argparse.ArgumentParser) -> None:
    """Declare `--data-dir` after the command, where it wins over the one before it."""
    _add_data_dir(command, argparse.SUPPRESS)


def add_profile(command: argparse.ArgumentParser) -> None:
    """Declare `--store` and `--role` after the command, where they win over those before it."""
    _add_profile(command, argparse.SUPPRESS)


def settings_of(options: argparse.Namespace) -> Settings:
    """Load the settings, with the flags; raises UserError."""
    return load_settings(options.data_dir, options.store, options.role)


def _add_data_dir(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument(
        "--data-dir", metavar="DIR", default=default, help="data folder (ZAVA_DATA_DIR)"
    )


def _add_profile(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument(
        "--store",
        metavar="ID",
        default=default,
        help="store chosen at sign-in, such as store_seattle (ZAVA_STORE)",
    )
    parser.add_argument(
        "--role",
        choices=[role.value for role in Role],
        default=default,
        help="role chosen at sign-in (ZAVA_ROLE)",
    )
