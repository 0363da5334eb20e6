"""The settings of applications by e-mail."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings

from letterbox.boards.mail.subject_rule import compiled
from letterbox.setting_types import Secrets

_MIB = 1024 * 1024


def _is_rule(pattern: str) -> str:
    if pattern:
        compiled(pattern)
    return pattern


class MailSettings(BaseSettings):
    """The part of the settings for e-mail."""

    mail_secrets: Secrets = Field(
        (),
        description="Bearer tokens of whoever posts messages to /apply/mail, old and"
        " new; none: off.",
    )
    mail_subject_reference: Annotated[str, AfterValidator(_is_rule)] = Field(
        "",
        description="Regular expression (RE2) that finds the position's reference in"
        " the subject: its first group.",
    )
    mail_max_body_bytes: int = Field(
        40 * _MIB, gt=0, description="Largest message taken at /apply/mail."
    )
