"""The API with no engine behind it: the same handler, whose starts do nothing."""

from api.app import create_app
from letterbox.logs import set_up_logs
from letterbox.settings import load_settings
from letterbox_cli.api.server import serve


async def _nothing(_application_id: str, request_id: str | None = None) -> None:
    """Start nothing."""


if __name__ == "__main__":
    set_up_logs("api")
    settings = load_settings()
    serve(create_app(settings, start=_nothing), settings)
