"""Where the data set can be put."""
