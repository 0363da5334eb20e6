"""
The steps of runs that an older release began: six where there are three now.

This module goes with ``activities/older.py``, when no open application is of that
release (docs/changing-workflows.md).
"""

from temporalio import workflow

from workflows.calls import local, regular, unless_away
from workflows.options import ASK_BOARD, LAST_ASK

with workflow.unsafe.imports_passed_through():
    from activities.older import OlderActivities
    from letterbox.domain.messages import (
        FetchApplicationResult,
        RecordInput,
        StepInput,
        StoredDocuments,
        StoreResult,
    )


collect = local(OlderActivities.collect, "find what the board delivered")
fetch_application, fetch_application_last = (
    regular(
        OlderActivities.fetch_application, "ask the board for the application", options
    )
    for options in (ASK_BOARD, LAST_ASK)
)
record = local(OlderActivities.record, "write the record, clear the inbox")
_fetch_documents, _fetch_documents_last = (
    regular(
        OlderActivities.fetch_documents, "fetch the documents from the board", options
    )
    for options in (ASK_BOARD, LAST_ASK)
)
_store_documents = local(
    OlderActivities.store_documents, "check and recognise the documents"
)
_match_position = local(OlderActivities.match_position, "find the position")


async def documents(
    step: StepInput, fetched: FetchApplicationResult | None, *, is_last: bool
) -> StoredDocuments:
    """Check the documents that came, or fetch those that the board has."""
    if fetched is None:
        return await _store_documents(step)
    if not fetched.available:
        return StoredDocuments()
    fetch = _fetch_documents_last if is_last else _fetch_documents
    # What we hold stays; the board is asked for the others again.
    return await unless_away(fetch(step), StoredDocuments(whole=False))


async def with_position(args: RecordInput, collected: StoreResult) -> RecordInput:
    """Find the position, unless a second, whole submission came."""
    if collected.recorded and not collected.fetch:
        return args
    matched = await _match_position(args.step)
    return args.model_copy(update={"matched": matched})
