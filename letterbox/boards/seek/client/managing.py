"""Our webhook subscriptions at SEEK: made, signed anew, and looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from letterbox.boards.client.graphql import PartnerGraph
from letterbox.boards.node import Node
from letterbox.boards.seek.events import HANDLED
from letterbox.boards.seek.queries import (
    CREATE_WEBHOOK_SUBSCRIPTION,
    SIGN_WEBHOOK_SUBSCRIPTION,
    WEBHOOK_SUBSCRIPTION,
    WEBHOOK_SUBSCRIPTIONS,
    failures_of,
    subscriptions_to,
)
from letterbox.boards.seek.subscriptions import (
    ALGORITHM,
    FAILURES,
    Subscription,
    read_subscription,
    subscriptions_to_us,
)
from letterbox.domain.errors import BoardRefusedError, BoardUnavailableError

_LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Managed:
    """A subscription that leads to us, and its id."""

    id: str
    subscription: Subscription


@dataclass(frozen=True, slots=True)
class SubscriptionManager:
    """Asks and changes; what is repeated changes nothing twice."""

    graph: PartnerGraph
    scheme: str

    async def list(self) -> list[Managed]:
        """List those to all events that we act upon, whose address is one of ours."""
        ids: list[str] = []
        for event_type in HANDLED:
            connection = await self._field(
                WEBHOOK_SUBSCRIPTIONS,
                subscriptions_to(self.scheme, event_type),
                "webhookSubscriptions",
            )
            ids += subscriptions_to_us(connection)
        since = datetime.now(UTC) - _LATELY
        managed: list[Managed] = []
        for identifier in ids:
            found = read_subscription(
                await self._field(
                    WEBHOOK_SUBSCRIPTION,
                    failures_of(identifier, since, FAILURES),
                    "webhookSubscription",
                )
            )
            if found:
                managed.append(Managed(identifier, found))
        return managed

    async def create(
        self, event_type: str, url: str, secret: str, hirer: str | None = None
    ) -> tuple[str, bool]:
        """Make a subscription; return its id, and whether it was not there before."""
        wanted: dict[str, JsonValue] = {
            "schemeId": self.scheme,
            "eventTypeCode": event_type,
            "url": url,
            "secret": secret,
            "signingAlgorithmCode": ALGORITHM,
        }
        if hirer:
            wanted["hirerId"] = hirer
        payload = Node(
            await self._field(
                CREATE_WEBHOOK_SUBSCRIPTION,
                {"input": {"webhookSubscription": wanted}},
                "createWebhookSubscription",
            )
        )
        made = payload.identifier("webhookSubscription", "id")
        known = payload.identifier("conflictingWebhookSubscription", "id")
        if not (made or known):
            raise BoardUnavailableError("SEEK does not say which subscription it made")
        return made or known or "", made is not None

    async def sign_with(self, subscription_id: str, secret: str) -> None:
        """Have a subscription signed with another secret, within half an hour."""
        signing: JsonValue = {
            "id": subscription_id,
            "secret": secret,
            "signingAlgorithmCode": ALGORITHM,
        }
        await self._field(
            SIGN_WEBHOOK_SUBSCRIPTION,
            {"input": {"webhookSubscription": signing}},
            "updateWebhookSubscriptionSigningConfiguration",
        )

    async def _field(
        self, query: str, variables: Mapping[str, JsonValue], field: str
    ) -> JsonValue:
        response = await self.graph.execute(query, variables)
        if response.errors or response.data is None:
            codes = ", ".join(sorted(code or "no code" for code in response.codes))
            raise BoardRefusedError(
                f"SEEK refuses {field}: {codes or f'status {response.status}'} "
                f"(X-Request-Id {response.request_id})"
            )
        return response.data.get(field)
