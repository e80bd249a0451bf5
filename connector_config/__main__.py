"""`python -m connector_config` is `zava-connector`."""

from connector_config.cli import main

raise SystemExit(main())
