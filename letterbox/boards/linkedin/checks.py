"""What ``letterbox doctor`` prints of LinkedIn: nothing is asked for it."""

from collections.abc import Sequence

from letterbox.boards.linkedin.settings import LinkedInSettings
from letterbox.boards.linkedin.signature import split
from letterbox.checks import CheckResult, ok, warning, wrong

PLAYED = "sandbox"
"""The token for what only plays LinkedIn."""
_BOARD = "board linkedin"


def check(settings: LinkedInSettings) -> Sequence[CheckResult]:
    """Return what is set wrong or not at all; nothing while LinkedIn is off."""
    if not settings.linkedin_secrets:
        return []
    token = settings.linkedin_access_token.get_secret_value()
    if sandbox := settings.linkedin_sandbox:
        if token == PLAYED:
            return [ok(_BOARD, f"is played by the sandbox, {sandbox}")]
        message = (
            "LETTERBOX_LINKEDIN_SANDBOX is set: documents are downloaded without TLS "
            f"from {sandbox}, too; unset it, it is for development only"
        )
        return [wrong(_BOARD, message)]
    found = []
    keys = [secret.get_secret_value().encode() for secret in settings.linkedin_secrets]
    unnamed = sum(not application for application, _ in map(split, keys))
    if unnamed and len(keys) > 1:
        message = (
            f"{unnamed} of {len(keys)} LETTERBOX_LINKEDIN_SECRETS have no application "
            "id: LinkedIn's challenges to these applications are refused; write "
            "application id:client secret"
        )
        found.append(warning(_BOARD, message))
    if unnamed and len(keys) == 1:
        message = (
            "the one LETTERBOX_LINKEDIN_SECRETS has no application id: it answers for "
            "every application; with a second one, write application id:client secret"
        )
        found.append(ok(_BOARD, message))
    if not token:
        message = (
            "LETTERBOX_LINKEDIN_ACCESS_TOKEN is not set: no status is reported, "
            "which LinkedIn requires for every applicant"
        )
        found.append(warning(_BOARD, message))
    return found
