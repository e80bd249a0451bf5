"""What was sold although it was not there, and settling it."""
