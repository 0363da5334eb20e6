"""What a sandbox is made with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """
    Everything a sandbox takes from outside.

    Fields under "NOT SEEN" stand for what SEEK's public pages do not tell: their
    defaults are plain choices, and a client must work with any other.
    """

    client_id: str
    client_secret: str
    audience: str = "https://graphql.seek.com"
    scheme: str = "seekAnz"
    token_lifetime: float = 1800
    """Seconds; a token really expires."""

    webhook_url: str = ""
    """Where events are delivered; nowhere where empty."""
    webhook_secret: str = ""
    """What signs them; SEEK delivers signed only, so none: nothing is delivered."""
    subscription_id: str = ""
    """Of the application events; made from the seed where empty."""
    events_per_request: int = 10
    webhook_timeout: float = 10

    seed: str = "letterbox"
    """Same seed, same orders: same ids and the same invented people."""
    public_url: str = ""
    """Origin of attachments; where empty, the one that the caller used."""
    graphql_content_type: str = "application/json; charset=utf-8"
    """SEEK may change it to application/graphql-response+json."""

    # NOT SEEN: how often and how long SEEK retries.
    webhook_attempts: int = 8
    webhook_pause: float = 1
    """Seconds before the second attempt; doubles each time."""
    webhook_longest_pause: float = 60

    # NOT SEEN: statuses of refusals outside GraphQL.
    token_refusal_status: int = 401
    attachment_unauthorized_status: int = 401
    attachment_missing_status: int = 404
    malformed_status: int = 400
    """Of a GraphQL request whose body is no GraphQL request."""

    # NOT SEEN: codes.
    invalid_document_code: str = "BAD_USER_INPUT"
    """Of a query that the schema does not allow."""
    internal_error_code: str = "INTERNAL_SERVER_ERROR"
    posted_elsewhere_code: str = "PostedElsewhere"
    """``seekPostingSourceCode`` of ads not posted by the partner."""
