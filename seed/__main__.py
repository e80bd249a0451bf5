"""`python -m seed` is `zava-seed`."""

from seed.cli import main

raise SystemExit(main())
