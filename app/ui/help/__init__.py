"""Help: the keys of the shown screen, the first steps, and what this program is made of."""
