"""How a person's name is written, at the window, in a list and in an account."""

import re

WRITTEN_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[·•・ '’-])*")
"""Letters and characters, with dots, blanks and hyphens between: who stands apart from a family is told by
the name, so no sign hides in it."""
