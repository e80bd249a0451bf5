"""The screens of one sign-in by what they are for: who gets each, its key, and its parts."""
