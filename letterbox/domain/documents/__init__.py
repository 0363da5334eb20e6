"""What a document is, by its content; its name and declared type may lie. Pure."""

from letterbox.domain.documents.kinds import (
    TXT,
    UNREADABLE,
    DocumentKind,
    DocumentProblem,
)
from letterbox.domain.documents.recognition import recognise

__all__ = ["TXT", "UNREADABLE", "DocumentKind", "DocumentProblem", "recognise"]
