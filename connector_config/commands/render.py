"""`zava-connector render`: the configuration of the managed connector."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from typing import Final

from connector_config.arguments import SHOWN_CHARACTERS

NAME: Final = "render"
HELP: Final = "write what the portal, or the Ditto operator, is told"

_PORTAL: Final = """\
A checklist of what to type into the Ditto portal. No secret is in it.
"""
_CRD: Final = """\
A Secret and a BigPeerDataBridge, for the Ditto operator (0.10.0 or newer):

  zava-connector render crd --app APP --big-peer NAME > bridge.yaml
  kubectl apply -f bridge.yaml

The connection string is a placeholder to be replaced, unless --with-connection-string is there.
"""
_KUBERNETES_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    form = argparse.RawDescriptionHelpFormatter
    what = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    portal = what.add_parser(
        "portal",
        help="a checklist to type into the portal",
        description=_PORTAL,
        formatter_class=form,
        allow_abbrev=False,
    )
    portal.set_defaults(render=_portal)
    crd = what.add_parser(
        "crd",
        help="Secret and BigPeerDataBridge as YAML",
        description=_CRD,
        formatter_class=form,
        allow_abbrev=False,
    )
    crd.set_defaults(render=_crd)
    for flag, default, meaning in (
        ("--name", "zava-mongo-connector", "of both resources"),
        ("--namespace", "ditto", "the namespace of the Ditto server"),
        ("--app", "zava", "the BigPeerApp"),
        ("--big-peer", "ditto", "the BigPeer"),
    ):
        crd.add_argument(
            flag,
            type=_kubernetes_name,
            default=default,
            metavar="NAME",
            help=f"{meaning} (default: %(default)s)",
        )
    crd.add_argument(
        "--with-connection-string",
        action="store_true",
        help="put MONGODB_CONNECTION_STRING, with its password, into the Secret",
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Print the configuration."""
    sys.stdout.write(options.render(options))
    return 0


def _portal(options: argparse.Namespace) -> str:
    from connector_config.cloud.portal import checklist
    from connector_config.mongodb.connection import given_database
    from connector_config.schema.collections_file import checked_collections
    from connector_config.variables import load_variables

    lines = checklist(checked_collections(), given_database(load_variables()))
    return "".join(f"{line}\n" for line in lines)


def _crd(options: argparse.Namespace) -> str:
    from connector_config.cloud.crd import PLACEHOLDER, Names, manifests
    from connector_config.mongodb.connection import given_database, given_uri
    from connector_config.mongodb.uri import check_uri
    from connector_config.schema.collections_file import checked_collections
    from connector_config.variables import load_variables

    variables = load_variables()
    uri = PLACEHOLDER
    if options.with_connection_string:
        uri = given_uri(variables)
        check_uri(uri)
    names = Names(
        connector=options.name,
        namespace=options.namespace,
        app=options.app,
        big_peer=options.big_peer,
        database=given_database(variables),
    )
    return manifests(checked_collections(), names, uri)


def _kubernetes_name(text: str) -> str:
    if not _KUBERNETES_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(
            "a name in Kubernetes is of small letters, digits and -, at most 63, "
            f"not {text[:SHOWN_CHARACTERS]!r}"
        )
    return text
