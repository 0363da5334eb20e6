"""The file of the operators, LETTERBOX_OPERATORS: JSON that people can edit."""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from letterbox.domain.errors import SettingsError
from letterbox.domain.operators import (
    MAX_HIRER_BYTES,
    UNNAMED,
    Operator,
    OperatorRole,
)
from letterbox.domain.patterns import message_of
from letterbox.operators.tokens import is_hash
from letterbox.storage import durable_files
from letterbox.storage.file_lock import locked

_VARIABLE = "LETTERBOX_OPERATORS"
_SECRET_BYTES = 32
_MAX_BYTES = 4 * 1024 * 1024


def _not_reserved(name: str) -> str:
    if name == UNNAMED.name:
        raise ValueError("is the name of whoever has LETTERBOX_OPERATOR_TOKEN")
    return name


def _hashed(text: str) -> str:
    if not is_hash(text):
        raise ValueError("is not a hash by argon2: see `letterbox operators add`")
    return text


def _short(hirer: str) -> str:
    if len(hirer.encode()) > MAX_HIRER_BYTES:
        raise ValueError(f"must have at most {MAX_HIRER_BYTES} bytes")
    return hirer


Name = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._-]{1,32}$"), AfterValidator(_not_reserved)
]
Hirer = Annotated[str, Field(min_length=1), AfterValidator(_short)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class StoredToken(_Strict):
    """A token of an operator, by its hash."""

    id: str = Field(pattern=r"^[a-z0-9]{12}$", description="The middle of the token.")
    hash: Annotated[str, AfterValidator(_hashed)]
    added: AwareDatetime | None = None
    expires: AwareDatetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Return whether it has not expired."""
        return self.expires is None or now < self.expires


class StoredOperator(_Strict):
    """An operator: several tokens are valid at once while they are rotated."""

    name: Name
    role: OperatorRole
    hirers: Annotated[tuple[Hirer, ...], Field(min_length=1)] | None = Field(
        None, description="Sees and does nothing outside of them; null: no limit."
    )
    expires: AwareDatetime | None = None
    tokens: tuple[StoredToken, ...] = ()

    @property
    def operator(self) -> Operator:
        """What the handlers know of it."""
        hirers = None if self.hirers is None else frozenset(self.hirers)
        return Operator(self.name, self.role, hirers)

    def valid_tokens(self, now: datetime) -> Iterator[StoredToken]:
        """Yield the tokens that open something."""
        if self.expires is None or now < self.expires:
            yield from (token for token in self.tokens if token.is_valid(now))


class OperatorsFile(_Strict):
    """All operators, and what seals cursors and sessions in every process."""

    secret: str = Field(min_length=32)
    operators: tuple[StoredOperator, ...] = ()

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        names = [one.name for one in self.operators]
        ids = [token.id for one in self.operators for token in one.tokens]
        for known, what in ((names, "name"), (ids, "token id")):
            if len(set(known)) < len(known):
                raise ValueError(f"two have the same {what}")
        return self

    def find(self, name: str) -> StoredOperator | None:
        """Return the operator of a name."""
        return next((one for one in self.operators if one.name == name), None)

    def with_operator(self, changed: StoredOperator) -> Self:
        """Add an operator, or put it in the place of the one of its name."""
        by_name = {one.name: one for one in (*self.operators, changed)}
        return self.model_copy(update={"operators": tuple(by_name.values())})

    def without(self, name: str) -> Self:
        """Remove an operator."""
        others = tuple(one for one in self.operators if one.name != name)
        return self.model_copy(update={"operators": others})


def read(path: Path) -> OperatorsFile:
    """Read the file (SettingsError, which names what is wrong and quotes nothing)."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SettingsError(
                    f"{_VARIABLE}: must be a file, such as operators.json"
                )
            body = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise _unusable("cannot be read", error) from None
    if len(body) > _MAX_BYTES:
        raise SettingsError(f"{_VARIABLE}: the file is too large to be one")
    try:
        # Editors of Windows write a byte order mark.
        return OperatorsFile.model_validate_json(body.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise SettingsError(*(_mistake(one) for one in error.errors())) from None


def _without_waiting(path: str, flags: int) -> int:
    """Open it; a pipe would wait for whoever writes into it, perhaps for ever."""
    return os.open(path, flags | os.O_NONBLOCK)


@contextmanager
def changing(path: Path) -> Iterator[list[OperatorsFile]]:
    """
    Change the file: what is last in the list takes its place, whole or not at all.

    Others who change it wait meanwhile. It is made where there is none; what cannot
    be read is not overwritten (SettingsError).
    """
    path = path.resolve()  # Where a link leads, not the link.
    try:
        with locked(path.with_name(f"{path.name}.lock")):
            states = [_read_or_new(path)]
            yield states
            if len(states) > 1:
                _write(path, states[-1])
    except OSError as error:
        raise _unusable("cannot be changed", error) from None


def _read_or_new(path: Path) -> OperatorsFile:
    if path.exists():
        return read(path)
    return OperatorsFile(secret=secrets.token_hex(_SECRET_BYTES))


def _write(path: Path, file: OperatorsFile) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    body = file.model_dump_json(indent=2, exclude_defaults=True).encode() + b"\n"
    try:
        durable_files.write(temporary, body, None)
        with suppress(FileNotFoundError):
            _keep_owner(temporary, path.stat())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    durable_files.sync(path.parent)


def _keep_owner(temporary: Path, before: os.stat_result) -> None:
    """Leave it readable by whom it was: the API may run as another user."""
    with suppress(PermissionError):
        os.chown(temporary, before.st_uid, before.st_gid)
    temporary.chmod(stat.S_IMODE(before.st_mode))


def _unusable(what: str, error: OSError) -> SettingsError:
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    advice = ""
    if isinstance(error, FileNotFoundError):
        advice = ": `letterbox operators add` makes it, in a folder that is there"
    if error.errno == errno.EBUSY:
        advice = ": mount its folder into the container, not the file"
    return SettingsError(f"{_VARIABLE}: the file {what} ({code}){advice}")


def _mistake(error: Any) -> str:
    at = ".".join(str(part) for part in error["loc"])
    message = message_of(error["type"], error["msg"], error.get("ctx"))
    return f"{_VARIABLE}: {at + ': ' if at else ''}{message}"
