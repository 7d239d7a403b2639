"""Entry of ``zhiyin`` and ``python -m bot``; imports stay light so that ``--help`` is immediate."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs one command; its exit code."""
    from bot.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
