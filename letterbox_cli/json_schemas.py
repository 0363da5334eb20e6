"""The JSON Schema of what each command prints with ``--json``."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter

from api.operator.problems import Problem
from letterbox.arrivals import Arrival
from letterbox.boards import discover
from letterbox.boards.base import FormBoard, PostBoard
from letterbox.catalogue.imports.report import ImportReport
from letterbox.catalogue.refused_references import Refused
from letterbox.checks import CheckResult
from letterbox.domain.history import Happening, History
from letterbox.domain.journal import Seen
from letterbox.domain.listing import ApplicationStatus, Item
from letterbox.domain.positions import Position
from letterbox_cli import json_models as models
from letterbox_cli import operator_models, seek_models

OUTPUTS: Mapping[str, Any] = {
    "list": models.ListedApplications,
    "show": models.ShownApplication,
    "history": History,
    "journal": operator_models.JournalEntries,
    "assign": ApplicationStatus,
    "refresh": ApplicationStatus,
    "hold": models.HeldApplication | models.ReleasedHold,
    "release": ApplicationStatus,
    "deliver": ApplicationStatus,
    "deliver-dry-run": models.SelectedApplications,
    "deliver-many": models.BulkDelivery,
    "deliver-test": models.TestEvent,
    "erase": models.Erasures,
    "erase-dry-run": models.ErasurePreviews,
    "erasures-apply": models.AppliedLines,
    "holds-apply": models.AppliedLines,
    "export": models.ExportedCandidate,
    "restore": models.Restored,
    "init": models.Steps,
    "doctor": models.Checks,
    "audit": models.AuditReport,
    "audit-foreign": models.ForeignObjects,
    "positions-import": ImportReport,
    "positions-list": models.Positions,
    "positions-show": Position,
    "positions-close": Position,
    "positions-open": Position,
    "positions-refused": models.RefusedReferences,
    "operators-add": operator_models.AddedOperator,
    "operators-list": operator_models.ListedOperators,
    "operators-revoke": operator_models.RevokedOperator,
    **{
        f"send-{name}": models.Posted
        for name, board in discover().items()
        if isinstance(board, FormBoard | PostBoard)
    },
    "send-seek": models.EmittedEvents,
    "status": models.NotedStatus,
    "seek-subscribe": seek_models.CreatedSubscriptions,
    "seek-rotate": seek_models.SignedSubscriptions | seek_models.SecretFile,
    "seek-status": seek_models.WatchedSubscriptions,
    "seek-backfill": seek_models.Backfilled,
    "problem": Problem,
}
"""By the command's words; ``problem`` is what stands on standard error."""

LINES: Mapping[str, type[BaseModel]] = {
    "list": Item,
    "history": Happening,
    "journal": Seen,
    "watch": Arrival,
    "audit": models.ExplainedFinding,
    "audit-foreign": models.ForeignObject,
    "doctor": CheckResult,
    "positions-list": Position,
    "positions-refused": Refused,
    "operators-list": operator_models.ListedOperator,
    "send-seek": models.Emitted,
}
"""What stands on each line with ``--ndjson``."""


def schema_of(output: Any) -> dict[str, Any]:
    """Return the JSON Schema of what is printed."""
    schema = TypeAdapter(output).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
