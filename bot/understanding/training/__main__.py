"""`python -m bot.understanding.training`: train the reader."""

from __future__ import annotations

import sys

from bot.understanding.training.train import main

if __name__ == "__main__":
    sys.exit(main())
