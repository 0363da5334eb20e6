"""Which position a message is for: by its recipient's address, else by its subject."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from letterbox.boards.mail.headers import Mailbox, MessageHeaders, mailboxes
from letterbox.boards.mail.subject_rule import reference_in
from letterbox.domain.charsets import decoded

# Whoever passes a message on knows whom it is for; servers write it down when they
# deliver; what the sender wrote comes last.
GIVEN = "letterbox-recipient"
_WRITTEN = ("x-original-to", "envelope-to", "x-envelope-to", "delivered-to")
_ADDRESSED = ("to", "cc")


@dataclass(frozen=True, slots=True)
class Found:
    """A reference, and where it was found."""

    reference: str | None = None
    at: str | None = None


def find_reference(
    headers: MessageHeaders, given: Mapping[str, str], senders: list[Mailbox], rule: str
) -> Found:
    """Look for what follows a plus; ``rule`` is a pattern for the subject."""
    own = {_without_plus(sender.address) for sender in senders}
    for at, mailbox in _recipients(headers, given):
        local, _, _ = mailbox.address.rpartition("@")
        reference = local.partition("+")[2].strip()
        # A candidate may have a copy sent to an address with a plus, too.
        if reference and _without_plus(mailbox.address) not in own:
            return Found(reference, at)
    reference_of_subject = reference_in(headers.text("subject"), rule)
    if reference_of_subject:
        return Found(reference_of_subject, "subject")
    return Found()


def recipient_of(given: Mapping[str, str]) -> str | None:
    """Return whom a message was sent to, as its server knows it."""
    recipient = given.get(GIVEN)
    # HTTP's headers are read as Latin-1, whatever they are.
    return recipient and decoded(recipient.encode("latin-1", "replace"))[0]


def _recipients(
    headers: MessageHeaders, given: Mapping[str, str]
) -> Iterator[tuple[str, Mailbox]]:
    yield from ((GIVEN, one) for one in mailboxes(recipient_of(given) or ""))
    for name in (*_WRITTEN, *_ADDRESSED):
        yield from ((name, one) for one in headers.mailboxes(name))


def _without_plus(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}".lower()
