"""`python -m converter.cli`."""

from converter.cli import main

raise SystemExit(main())
