"""How a bucket is set up; only looked at, never changed."""

from collections.abc import Mapping
from datetime import timedelta
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from urllib3 import PoolManager

from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.s3.client import Client, translated
from letterbox.storage.s3.lifecycle import (
    KEEP_RULE,
    UPLOADS_RULE,
    rule_name,
    with_our_rules,
)


class Bucket:
    """
    Reads what the bucket's owner has set.

    ``endpoint`` is a URL; ``timeout`` is in seconds, and nothing is tried again.
    StoreUnavailableError also where the rights are missing.
    """

    def __init__(  # noqa: PLR0913 it takes that many to find a bucket
        self,
        *,
        endpoint: str,
        access_key: str,
        secret_key: str,
        bucket: str,
        region: str,
        prefix: str = "",
        timeout: float,
    ) -> None:
        scheme, _, host = endpoint.partition("://")
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._client = Client(
            host,
            access_key,
            secret_key,
            secure=scheme == "https",
            region=region,
            http_client=PoolManager(timeout=timeout, retries=False),
        )

    def keeps_versions(self) -> bool:
        """Return whether what is removed may stay as an older version."""
        with translated("versioning"):
            try:
                answer = self._client.get_bucket_versioning(self._bucket)
            except ValueError:
                raise StoreUnavailableError("versioning: not understood") from None
        # None is never; suspended, it still has those of before.
        return answer.status is not None

    def differing_rules(self, keep: timedelta | None) -> list[str]:
        """List those of our rules that are missing, left over or different."""
        with translated("lifecycle"):
            document, _ = self._client.lifecycle(self._bucket)
            current = _rules(document)
        expected = _rules(with_our_rules(None, keep, self._prefix))
        return [
            rule
            for rule in (KEEP_RULE, UPLOADS_RULE)
            for name in [rule_name(rule, self._prefix)]
            if current.get(name) != expected.get(name)
        ]


def _rules(document: bytes | None) -> Mapping[str, tuple[str, ...]]:
    """Read the rules by name: whether they are enabled, of what, and their days."""
    if document is None:
        return {}
    try:
        root: Element = fromstring(document)
    except ValueError:
        raise StoreUnavailableError("lifecycle: not understood") from None
    return {
        rule.findtext("{*}ID", ""): (
            rule.findtext("{*}Status", ""),
            rule.findtext("{*}Filter/{*}And/{*}Prefix", ""),
            rule.findtext("{*}Filter/{*}Prefix", ""),
            rule.findtext("{*}Expiration/{*}Days", ""),
            rule.findtext(
                "{*}AbortIncompleteMultipartUpload/{*}DaysAfterInitiation", ""
            ),
        )
        for rule in root.iterfind("{*}Rule")
    }
