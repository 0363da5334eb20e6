"""Standard input and output as a command needs them, whatever started it."""

import errno
import os
import sys
from contextlib import suppress
from io import TextIOWrapper

_MODES = ((0, "r", "stdin"), (1, "w", "stdout"), (2, "w", "stderr"))


def prepare_standard_streams() -> None:
    """
    Open those that are closed, and let no character fail.

    The next file to be opened would get the number of a closed one, and children would
    write into it what they print. What a terminal cannot show is printed as an escape.
    """
    for number, mode, name in _MODES:
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free: those below are open by now.
            # Nothing is not an empty input: whatever reads a closed one fails.
            os.open(os.devnull, os.O_WRONLY if number == 0 else os.O_RDWR)
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace" if mode == "r" else "backslashreplace")


def finish_standard_streams() -> bool:
    """
    Write out what was printed; False where it could not be, and was worth a word.

    Nobody misses what is not read any more, as by ``head``.
    """
    is_written = True
    try:
        sys.stdout.flush()
    except OSError as error:
        if error.errno != errno.EPIPE:
            reason = error.strerror
            sys.stderr.write(f"error: standard output cannot be written: {reason}\n")
            is_written = False
    with suppress(OSError):
        sys.stderr.flush()
    return is_written
