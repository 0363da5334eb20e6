"""
Everything that Letterbox raises on purpose.

LetterboxError
├── MalformedError            the sender's bytes are not what was agreed
│   ├── TooLargeError         more bytes than the limits allow
│   └── SignatureError        not signed, or not by the board
├── RefusedError              understood, and declined by a rule
│   ├── ForbiddenError        the caller's role does not allow it
│   ├── HeldError             a legal hold keeps it from being removed
│   └── EndedError            it was erased, discarded or archived meanwhile
├── CrowdedIdError            too many differing applications came under one id
├── NotFoundError             no such application, position, board or document
├── BoardRefusedError         a board will not give us what we ask, or not safely
│   └── NoWordError           … for it has no word for what it would be told
├── BoardUnavailableError     a board cannot be reached, or will not talk to us now
├── FeedUnavailableError      a feed cannot be fetched from its address now
│   ├── FeedCutOffError       … and only its beginning came
│   └── ImportBusyError       … and another import is at work
├── ReceiverRefusedError      the ATS does not want what we deliver
│   └── ReceiverGoneError     … and wants nothing more (410)
├── ReceiverUnavailableError  the ATS cannot be reached, or will not listen now
├── ScannerUnavailableError   the virus scanner cannot be reached now
├── RenderingBusyError        too many documents are being looked into now
├── SignInError               somebody is not signed in by an identity provider
│   ├── SignInRefusedError    … for nothing there lets them in
│   ├── ProviderFaultError    … for what it says is not right
│   └── ProviderUnavailableError … for it cannot be reached now
├── DamagedError              what the store holds is not what was put there
├── StoreUnavailableError     the store cannot be read or written now
│   └── LocalDiskError        … nor this machine's own disk, for what is on its way
├── TemporalUnavailableError  Temporal cannot be reached now
└── SettingsError             a setting is missing or wrong

Messages are shown to operators and kept in Temporal, so none may quote what a
candidate or a board sent. Two translators read the attributes: ``api/failures.py``
for HTTP and ``activities/failures.py`` for Temporal.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Self

# The errors come without the models of the records.
if TYPE_CHECKING:
    from letterbox.domain.application import Stage


class LetterboxError(Exception):
    """
    Base of the tree; its attributes say what to do about it.

    ``may_come``: a board has announced what is absent or refused, and may give it soon.
    ``retry_after`` is how long the other side asked us to wait, if it did.
    """

    retryable: ClassVar[bool] = False
    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(
        self,
        message: str = "",
        *,
        may_come: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message)
        self.may_come = may_come
        self.retry_after = retry_after


class MalformedError(LetterboxError):
    """
    The sender's bytes are not what was agreed.

    ``field`` names what is wrong with them, as whoever sends them calls it.
    """

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, message: str = "", *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooLargeError(MalformedError):
    """More bytes, fields or documents than the limits allow."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class SignatureError(MalformedError):
    """The signature is absent, or fits none of the configured secrets."""

    status = HTTPStatus.UNAUTHORIZED


class RefusedError(LetterboxError):
    """Understood, and declined by a rule."""

    status = HTTPStatus.CONFLICT


class ForbiddenError(RefusedError):
    """The caller's role does not allow it."""

    status = HTTPStatus.FORBIDDEN


class HeldError(RefusedError):
    """A legal hold keeps an application from being removed."""


class EndedError(RefusedError):
    """
    Nothing can be written of an application that has ended meanwhile.

    ``stage`` tells how: erased, discarded or archived.
    """

    def __init__(self, stage: "Stage") -> None:
        super().__init__(f"the application was {stage}")
        self.stage = stage


class CrowdedIdError(LetterboxError):
    """
    Too many differing applications have come under one id to keep another there.

    Its sender is to keep it: what is answered as accepted is never dropped.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE


class NotFoundError(LetterboxError):
    """No such application, position, board or document."""

    status = HTTPStatus.NOT_FOUND


class BoardRefusedError(LetterboxError):
    """A board will not give us what we ask, or would send us where we must not go."""

    status = HTTPStatus.BAD_GATEWAY


class NoWordError(BoardRefusedError):
    """A board has no word for what it would be told, and is not told."""


class BoardUnavailableError(LetterboxError):
    """A board cannot be reached, or will not talk to us now."""

    retryable = True
    status = HTTPStatus.BAD_GATEWAY


class FeedUnavailableError(LetterboxError):
    """A feed of positions cannot be fetched from its address now."""

    retryable = True
    status = HTTPStatus.BAD_GATEWAY


class FeedCutOffError(FeedUnavailableError):
    """Only the beginning of a feed came; what is whole in it can be read."""


class ImportBusyError(FeedUnavailableError):
    """Another import of positions is at work; there is one at a time."""


class ReceiverRefusedError(LetterboxError):
    """The ATS does not want what we deliver; sending it again would not help."""

    status = HTTPStatus.BAD_GATEWAY


class ReceiverGoneError(ReceiverRefusedError):
    """The ATS says 410: nothing more is to be delivered to this address."""


class ReceiverUnavailableError(LetterboxError):
    """The ATS cannot be reached, or will not listen now."""

    retryable = True
    status = HTTPStatus.BAD_GATEWAY


class ScannerUnavailableError(LetterboxError):
    """The virus scanner cannot be reached now."""

    retryable = True
    status = HTTPStatus.SERVICE_UNAVAILABLE


class RenderingBusyError(LetterboxError):
    """As many documents as are allowed at once are being looked into now."""

    retryable = True
    status = HTTPStatus.SERVICE_UNAVAILABLE


class SignInError(LetterboxError):
    """
    Somebody cannot be signed in by an identity provider.

    ``code`` says why, for the log: nothing of a token is in it, nor in the message.
    """

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code

    def again(self) -> Self:
        """Return the same error, to be raised at another place."""
        return type(self)(str(self), code=self.code)


class SignInRefusedError(SignInError):
    """The provider lets nobody in, or gives them no role here."""

    status = HTTPStatus.FORBIDDEN


class ProviderFaultError(SignInError):
    """What an identity provider says cannot be used, or believed."""

    status = HTTPStatus.BAD_GATEWAY


class ProviderUnavailableError(SignInError):
    """An identity provider cannot be reached now."""

    retryable = True
    status = HTTPStatus.SERVICE_UNAVAILABLE


class DamagedError(LetterboxError):
    """What the store holds is not what was put there, or not all of it."""

    retryable = True


class StoreUnavailableError(LetterboxError):
    """
    The store cannot be read or written now.

    ``code`` says why, for programs: an error's name in S3 or in the system, or one of
    the constants here; none where the store itself works.
    """

    UNREACHABLE: ClassVar[str] = "unreachable"
    NOT_S3: ClassVar[str] = "not-s3"

    retryable = True
    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class LocalDiskError(StoreUnavailableError):
    """This machine cannot hold what is on its way: no space, or no more open files."""


class TemporalUnavailableError(LetterboxError):
    """Temporal cannot be reached now."""

    retryable = True
    status = HTTPStatus.SERVICE_UNAVAILABLE


class SettingsError(LetterboxError):
    """Settings are missing or wrong; ``mistakes`` has a sentence for each."""

    def __init__(self, *mistakes: str) -> None:
        heading = f"{len(mistakes)} settings are wrong:"
        several = "\n".join([heading, *(f"  {mistake}" for mistake in mistakes)])
        super().__init__(several if len(mistakes) > 1 else mistakes[0])
        self.mistakes = mistakes
