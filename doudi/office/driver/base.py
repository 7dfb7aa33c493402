"""The ENGINE of `settings.database`: as Django's, but whether a connection still stands costs no question."""

from select import POLLIN, poll

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's. Each request begins with a look whether the server was restarted or has gone away."""

    def is_usable(self) -> bool:
        """False when the server has closed the connection, or said something nobody asked for.

        Nothing is outstanding between requests: whatever can be read then is the end, or the words before it.
        """
        if self.errors_occurred or self.connection is None or self.connection.closed:
            return bool(super().is_usable())
        socket = poll()
        socket.register(self.connection.fileno(), POLLIN)
        return not socket.poll(0)
