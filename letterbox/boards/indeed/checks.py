"""Indeed: whether it is told where candidates stand, and gives us a token for it."""

from letterbox.boards.indeed.client import open_client
from letterbox.boards.indeed.settings import IndeedSettings
from letterbox.checks import CheckResult, ok, wrong
from letterbox.domain.errors import BoardUnavailableError

_STATUSES = "Indeed's dispositions"
_ID, _SECRET = "LETTERBOX_INDEED_CLIENT_ID", "LETTERBOX_INDEED_CLIENT_SECRET"


async def check(settings: IndeedSettings) -> list[CheckResult]:
    """Judge the settings; with credentials, ask for a token: nothing is sent."""
    if not settings.indeed_client_id:
        return []
    if not settings.indeed_client_secret.get_secret_value():
        return [wrong(_STATUSES, f"{_ID} is set, {_SECRET} is not")]
    async with open_client(settings) as indeed:
        try:
            await indeed.token.get()
        except BoardUnavailableError as error:
            return [wrong(_STATUSES, str(error))]
    return [ok(_STATUSES, "Indeed issues a token")]
