"""Transforms the JSON files of the original project into the catalogue files of this one."""
