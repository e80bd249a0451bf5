"""From the JSON files of the original project to the catalogue files of this one."""
