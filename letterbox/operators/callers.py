"""Recognises callers by their tokens, as the file of the operators has them now."""

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock

import structlog

from letterbox.domain.errors import SettingsError
from letterbox.domain.operators import UNNAMED, Caller
from letterbox.operators.file import OperatorsFile, StoredOperator, StoredToken, read
from letterbox.operators.tokens import is_token_of, name_of

_LOOK_EVERY = 1.0
_REMEMBERED = 4096

log = structlog.get_logger()


class Callers:
    """
    The operators who may call: by the tokens of the settings, and those of a file.

    The file is read again when it has changed. One that cannot be read any more leaves
    those known who were; ``trouble`` says what is wrong with it. ``known``,
    ``token_name`` and ``current`` look into memory alone; ``verify`` and ``refresh``
    block.
    """

    def __init__(
        self,
        tokens: Sequence[bytes],
        file: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        more_keys: Sequence[bytes] = (),
    ) -> None:
        self._tokens = tokens
        self._more_keys = more_keys
        self._file = file
        self._clock = clock
        self._looked_at = float("-inf")
        self._signature: object = None
        self._known: OperatorsFile | None = None
        self._by_token: dict[str, tuple[StoredOperator, StoredToken]] = {}
        # Digests of tokens that were verified, with the hash that they had then.
        self._verified: OrderedDict[bytes, tuple[str, str]] = OrderedDict()
        self._lock, self._refreshing = Lock(), Lock()
        self.trouble: str | None = None

    @property
    def has_file(self) -> bool:
        """Whether there is a file of operators at all."""
        return self._file is not None

    @property
    def is_unread(self) -> bool:
        """Whether the file could never be read, so that nobody in it is known."""
        return self.has_file and self._known is None

    @property
    def sealing_keys(self) -> list[bytes]:
        """
        The same in all processes: the first seals cursors, all of them unseal.

        The tokens are for where there is nothing else: one that a person has thought of
        could be guessed from what it has sealed for others, at leisure and unseen, and
        who has one could seal a session that names somebody else.
        """
        secret = [self._known.secret.encode()] if self._known else []
        return [*secret, *self._more_keys] or [*self._tokens]

    @property
    def is_due(self) -> bool:
        """Whether the file was not looked at for a second."""
        return self.has_file and self._clock() - self._looked_at >= _LOOK_EVERY

    def known(self, token: bytes) -> Caller | None:
        """Return whose token it is, if that costs nothing to say."""
        fits = [valid for valid in self._tokens if hmac.compare_digest(token, valid)]
        if fits:
            return Caller(UNNAMED, _credential(fits[0]))
        with self._lock:
            name, known_hash = self._verified.get(_digest(token), ("", ""))
        entry = self._by_token.get(name)
        return _caller(*entry) if entry and entry[1].hash == known_hash else None

    def token_name(self, token: bytes) -> str | None:
        """Return the name in a token, if an operator has one of that name."""
        name = name_of(token)
        entry = self._by_token.get(name or "")
        return name if entry and _caller(*entry) else None

    def verify(self, token: bytes) -> Caller | None:
        """Return whose token it is; the answer yes is remembered."""
        entry = self._by_token.get(name_of(token) or "")
        if entry is None:
            return self.known(token)
        _, stored = entry
        if not is_token_of(token, stored.hash):
            return None
        with self._lock:
            self._verified[_digest(token)] = stored.id, stored.hash
            if len(self._verified) > _REMEMBERED:
                self._verified.popitem(last=False)
        return _caller(*entry)

    def current(self, name: str, credential: str) -> Caller | None:
        """Return an operator who was recognised before, if that token still opens."""
        if name == UNNAMED.name:
            fits = [one for one in self._tokens if _credential(one) == credential]
            return Caller(UNNAMED, credential) if fits else None
        entry = self._by_token.get(credential.partition("-")[0])
        caller = _caller(*entry) if entry else None
        if caller and (caller.operator.name, caller.credential) == (name, credential):
            return caller
        return None

    def refresh(self) -> None:
        """Read the file, if it is another than before; it is looked at once a time."""
        if self._file is None or not self._refreshing.acquire(blocking=False):
            return
        try:
            self._looked_at = self._clock()
            self._look(self._file)
        finally:
            self._refreshing.release()

    def _look(self, path: Path) -> None:
        try:
            status = path.stat()
            signature: object = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError as error:
            signature = error.errno
        if signature == self._signature:
            return
        self.trouble = self._read(path)
        if self.trouble:
            log.error("operators unreadable", reason=self.trouble)
        self._signature = signature

    def _read(self, path: Path) -> str | None:
        """Take over who is in the file; return what is wrong with it, if it is."""
        try:
            file = read(path)
        except SettingsError as error:
            return str(error)
        by_token = {
            token.id: (stored, token)
            for stored in file.operators
            for token in stored.tokens
        }
        self._known, self._by_token = file, by_token
        log.info("operators read", operators=len(file.operators))
        return None


def _caller(stored: StoredOperator, token: StoredToken) -> Caller | None:
    """Return an operator by one of its tokens; None once either has expired."""
    if token not in stored.valid_tokens(datetime.now(UTC)):
        return None
    return Caller(stored.operator, f"{token.id}-{_credential(token.hash.encode())}")


def _digest(token: bytes) -> bytes:
    return sha256(token).digest()


def _credential(token: bytes) -> str:
    return sha256(b"credential " + token).hexdigest()[:16]
