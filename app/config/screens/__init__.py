"""The screens of one sign-in, grouped by purpose: who gets each, its key and its parts."""
