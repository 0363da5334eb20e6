"""
Where a candidate stands, as Indeed's dispositions say it.

https://docs.indeed.com/disposition-sync-api/disposition-sync-api-guide
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from pydantic import JsonValue

from letterbox.boards.reports import StandingReport, utc_text
from letterbox.domain.standing import CandidateStatus

SEND = """
mutation SendDispositions($input: SendPartnerDispositionInput!) {
  partnerDisposition {
    send(input: $input) {
      numberGoodDispositions
      failedDispositions { rationale }
    }
  }
}
"""


def dispositions_of(
    report: StandingReport, statuses: Mapping[CandidateStatus, str], ats_name: str
) -> dict[str, JsonValue]:
    """Return a ``SendPartnerDispositionInput``; Indeed wants the oldest first."""
    moments = list(_moments(report))
    return {
        "input": {
            "dispositions": [
                {
                    "identifiedBy": {"indeedApplyID": report.source.board_id},
                    "dispositionStatus": statuses[status],
                    "rawDispositionStatus": status.value,
                    "atsName": ats_name,
                    "statusChangeDateTime": utc_text(at),
                }
                for status, at in moments
            ]
        }
    }


def _moments(report: StandingReport) -> Iterator[tuple[CandidateStatus, datetime]]:
    """Begin with the receipt: Indeed wants to hear of it for each application."""
    change = report.change
    if report.before is None and change.status is not CandidateStatus.RECEIVED:
        received_at = min(report.received_at, change.changed_at)
        yield CandidateStatus.RECEIVED, received_at
    yield change.status, change.changed_at
