"""The codes of products: saying whose a code is, and the dialogs for it."""
