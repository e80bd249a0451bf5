"""The commands that a check tells people to type into mongosh, carried out by the driver."""

from __future__ import annotations

import re

import yaml
from bson import ObjectId

from connector_config.mongodb.connection import MongoDatabase


def obey(database: MongoDatabase, said: str) -> None:
    """Do what a finding tells a person to type into mongosh; its arguments are YAML, too."""
    for command in re.split(r", then | and then |: look at .*?, such as ", said):
        found = re.search(r"db\.(?:(\w+)\.)?(\w+)\((.*)\)", command)
        if found is None:
            assert command.startswith("zava-seed ") or "db." not in command, command
            continue
        name, method, text = found.groups()
        text = re.sub(r'ObjectId\("(\w+)"\)', r'"oid:\1"', text)
        arguments = yaml.safe_load(f"[{text}]")
        if method == "createCollection":
            database.create_collection(arguments[0], **arguments[1])
        elif method == "runCommand":
            database.command(arguments[0])
        elif method == "updateMany":
            update = yaml.safe_load(text_of(arguments[1]).replace("WHAT-IT-IS", "store_tacoma"))
            assert database[name].update_many(arguments[0], update).modified_count > 0
        elif method == "deleteOne":
            identity = arguments[0]["_id"]
            if str(identity).startswith("oid:"):
                identity = ObjectId(identity.removeprefix("oid:"))
            assert database[name].delete_one({"_id": identity}).deleted_count == 1
        elif method == "createIndex":
            database[name].create_index(list(arguments[0].items()), **arguments[1])
        elif method == "aggregate":
            database[name].aggregate(arguments[0])
        elif method == "renameCollection":
            database[name].rename(arguments[0], dropTarget=arguments[1])
        elif method == "drop":
            database.drop_collection(name)
        else:
            raise AssertionError(command)


def text_of(content: object) -> str:
    return str(yaml.safe_dump(content, width=1000))
