"""The parts that every screen uses."""
