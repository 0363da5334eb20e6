"""What is wrong with the objects of an application, one by one. Pure."""

from collections.abc import Callable, Iterable, Iterator

from letterbox.audit.facts import Facts
from letterbox.audit.kinds import Kind
from letterbox.domain.application import Attachment
from letterbox.domain.documents import Problem
from letterbox.domain.ports import StoredObject

_LOOKED_AT = frozenset(Problem)


def _missing_documents(facts: Facts) -> Iterator[str]:
    there = set(map(_name, facts.traces.documents))
    named = facts.evidence.named.union(one.name for one in _attachments(facts))
    return (name for name in named if name and name not in there)


def _damaged_documents(facts: Facts) -> Iterator[str]:
    sizes = {
        one.name: one.size
        for one in _attachments(facts)
        # Of what came damaged, only the claim is known.
        if one.problem is None or one.problem in _LOOKED_AT
    }
    for document in facts.traces.documents:
        name = _name(document)
        is_other = sizes.get(name, document.size) != document.size
        if is_other or document.key in facts.evidence.damaged:
            yield name


def _missing_sources(facts: Facts) -> Iterator[str]:
    there = set(map(_name, facts.traces.sources))
    record = facts.evidence.record
    listed = [f"{view.number}.json" for view in record.views] if record else []
    return (name for name in listed if name not in there)


def _damaged_sources(facts: Facts) -> Iterator[str]:
    return _unreadable(facts, facts.traces.sources)


def _unreadable_inbox(facts: Facts) -> Iterator[str]:
    return _unreadable(facts, facts.traces.waiting)


def _unreadable_record(facts: Facts) -> Iterator[str]:
    record = facts.traces.record
    return _unreadable(facts, [record] if record else [])


NAMING: dict[Kind, Callable[[Facts], Iterator[str]]] = {
    Kind.DOCUMENT_MISSING: _missing_documents,
    Kind.DOCUMENT_DAMAGED: _damaged_documents,
    Kind.SOURCE_MISSING: _missing_sources,
    Kind.SOURCE_DAMAGED: _damaged_sources,
    Kind.INBOX_UNREADABLE: _unreadable_inbox,
    Kind.RECORD_UNREADABLE: _unreadable_record,
}


def _attachments(facts: Facts) -> tuple[Attachment, ...]:
    record = facts.evidence.record
    return tuple(record.all_attachments()) if record else ()


def _unreadable(facts: Facts, objects: Iterable[StoredObject]) -> Iterator[str]:
    return (_name(one) for one in objects if one.key in facts.evidence.unreadable)


def _name(stored: StoredObject) -> str:
    return stored.key.rpartition("/")[2]
