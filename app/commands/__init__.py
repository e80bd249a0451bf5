"""The commands of `zava`, each a module that loads what it needs only when it runs."""
