"""What every `doudi …` command shares: its exit codes and how it says no. Imports nothing heavy."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of `doudi`, a public interface: scripts in a county's night job read them."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    SOME_ROWS_REFUSED = 3
    INPUT_REFUSED = 4
    LAW_VALUE_MISSING = 5
    RECHECK_DIFFERS = 6
    NOT_READY = 7
    TAMPERED = 8
    INTERRUPTED = 130
    PIPE_CLOSED = 141


class Refusal(Exception):
    """A command cannot go on and says why in Chinese: what is wrong, where, what to do next.

    Raised by commands, printed by `doudi.cli.main` on standard error; `code` becomes the exit code.
    """

    def __init__(self, text: str, code: Exit = Exit.INPUT_REFUSED) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
