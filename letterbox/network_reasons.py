"""Why a server could not be reached, in the words of the system."""

import os
import socket
import ssl


def reason_of(error: BaseException) -> str:
    """
    Name an error of the network, and what the system says of it.

    Not the error's own text, which may quote an address with a secret in it.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not good ({cause.verify_message})"
        if isinstance(cause, socket.gaierror):
            return f"{type(error).__name__}, {cause.strerror}"
        # Asyncio words its own; that of the number names no address.
        if isinstance(cause, OSError) and cause.errno:
            return f"{type(error).__name__}, {os.strerror(cause.errno)}"
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
