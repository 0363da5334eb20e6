"""Our rules among those of a bucket's lifecycle. Pure."""

from datetime import timedelta
from math import ceil
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import fromstring

from letterbox.domain.keys import ARCHIVE

TAG, EXPIRES = "letterbox", "expires"
KEEP_RULE = "letterbox-archive-keep"
UPLOADS_RULE = "letterbox-incomplete-uploads"

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_EMPTY = f'<LifecycleConfiguration xmlns="{_NAMESPACE}"/>'.encode()


def rule_name(rule: str, prefix: str) -> str:
    """Name a rule of ours; each prefix of a bucket has its own."""
    return f"{rule} {prefix}" if prefix else rule


def with_our_rules(
    document: bytes | None, keep: timedelta | None, prefix: str = ""
) -> bytes:
    """
    Put our rules in the place of earlier ones; others stay as they are.

    Those of another prefix are another's. ``prefix`` ends with a slash, or is empty.

    Whole days, rounded up: an archive is rather kept too long. Half an upload is
    never an object, and holds a candidate's bytes: it goes after a day. The two are
    apart because S3 lets no rule that asks for a tag abort uploads.
    """
    root = fromstring(document or _EMPTY)
    namespace = root.tag.rpartition("}")[0].removeprefix("{")
    ours = {rule_name(rule, prefix) for rule in (KEEP_RULE, UPLOADS_RULE)}
    for rule in list(root):
        named = rule.find("{*}ID")
        if named is not None and named.text in ours:
            root.remove(rule)
    rules = _Rules(root, f"{{{namespace}}}" if namespace else "", prefix)
    if keep is not None:
        rules.expire_archives(max(ceil(keep / timedelta(days=1)), 1))
    rules.abort_uploads()
    written: bytes = tostring(root, default_namespace=namespace or None)
    return written


class _Rules:
    def __init__(self, root: Element, namespace: str, prefix: str) -> None:
        self._root = root
        self._prefix = prefix
        self._namespace = namespace

    def expire_archives(self, days: int) -> None:
        both = self._add(self._add(self._rule(KEEP_RULE), "Filter"), "And")
        self._add(both, "Prefix", self._prefix + ARCHIVE)
        tag = self._add(both, "Tag")
        self._add(tag, "Key", TAG)
        self._add(tag, "Value", EXPIRES)
        self._add(self._add(self._root[-1], "Expiration"), "Days", str(days))

    def abort_uploads(self) -> None:
        rule = self._rule(UPLOADS_RULE)
        self._add(self._add(rule, "Filter"), "Prefix", self._prefix)
        after = self._add(rule, "AbortIncompleteMultipartUpload")
        self._add(after, "DaysAfterInitiation", "1")

    def _rule(self, name: str) -> Element:
        rule = self._add(self._root, "Rule")
        self._add(rule, "ID", rule_name(name, self._prefix))
        self._add(rule, "Status", "Enabled")
        return rule

    def _add(self, parent: Element, name: str, text: str | None = None) -> Element:
        element = SubElement(parent, f"{self._namespace}{name}")
        element.text = text
        return element
