"""The rooms' tests all have the database fixtures."""

from tests.rooms.database import *  # noqa: F403
