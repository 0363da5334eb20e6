"""Our rules among those of a bucket's lifecycle. Pure."""

from datetime import timedelta
from math import ceil
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import fromstring

from domain.keys import ARCHIVE

TAG, EXPIRES = "letterbox", "expires"
KEEP_RULE = "letterbox-archive-keep"
UPLOADS_RULE = "letterbox-incomplete-uploads"

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_EMPTY = f'<LifecycleConfiguration xmlns="{_NAMESPACE}"/>'.encode()


def with_our_rules(document: bytes | None, keep: timedelta | None) -> bytes:
    """
    Put our rules in the place of earlier ones; others stay as they are.

    Whole days, rounded up: an archive is rather kept too long. Half an upload is
    never an object, and holds a candidate's bytes: it goes after a day. The two are
    apart because S3 lets no rule that asks for a tag abort uploads.
    """
    root = fromstring(document or _EMPTY)
    namespace = root.tag.rpartition("}")[0].removeprefix("{")
    for rule in list(root):
        named = rule.find("{*}ID")
        if named is not None and named.text in {KEEP_RULE, UPLOADS_RULE}:
            root.remove(rule)
    rules = _Rules(root, f"{{{namespace}}}" if namespace else "")
    if keep is not None:
        rules.keep(max(ceil(keep / timedelta(days=1)), 1))
    rules.abort_uploads()
    written: bytes = tostring(root, default_namespace=namespace or None)
    return written


class _Rules:
    def __init__(self, root: Element, namespace: str) -> None:
        self._root = root
        self._namespace = namespace

    def keep(self, days: int) -> None:
        both = self._add(self._add(self._rule(KEEP_RULE), "Filter"), "And")
        self._add(both, "Prefix", ARCHIVE)
        tag = self._add(both, "Tag")
        self._add(tag, "Key", TAG)
        self._add(tag, "Value", EXPIRES)
        self._add(self._add(self._root[-1], "Expiration"), "Days", str(days))

    def abort_uploads(self) -> None:
        rule = self._rule(UPLOADS_RULE)
        self._add(self._add(rule, "Filter"), "Prefix", "")
        after = self._add(rule, "AbortIncompleteMultipartUpload")
        self._add(after, "DaysAfterInitiation", "1")

    def _rule(self, name: str) -> Element:
        rule = self._add(self._root, "Rule")
        self._add(rule, "ID", name)
        self._add(rule, "Status", "Enabled")
        return rule

    def _add(self, parent: Element, name: str, text: str | None = None) -> Element:
        element = SubElement(parent, f"{self._namespace}{name}")
        element.text = text
        return element
