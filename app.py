"""`python app.py` is `chatalogue serve`: settings, wiring, run."""

import sys

from bot.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["serve"]
    main()
