"""Hirers and their job ads."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from seek_sandbox.ids import Ids, tail
from seek_sandbox.questionnaires import QuestionnaireViews
from seek_sandbox.times import written

# SEEK's longest ad, and its usual one.
_AD_LIFE = timedelta(days=30)
APPLICATION_EXPORT = "ApplicationExport"
JOB_POSTING = "JobPosting"
View = dict[str, Any]


@dataclass(slots=True)
class Hirer:
    """An organisation that advertises, and what it lets the partner do."""

    hirer_id: str
    name: str
    relationships: list[str]


@dataclass(frozen=True, slots=True)
class Position:
    """One job ad."""

    profile_id: str
    opening_id: str
    hirer: Hirer
    reference: str | None
    created_by_self: bool | None
    posted_at: datetime


def hirer_view(hirer: Hirer) -> View:
    """Show a hirer as ``HiringOrganization``."""
    return {
        "id": {"value": hirer.hirer_id},
        "name": hirer.name,
        "seekApiCapabilities": {
            "applicationMethodCodes": ["SeekApplicationForm"],
            "relationshipTypeCodes": list(hirer.relationships),
        },
    }


class PositionViews:
    """Shows job ads as ``PostedPositionProfile``."""

    def __init__(self, ids: Ids, elsewhere_code: str) -> None:
        self._ids = ids
        self._elsewhere = elsewhere_code

    def profile(self, position: Position) -> View:
        """Show the ad; it has no field that says closed, as SEEK's has none."""
        ours = position.created_by_self is True
        return {
            "__typename": "PostedPositionProfile",
            "profileId": {"value": position.profile_id},
            "seekTypeCode": "Posted",
            "jobCategories": [],
            "offeredRemunerationPackage": {
                "basisCode": "Salaried",
                "descriptions": [],
                "ranges": [],
            },
            "positionFormattedDescriptions": [],
            "positionLocation": [],
            "positionOpening": lambda _info: self.opening(position),
            "positionOrganizations": [hirer_view(position.hirer)],
            "positionTitle": "Letter carrier",
            "positionUri": self.uri(position),
            "postingInstructions": [_instruction(position)],
            "seekApplicationQuestionnaire": lambda _info: self.questions(
                position
            ).questionnaire(),
            "seekBillingReference": "COST-CENTRE-1" if ours else None,
            "seekCreatedBySelfIndicator": position.created_by_self,
            "seekHirerJobReference": position.reference,
            "seekPartnerMetadata": "invented" if ours else None,
            "seekPostingSourceCode": "CurrentPartner" if ours else self._elsewhere,
        }

    def opening(self, position: Position) -> View:
        """Show the ad's ``PositionOpening``."""
        profile = self.profile
        return {
            "documentId": {"value": position.opening_id},
            "paginatedPositionProfiles": lambda _info, **_paging: {
                "edges": [{"cursor": "1", "node": profile(position)}],
                "pageInfo": {"hasNextPage": False, "hasPreviousPage": False},
            },
            "positionProfiles": lambda _info: [profile(position)],
            "postingRequester": {
                "id": {"value": position.hirer.hirer_id},
                "name": position.hirer.name,
                "personContacts": [],
                "roleCode": "Company",
            },
            "seekPartnerMetadata": "invented" if position.created_by_self else None,
            "statusCode": "Active",
        }

    def uri(self, position: Position) -> str:
        """Return where the public would see the ad; nobody does."""
        return f"https://jobs.example.com/job/{tail(position.profile_id)}"

    def questions(self, position: Position) -> QuestionnaireViews:
        """Return the views of the ad's questionnaire."""
        return QuestionnaireViews(
            self._ids,
            ad=position.profile_id,
            ours=position.created_by_self is True,
            hirer=hirer_view(position.hirer),
        )


def _instruction(position: Position) -> View:
    return {
        "start": written(position.posted_at),
        "end": written(position.posted_at + _AD_LIFE),
        "applicationMethods": [],
        "brandingId": None,
        "seekAdvertisementProduct": {"label": "Invented ad"},
    }
