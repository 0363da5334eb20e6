"""Simulates what happens at SEEK: orders of the control API become events."""

from datetime import datetime

from seek_sandbox.attachments import usual_roles
from seek_sandbox.events import MAX_LAG, Event
from seek_sandbox.options import SandboxOptions
from seek_sandbox.orders import APPLICATION_CREATED, Ad, ApplicationOrder, EventOrder
from seek_sandbox.times import to_the_millisecond
from seek_sandbox.webhooks import Postman
from seek_sandbox.world import Application, World


class TakenError(Exception):
    """The id in an order is in use already."""


class Simulation:
    """Turns orders into applications and events."""

    def __init__(
        self, world: World, options: SandboxOptions, postman: Postman | None = None
    ) -> None:
        self._world = world
        self._options = options
        self._postman = postman
        self._made = 0

    def apply(self, order: ApplicationOrder) -> Event:
        """Create an application, and the event that reports it."""
        application = self._application(order)
        if application.profile_id in self._world.applications:
            raise TakenError(application.profile_id)
        position = application.position
        event = self._event(
            APPLICATION_CREATED,
            order.event_id,
            application.created_at,
            {
                "candidateApplicationProfileId": application.profile_id,
                "candidateId": application.candidate_id,
                "hirerId": position.hirer.hirer_id,
            },
        )
        event.position_profile_id = position.profile_id
        self._world.add(application)
        return event

    def emit(self, order: EventOrder) -> Event:
        """Create any other event; what its type needs is filled in."""
        details = dict(order.details)
        position_id = order.position_profile_id
        if order.type.startswith("PositionProfile"):
            position_id = position_id or self._world.position(Ad()).profile_id
            details["positionProfileId"] = position_id
        position = self._world.positions.get(position_id or "")
        implied = position.hirer.hirer_id if position else None
        hirer = self._world.hirer(order.hirer_id or implied)
        details["hirerId"] = hirer.hirer_id
        if order.relationships is not None:
            hirer.relationships = order.relationships
        moment = self._moment(order.created_at)
        event = self._event(order.type, order.event_id, moment, details)
        event.position_profile_id = position_id
        return event

    def subscription(self, event_type: str) -> str:
        """Return the subscription by which an event goes: one made by mutation last."""
        first = self.first_subscription(event_type)
        if self._postman is None or self._postman.working:
            return first
        made = self._postman.created.values()
        fitting = [one.id for one in made if one.event_type == event_type]
        return fitting[0] if fitting else first

    def first_subscription(self, event_type: str) -> str:
        """Return the subscription of an event type that there is from the start."""
        if event_type == APPLICATION_CREATED and self._options.subscription_id:
            return self._options.subscription_id
        return self._world.ids.make("webhookSubscription:events", event_type)

    def _application(self, order: ApplicationOrder) -> Application:
        number, self._made = self._made, self._made + 1
        ids = self._world.ids
        position = self._world.position(order.ad)
        person = number if order.person is None else order.person
        roles, asks = order.attachments, order.questionnaire
        return Application(
            profile_id=order.profile_id or ids.make("candidateProfile:apply", number),
            candidate_id=order.candidate_id
            or ids.make("candidate:feed", position.hirer.hirer_id, person),
            person=person,
            position=position,
            created_at=self._moment(order.created_at),
            roles=usual_roles(number) if roles is None else roles,
            # Two of three ads ask questions.
            has_questionnaire=bool((number + 1) % 3) if asks is None else asks,
        )

    def _moment(self, ordered: datetime | None) -> datetime:
        """Date an event a little before it enters the stream, whose order is weak."""
        if ordered:
            return to_the_millisecond(ordered)
        dice = self._world.ids.dice("lag", len(self._world.stream.events))
        return to_the_millisecond(
            self._world.stream.next_time() - dice.random() * MAX_LAG
        )

    def _event(
        self,
        event_type: str,
        event_id: str | None,
        created_at: datetime,
        details: dict[str, str],
    ) -> Event:
        stream = self._world.stream
        name = event_id or self._world.ids.make("event:events", len(stream.events))
        if stream.find(name):
            raise TakenError(name)
        event = Event(
            event_id=name,
            type=event_type,
            created_at=created_at,
            stream_at=stream.next_time(),
            subscription_id=self.subscription(event_type),
            details=details,
        )
        stream.append(event)
        return event
