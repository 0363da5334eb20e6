"""What a call to Temporal fails with, in our words."""

import pytest
from temporalio.service import RPCError, RPCStatusCode

from letterbox.domain.errors import TemporalUnavailableError
from letterbox.temporal.rpc import reaching_temporal


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (RPCStatusCode.CANCELLED, "Temporal does not answer"),
        (RPCStatusCode.DEADLINE_EXCEEDED, "Temporal does not answer"),
        (RPCStatusCode.UNAVAILABLE, "Temporal does not answer"),
        (RPCStatusCode.PERMISSION_DENIED, "Temporal answers PERMISSION_DENIED"),
    ],
)
def test_who_has_not_answered_is_not_said_to_have_answered(
    status: RPCStatusCode, words: str
) -> None:
    """A client calls it cancelled when a server is silent for too long."""
    with pytest.raises(TemporalUnavailableError) as raised, reaching_temporal():
        raise RPCError("", status, b"")

    assert str(raised.value) == words
