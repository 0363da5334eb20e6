"""The text of documents: made when it is first read, and kept beside the document."""

from contextlib import suppress

from letterbox.archive import endings
from letterbox.domain import keys
from letterbox.domain.application import Stage
from letterbox.domain.errors import EndedError, StoreUnavailableError
from letterbox.domain.ports import ObjectStore
from letterbox.rendering.process import Rendering
from letterbox.storage.objects import exists


class StoredTexts:
    """Reads texts and draws pages of documents in the open copy. Blocking."""

    def __init__(self, store: ObjectStore, rendering: Rendering) -> None:
        self._store = store
        self._rendering = rendering

    def text(self, application_id: str, name: str) -> bytes:
        """
        Read the text of a document, in UTF-8.

        NotFoundError says why there is none, FileNotFoundError: there is no document.
        EndedError where the application has ended meanwhile. Nothing fails because the
        text could not be kept.
        """
        digest, _, kind = name.partition(".")
        key = keys.document_text(application_id, digest)
        with suppress(FileNotFoundError):
            return self._store.get(key)
        with self._store.open(keys.document(application_id, name)) as document:
            text = self._rendering.text(document, kind).body
        with suppress(StoreUnavailableError):
            self._store.put(key, text)
        self._take_back_if_ended(application_id, key)
        return text

    def page(
        self, application_id: str, name: str, number: int, width: int
    ) -> tuple[bytes, int]:
        """Draw a page of a PDF as a PNG; return how many pages there are, too."""
        with self._store.open(keys.document(application_id, name)) as document:
            drawn = self._rendering.page(document, number, width)
        return drawn.body, drawn.pages or 0

    def _take_back_if_ended(self, application_id: str, key: str) -> None:
        """Remove what was written of what was erased or archived meanwhile."""
        endings.take_back_if_removed(self._store, application_id, key)
        if not exists(self._store, keys.record(application_id)):
            self._store.delete(key)
            raise EndedError(Stage.ARCHIVED)
