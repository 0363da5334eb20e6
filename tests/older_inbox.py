"""What lies in an inbox since before a delivery was one object; it is taken over."""

from collections.abc import Callable, Mapping
from typing import BinaryIO

from letterbox.domain import keys
from letterbox.domain.drafts import Contents
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission
from letterbox.records.applications import StoredApplications

Accept = Callable[[ObjectStore, Submission, Mapping[str, BinaryIO]], None]


def accept_today(
    store: ObjectStore, submission: Submission, contents: Mapping[str, BinaryIO]
) -> None:
    """Have a submission wait with its documents, as one object."""
    StoredApplications(store).accept(submission, contents)


def accept_as_before(
    store: ObjectStore, submission: Submission, contents: Mapping[str, BinaryIO]
) -> None:
    """Have a submission wait, and its documents lie in their places already."""
    for document in submission.documents:
        content = contents[document.sha256]
        content.seek(0)
        key = keys.document(submission.application_id, document.name)
        store.put(key, content, document.size)
    key = keys.old_inbox_record(submission.application_id, submission.fingerprint)
    store.put(key, submission.model_dump_json().encode())


class AcceptsAsBefore(StoredApplications):
    """Accepts as an earlier release did."""

    def accept(self, submission: Submission, contents: Contents) -> None:
        """Write the documents, then what vouches for them."""
        assert isinstance(contents, Mapping)
        accept_as_before(self._store, submission, contents)


FORMS: dict[str, Accept] = {"today": accept_today, "before": accept_as_before}
APPLICATIONS = {"today": StoredApplications, "before": AcceptsAsBefore}
