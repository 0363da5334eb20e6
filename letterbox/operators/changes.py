"""Operators are added and revoked in their file."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from letterbox.domain.errors import MalformedError, NotFoundError, RefusedError
from letterbox.domain.operators import OperatorRole
from letterbox.domain.patterns import message_of
from letterbox.operators.file import StoredOperator, StoredToken, changing
from letterbox.operators.tokens import hash_of, new_token


@dataclass(frozen=True, slots=True)
class Added:
    """An operator, and its new token, which is nowhere else from now on."""

    operator: StoredOperator
    token_id: str
    token: str


def add(
    path: Path,
    name: str,
    role: OperatorRole | None,
    hirers: tuple[str, ...] = (),
    expires: datetime | None = None,
) -> Added:
    """
    Add an operator; to one that is there, another token, which may expire.

    RefusedError where it is there with another role or other hirers, and where a new
    one has no role; MalformedError where the token would have expired already.
    """
    now = datetime.now(UTC)
    if expires is not None and expires <= now:
        raise MalformedError(
            f"the token would have expired already, on {expires:%Y-%m-%d at %H:%M} UTC:"
            " give a time to come"
        )
    token_id, token = new_token()
    stored = StoredToken(
        id=token_id,
        hash=hash_of(token),
        added=now.replace(microsecond=0),
        expires=expires,
    )
    with changing(path) as states:
        before = states[0].find(name)
        if before is None:
            before = _new(name, role, hirers)
        elif role not in {None, before.role}:
            raise RefusedError(
                f"{name} has the role {before.role}: revoke it first to change that"
            )
        elif hirers and set(hirers) != set(before.hirers or ()):
            raise RefusedError(
                f"{name} is limited to other hirers, or to none: revoke it first to"
                " change that"
            )
        after = before.model_copy(update={"tokens": (*before.tokens, stored)})
        states.append(states[0].with_operator(after))
    return Added(after, token_id, token)


def revoke(path: Path, name: str, token_id: str | None = None) -> StoredOperator | None:
    """Remove an operator, or one of its tokens; return what is left of it."""
    with changing(path) as states:
        before = states[0].find(name)
        if before is None:
            raise NotFoundError(f"there is no operator {name}")
        if token_id is None:
            states.append(states[0].without(name))
            return None
        left = tuple(token for token in before.tokens if token.id != token_id)
        if len(left) == len(before.tokens):
            raise NotFoundError(f"{name} has no token {token_id}")
        after = before.model_copy(update={"tokens": left})
        states.append(states[0].with_operator(after))
    return after


def _new(
    name: str, role: OperatorRole | None, hirers: tuple[str, ...]
) -> StoredOperator:
    if role is None:
        raise RefusedError(f"{name} is new: give its role by --role")
    try:
        return StoredOperator(name=name, role=role, hirers=hirers or None)
    except ValidationError as error:
        [first, *_] = error.errors()
        message = message_of(first["type"], first["msg"], first.get("ctx"))
        raise MalformedError(f"{first['loc'][0]}: {message}") from None
