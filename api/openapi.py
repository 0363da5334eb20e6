"""The OpenAPI document: what FastAPI knows, and what it does not."""

from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, status
from starlette.types import ASGIApp

from api.board_openapi import board_paths
from api.operator.problems import Problem
from api.request_ids import RequestIds
from letterbox.domain.events import Event, TrialEvent

_ABOUT = """
Letterbox receives job applications from job boards, and never loses one.

Boards post to the addresses under **boards**, signed in their own way. An ATS reads
applications and acts upon them under **applications** and **positions**, with a bearer
token. Errors are problem details (RFC 9457); what was sent is never repeated in them.
"""
_TAGS = [
    {
        "name": "boards",
        "description": "Where boards send applications, each in its own format.",
    },
    {
        "name": "applications",
        "description": "Open and ended applications.",
    },
    {"name": "positions", "description": "The catalogue that applications are for."},
    {"name": "journal", "description": "Who saw and who did what."},
    {"name": "operations", "description": "For orchestrators and Prometheus."},
]


class DocumentedApi(FastAPI):
    """A FastAPI whose document has our problems in the place of its own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            description=_ABOUT,
            openapi_tags=_TAGS,
            generate_unique_id_function=lambda route: route.name,
            webhooks=router,
            **options,
        )

    def build_middleware_stack(self) -> ASGIApp:
        """Put request ids outermost, so that failures have one, too."""
        return RequestIds(super().build_middleware_stack())

    def openapi(self) -> dict[str, Any]:
        """Make the document once."""
        if self.openapi_schema is None:
            document = super().openapi()
            document["paths"] = board_paths() | document["paths"]
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            _replace_errors(schemas)
            for operations in (document["paths"] | document["webhooks"]).values():
                for operation in operations.values():
                    _drop_made_up(operation["responses"])
                    operation["summary"] = _summary(operation["description"])
        return super().openapi()


def _summary(description: str) -> str:
    """Return the first sentence of a description, instead of a function's name."""
    first = " ".join(description.strip().split("\n\n")[0].split())
    return first.partition(". ")[0].rstrip(".") + "."


def _replace_errors(schemas: dict[str, Any]) -> None:
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    for made_up in ("HTTPValidationError", "ValidationError"):
        schemas.pop(made_up, None)


def _drop_made_up(responses: dict[str, Any]) -> None:
    """Drop the 422 of a route that any request passes; where one can be we say so."""
    if "application/json" in responses.get("422", {}).get("content", {}):
        del responses["422"]


router = APIRouter(tags=["applications"])

WebhookId = Annotated[str, Header(description="The same for all retries.")]
WebhookTimestamp = Annotated[str, Header(description="Seconds since 1970.")]
WebhookSignature = Annotated[
    str, Header(description="One or more signatures, `v1,` and base64 each.")
]


@router.post("event", operation_id="event", status_code=status.HTTP_204_NO_CONTENT)
async def event(
    event: Event,
    webhook_id: WebhookId,
    webhook_timestamp: WebhookTimestamp,
    webhook_signature: WebhookSignature,
) -> None:
    """Receive what happened to an application: answer 2xx, or 410 to get no more."""


@router.post("test", operation_id="test", status_code=status.HTTP_204_NO_CONTENT)
async def test(
    event: TrialEvent,
    webhook_id: WebhookId,
    webhook_timestamp: WebhookTimestamp,
    webhook_signature: WebhookSignature,
) -> None:
    """Receive a test event, sent by ``letterbox deliver --test``."""
