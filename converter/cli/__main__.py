"""`python -m converter.cli`."""

from converter.cli import main

if __name__ == "__main__":  # worker processes import it too
    raise SystemExit(main())
