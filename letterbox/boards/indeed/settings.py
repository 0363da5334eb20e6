"""The settings that Indeed Apply needs."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode

from letterbox.domain.standing import CandidateStatus
from letterbox.setting_types import Secrets, Url, comma_separated, pairs

_MIB = 1024 * 1024
Refusal = Literal["unknown", "closed", "duplicate"]

# As https://docs-plus.indeed.com/api/common/objects/IndeedDispositionStatus has them.
_STATUSES = {
    CandidateStatus.RECEIVED: "NEW",
    CandidateStatus.VIEWED: "REVIEW",
    CandidateStatus.CONTACTED: "CONTACTED",
    CandidateStatus.INTERVIEWED: "INTERVIEW",
    CandidateStatus.OFFERED: "OFFER_MADE",
    CandidateStatus.HIRED: "HIRED",
    CandidateStatus.REJECTED: "NOT_SELECTED",
    CandidateStatus.WITHDRAWN: "WITHDRAWN",
}


Dispositions = Annotated[
    dict[CandidateStatus, Annotated[str, Field(pattern=r"^[A-Z][A-Z_]{0,63}$")]],
    NoDecode,
    BeforeValidator(pairs),
]


class IndeedSettings(BaseSettings):
    """Indeed's part of the settings."""

    indeed_secrets: Secrets = Field(
        (), description="API secrets shared with Indeed, old and new; none: off."
    )
    indeed_refuse: Annotated[
        tuple[Refusal, ...], NoDecode, BeforeValidator(comma_separated)
    ] = Field(
        (),
        description="What Indeed is told instead of accepting it: unknown (404), closed"
        " (410), which take a job out of its search; duplicate (409).",
    )
    indeed_max_body_bytes: int = Field(
        40 * _MIB, gt=0, description="Largest application that Indeed may post."
    )
    indeed_client_id: str = Field(
        "", description="OAuth client id; none: Indeed is told no statuses."
    )
    indeed_client_secret: SecretStr = Field(
        SecretStr(""), description="OAuth client secret."
    )
    indeed_token_url: Url = Field(
        "https://apis.indeed.com/oauth/v2/tokens",
        description="Indeed's token endpoint.",
    )
    indeed_graphql_url: Url = Field(
        "https://apis.indeed.com/graphql", description="Indeed's GraphQL endpoint."
    )
    indeed_scope: str = Field("employer_access", description="Scope of the token.")
    indeed_ats_name: str = Field(
        "Letterbox", description="Name of the ATS, as Indeed has it on record."
    )
    indeed_statuses: Dispositions = Field(
        {},
        description="Indeed's words for our statuses where they differ from the usual.",
    )

    def disposition_statuses(self) -> Mapping[CandidateStatus, str]:
        """Return Indeed's word for each status."""
        return _STATUSES | self.indeed_statuses
