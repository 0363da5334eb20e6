"""
What can be made to go wrong, on purpose.

Every fault strikes the next ``times`` calls, or all until it is lifted; with
``profile_id`` only what has to do with that application. A call-wide fault has a
``target``: ``token``, ``graphql`` or ``attachment``.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from seek_sandbox.schema import has_field

_MIB = 1024 * 1024
_MAX_FILE = 4 * 1024 * _MIB
Target = Literal["token", "graphql", "attachment"]


class _Fault(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    times: int | None = Field(None, ge=1)
    """None: until lifted."""
    profile_id: str | None = None


class _CallFault(_Fault):
    target: Target = "graphql"


class Unauthenticated(_CallFault):
    """The token is refused although it has not expired."""

    kind: Literal["unauthenticated"] = "unauthenticated"


class _CodedFault(_CallFault):
    code: str | None = Field(None, min_length=1)
    """GraphQL's; None: the fault is one of HTTP."""

    @model_validator(mode="after")
    def _codes_are_graphql(self) -> Self:
        if self.code and self.target != "graphql":
            raise ValueError("only graphql answers with a code")
        return self


class RateLimit(_CodedFault):
    """
    Too many calls: HTTP 429, or with ``code`` an error of GraphQL under HTTP 200.

    NOT SEEN: which of both SEEK does, and the code.
    """

    kind: Literal["rate-limit"] = "rate-limit"
    retry_after: int | None = Field(1, ge=0)


class ServerError(_CodedFault):
    """SEEK is broken: an HTTP status, or with ``code`` an error of GraphQL."""

    kind: Literal["server-error"] = "server-error"
    status: int = Field(503, ge=500, le=599)


class Slow(_CallFault):
    """The answer takes its time, and is right in the end."""

    kind: Literal["slow"] = "slow"
    seconds: float = Field(gt=0, le=600)


class Partial(_Fault):
    """One field of the schema is refused; what surrounds it is answered."""

    kind: Literal["partial"] = "partial"
    field: str = "CandidateProfile.seekQuestionnaireSubmission"
    """``Type.field``; the null goes up to the next field that may be null."""
    code: str = "FORBIDDEN"

    @field_validator("field")
    @classmethod
    def _in_the_schema(cls, field: str) -> str:
        if not has_field(*field.partition(".")[::2]):
            raise ValueError("must be Type.field of the schema")
        return field


class RefusedProfile(_Fault):
    """The application is refused: FORBIDDEN, or BAD_USER_INPUT."""

    kind: Literal["forbidden"] = "forbidden"
    code: str = "FORBIDDEN"


class NullProfile(_Fault):
    """The application is not there any more: null without an error."""

    kind: Literal["null-profile"] = "null-profile"


class Redacted(_Fault):
    """The candidate or the application was deleted at SEEK."""

    kind: Literal["redacted"] = "redacted"


class VanishedAttachment(_Fault):
    """
    The document is not there. NOT SEEN: with what status SEEK says so.

    Where ``status`` is not given it is the sandbox's own for a missing document.
    """

    kind: Literal["vanished-attachment"] = "vanished-attachment"
    status: int | None = Field(None, ge=400, le=499)


class LargeAttachment(_Fault):
    """The document is ``size`` bytes, with or without saying so beforehand."""

    kind: Literal["large-attachment"] = "large-attachment"
    size: int = Field(25 * _MIB + 1, ge=1, le=_MAX_FILE)
    declared: bool = True


class OddAttachment(_Fault):
    """The document is another one, whatever the candidate attached."""

    kind: Literal["odd-attachment"] = "odd-attachment"
    content: str
    """In base64."""


class Redirect(_Fault):
    """The download is redirected: within the origin, or to ``location``."""

    kind: Literal["redirect"] = "redirect"
    location: str | None = None
    status: Literal[301, 302, 303, 307, 308] = 302


class Undelivered(_Fault):
    """The event's webhook is not sent: it is in the events stream only."""

    kind: Literal["undelivered"] = "undelivered"


CallFault = Unauthenticated | RateLimit | ServerError | Slow
Fault = Annotated[
    CallFault
    | Partial
    | RefusedProfile
    | NullProfile
    | Redacted
    | VanishedAttachment
    | LargeAttachment
    | OddAttachment
    | Redirect
    | Undelivered,
    Field(discriminator="kind"),
]


class FaultStanding(BaseModel):
    """A fault that is in force; ``left`` calls more, None: until lifted."""

    number: int
    fault: Fault
    left: int | None
