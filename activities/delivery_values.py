"""What travels between a workflow and the delivery of its events."""

from enum import StrEnum

from pydantic import Field

from activities.value import Value
from domain.delivery import ApplicationEvent


class DeliveryOrder(ApplicationEvent):
    """
    One event to be delivered.

    ``delivery_id`` becomes the ``webhook-id``, the same over all retries: the ATS
    tells repeats by it. It is signed between full stops, so it must hold none.
    """

    delivery_id: str = Field(pattern=r"\A[A-Za-z0-9_-]{1,100}\z")


class Outcome(StrEnum):
    """What became of a delivery that is over."""

    DELIVERED = "delivered"
    DISABLED = "disabled"
    """The ATS has said 410 to this address, now or before."""
    OFF = "off"
    """What older releases said where they had no ATS; histories hold it."""


class Delivered(Value):
    """How a delivery ended."""

    outcome: Outcome


class Keeping(Value):
    """Events that are kept, since no workflow will be there to remember them."""

    application_id: str
    events: tuple[DeliveryOrder, ...]


class Found(Value):
    """What was kept of an application."""

    deliver: bool
    """Whether there is an ATS to tell."""
    events: tuple[DeliveryOrder, ...] = ()
