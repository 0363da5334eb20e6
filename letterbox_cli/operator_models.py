"""What ``letterbox operators`` and ``letterbox journal`` print with ``--json``."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from letterbox.domain.journal import Seen
from letterbox.domain.operators import OperatorRole


class ListedToken(BaseModel):
    """A token of an operator: not what it is, nor its hash."""

    model_config = ConfigDict(extra="ignore")

    id: str
    added: datetime | None = None
    expires: datetime | None = None


class ListedOperator(BaseModel):
    """An operator, as the file has it."""

    name: str
    role: OperatorRole
    hirers: tuple[str, ...] | None = Field(None, description="Null is all.")
    expires: datetime | None = None
    tokens: tuple[ListedToken, ...]


class ListedOperators(BaseModel):
    """All of them."""

    items: tuple[ListedOperator, ...]


class AddedOperator(ListedOperator):
    """An operator with its new token, which is shown this once."""

    token_id: str
    token: str


class JournalEntries(BaseModel):
    """What was seen and done, the latest first."""

    items: tuple[Seen, ...]


class RevokedOperator(BaseModel):
    """An operator that was removed, or lost a token."""

    name: str
    token: str | None = Field(description="Its id; null where all were removed.")
    tokens_left: int
