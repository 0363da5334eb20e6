"""Checks that a port is free before anything is started on it."""

import errno
import socket
from itertools import combinations

from letterbox.domain.errors import RefusedError, SettingsError
from letterbox.settings import Settings
from letterbox_cli.up.port_owner import owner_of
from letterbox_cli.up.state import PORTS, settings_port


def refuse_shared_ports(settings: Settings) -> None:
    """Raise SettingsError where two parts of `letterbox up` have one port."""
    mistakes = [
        f"{one} and {other} are the same ({settings_port(settings, one)}): each part "
        "of `letterbox up` needs a port of its own"
        for one, other in combinations(PORTS, 2)
        if settings_port(settings, one) == settings_port(settings, other)
    ]
    if mistakes:
        raise SettingsError(*mistakes)


def refuse_port_in_use(host: str, port: int, variable: str) -> None:
    """Raise RefusedError, which names the setting, if a port cannot be bound."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As servers do, so that a port just left does not count as in use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                is_host = isinstance(error, socket.gaierror) or (
                    error.errno == errno.EADDRNOTAVAIL
                )
                see = "LETTERBOX_API_HOST" if is_host else variable
                message = f"cannot be opened on {host} ({error.strerror}): see {see}"
                raise RefusedError(f"port {port} {message}") from None
        else:
            return
    message = f"port {port} is in use: stop the program that uses it, or set {variable}"
    if owner := owner_of(port):
        message = (
            f"port {port} is in use by {owner.name}, process {owner.pid}: stop it with "
            f"`kill {owner.pid}`, or set {variable}"
        )
    raise RefusedError(message)
