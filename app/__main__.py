"""`python -m app` is the command `zava`."""

import sys

from app.cli import main

sys.exit(main())
