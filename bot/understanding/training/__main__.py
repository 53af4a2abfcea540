"""`python -m bot.understanding.training`: train the reader."""

from __future__ import annotations

import sys

from bot.understanding.training.train import main
from retrieval.errors import ChatalogueError

if __name__ == "__main__":
    try:
        sys.exit(main())
    except ChatalogueError as error:
        print(f"error: {error.message}\n  what to do: {error.hint}", file=sys.stderr)
        sys.exit(2)
