"""What a delivery means, in canonical terms."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from letterbox.domain.answers import Answer
from letterbox.domain.application import Source
from letterbox.domain.candidate import Candidate
from letterbox.domain.matching import References
from letterbox.domain.submission import Role


class Text(BaseModel):
    """A document that came as text inside a submission."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    role: Role
    text: str


class Reading(BaseModel):
    """What a submission means, in canonical terms."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    source: Source
    candidate: Candidate
    references: References
    applied_at: AwareDatetime
    texts: tuple[Text, ...] = ()
    answers: tuple[Answer, ...] = ()
    incomplete: bool = False
    is_consent_withheld: bool = False
    """Whether the candidate was asked for a consent and did not give it."""
    is_id_repeated: bool = False
    """Whether another application has the id that the board gave this one."""
