"""`python -m doudi …` does what `doudi …` does."""

import sys

from doudi.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
