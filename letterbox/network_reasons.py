"""Why a server could not be reached, in the words of the system."""

import os
import socket
import ssl


def reason_of(error: BaseException) -> str:
    """
    Return what the system says of an error of the network; else name its type.

    Not the error's own text, which may quote an address with a secret in it.
    """
    cause: BaseException | None = error
    while cause is not None:
        if words := _words(cause):
            return words
        # urllib3 keeps what it has tried for in vain apart.
        reason = getattr(cause, "reason", None)
        known = reason if isinstance(reason, BaseException) else None
        # Several addresses were tried: the first stands for all.
        several = getattr(cause, "exceptions", (None,))
        cause = several[0] or known or cause.__cause__ or cause.__context__
    return type(error).__name__


def _words(cause: BaseException) -> str | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({cause.verify_message})"
    if isinstance(cause, ssl.SSLError):
        return f"TLS failed ({cause.reason})"
    if isinstance(cause, socket.gaierror):
        return cause.strerror
    # Asyncio words its own; that of the number names no address.
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno)
    # Those of httpx and urllib3 have nothing else in common.
    return "no answer in time" if "Timeout" in type(cause).__name__ else None
