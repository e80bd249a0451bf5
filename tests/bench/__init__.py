"""What the app costs, each figure beside a raw baseline of the same run: `make bench`."""
