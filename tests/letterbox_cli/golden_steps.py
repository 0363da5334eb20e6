"""The commands whose output is kept in ``golden/``, in the order in which they run."""

from dataclasses import dataclass

from letterbox.boards import discover
from letterbox.boards.base import AskedBoard, PostBoard

MATCHED = "careerjet:11111111-aaaa-bbbb-cccc-000000000001"
TRIAGE = "careerjet:22222222-aaaa-bbbb-cccc-000000000002"
TWIN = "careerjet:33333333-aaaa-bbbb-cccc-000000000003"
ERASED = "careerjet:44444444-aaaa-bbbb-cccc-000000000004"
ARCHIVED = "careerjet:55555555-aaaa-bbbb-cccc-000000000005"
WAITING = "careerjet:66666666-aaaa-bbbb-cccc-000000000006"
LOST = "careerjet:77777777-aaaa-bbbb-cccc-000000000007"

BY = ("--by", "jane.doe", "--reason", "case 4711")


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and the schema of its JSON where it prints any."""

    name: str
    words: tuple[str, ...]
    schema: str | None = None
    stdin: str | None = None
    before: str | None = None
    """What is done to the installation before it, by the name of a method."""
    has_lines: bool = False
    """Whether it has ``--ndjson``."""


STEPS = (
    Step("init", ("init",), "init"),
    Step("positions-import", ("positions", "import", "jobs.json"), "positions-import"),
    Step(
        "positions-import-mended",
        ("positions", "import", "spoilt.json", "--partial"),
        "positions-import",
    ),
    Step("positions-list", ("positions", "list"), "positions-list", has_lines=True),
    Step("positions-show", ("positions", "show", "DEV-17"), "positions-show"),
    Step("positions-close", ("positions", "close", "OPS-3"), "positions-close"),
    Step("positions-open", ("positions", "open", "OPS-3"), "positions-open"),
    Step(
        "positions-refused",
        ("positions", "refused"),
        "positions-refused",
        before="refuse_references",
        has_lines=True,
    ),
    Step("list-none", ("list",), before="start_worker"),
    Step("list", ("list",), "list", before="take_in", has_lines=True),
    Step(
        "list-triage",
        ("list", "--stage", "triage", "--limit", "1"),
        "list",
        has_lines=True,
    ),
    Step(
        "list-candidate", ("list", "--candidate", "-"), "list", stdin="ada@example.com"
    ),
    Step("list-wrong", ("list", "--stage", "triag"), "problem"),
    Step("show", ("show", MATCHED), "show"),
    Step("show-triage", ("show", TRIAGE), "show"),
    Step("show-received", ("show", WAITING), "show"),
    Step("show-archived", ("show", ARCHIVED), "show"),
    Step("show-unknown", ("show", "careerjet:nobody"), "problem"),
    Step("assign-unknown", ("assign", TWIN, "NO-1", "--by", "jane.doe"), "problem"),
    Step("assign", ("assign", TRIAGE, "DEV-17", "--by", "jane.doe"), "assign"),
    Step(
        "hold",
        ("hold", MATCHED, *BY, "--until", "2031-01-01"),
        "hold",
    ),
    Step("show-held", ("show", MATCHED), "show"),
    Step("hold-release", ("hold", MATCHED, "--release", "--by", "jane.doe"), "hold"),
    Step("history", ("history", MATCHED), "history", has_lines=True),
    Step("history-unknown", ("history", "careerjet:nobody"), "problem"),
    Step(
        "status",
        ("status", MATCHED, "interviewed", "--id", "change-1", "--by", "jane.doe"),
        "status",
    ),
    Step("status-other", ("status", MATCHED, "hired", "--id", "change-1"), "problem"),
    Step("refresh-refused", ("refresh", MATCHED), "problem"),
    Step("deliver-refused", ("deliver", MATCHED), "problem"),
    Step(
        "deliver-dry-run",
        ("deliver", "--position", "DEV-17", "--dry-run"),
        "deliver-dry-run",
    ),
    Step("deliver-many", ("deliver", "--position", "DEV-17"), "problem"),
    Step("deliver-test", ("deliver", "--test"), "problem"),
    Step("release-refused", ("release", MATCHED, f"{64 * '0'}.pdf", *BY), "problem"),
    Step("holds-export", ("holds", "export"), before="hold_archived"),
    Step("holds-apply", ("holds", "apply", "holds.jsonl", "--dry-run"), "holds-apply"),
    Step("erase-dry-run", ("erase", ERASED, "--dry-run"), "erase-dry-run"),
    Step("erase-unasked", ("erase", ERASED, *BY), "problem"),
    Step("erase", ("erase", ERASED, *BY, "--yes"), "erase"),
    Step("show-erased", ("show", ERASED), "show"),
    Step("erasures-export", ("erasures", "export")),
    Step(
        "erasures-apply",
        ("erasures", "apply", "erasures.jsonl", "--dry-run"),
        "erasures-apply",
        before="export_erasures",
    ),
    Step("journal", ("journal", ERASED), "journal", has_lines=True),
    Step(
        "operators-add",
        ("operators", "add", "jane.doe", "--role", "triage", "--hirer", "acme"),
        "operators-add",
    ),
    Step("operators-list", ("operators", "list"), "operators-list", has_lines=True),
    Step("operators-revoke-unknown", ("operators", "revoke", "joe"), "problem"),
    Step(
        "export",
        ("export", "--candidate", "-", "--to", "{new}"),
        "export",
        stdin="ada@example.com\n",
    ),
    Step("list-csv", ("list", "--csv")),
    Step("restore", ("restore", ARCHIVED, "--to", "{new}"), "restore"),
    Step("restore-open", ("restore", TRIAGE, "--to", "{new}"), "problem"),
    Step("audit", ("audit",), "audit", before="break_store", has_lines=True),
    Step("audit-foreign", ("audit", "--foreign"), "audit-foreign", has_lines=True),
    Step("send-production", ("send", "careerjet"), "problem"),
    Step("send-nobody", ("send", "careerjet", "--yes"), "problem"),
    Step(
        "send-careerjet",
        ("send", "careerjet", "--yes"),
        "send-careerjet",
        before="start_api",
    ),
    *(
        Step(
            f"send-{name}",
            ("send", name, "--yes"),
            f"send-{name}",
            before="start_sandbox" if isinstance(board, AskedBoard) else None,
        )
        for name, board in discover().items()
        if isinstance(board, PostBoard)
    ),
    Step("doctor", ("doctor",), "doctor", has_lines=True),
    Step("replay-wrong", ("replay", "jobs.json")),
)
