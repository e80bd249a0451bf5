"""The screens of one sign-in: what each is made of, who gets it, and its key."""
