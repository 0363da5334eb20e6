"""Applications, as SEEK shows them."""

from dataclasses import dataclass
from typing import Any

from seek_sandbox.attachments import attachment_view
from seek_sandbox.careers import career_view, redacted_career_view
from seek_sandbox.people import invent_person, person_view, redacted_person_view
from seek_sandbox.positions import PositionViews
from seek_sandbox.schema import Info
from seek_sandbox.times import written
from seek_sandbox.world import Application, World

# SEEK shows no more applications of one candidate.
_MAX_PROFILES = 10
View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProfileViews:
    """Shows applications as ``CandidateProfile``; invents what they hold on the way."""

    world: World
    positions: PositionViews
    origin: str

    def profile(self, application: Application, *, redacted: bool) -> View:
        """Show an application, or what is left of it when it was deleted."""
        personal = self._redacted() if redacted else self._personal(application)
        position = application.position
        return {
            **personal,
            "profileId": {"value": application.profile_id},
            "createDateTime": written(application.created_at),
            "updateDateTime": written(application.created_at),
            "candidate": self._candidate(application, redacted=redacted),
            "candidateSources": [{"name": "SEEK", "type": "SeekApplication"}],
            "associatedPositionProfile": self.positions.profile(position),
            "associatedPositionOpenings": [self._opening(application)],
            "positionPreferences": [],
            "seekActions": [],
        }

    def _candidate(self, application: Application, *, redacted: bool) -> View:
        return {
            "documentId": {"value": application.candidate_id},
            "distributionGuidelines": {"seekProductCodes": []},
            "person": redacted_person_view()
            if redacted
            else person_view(invent_person(self.world.ids, application.person)),
            "profiles": [] if redacted else self._profiles(application),
        }

    def _profiles(self, application: Application) -> Any:
        def of_candidate(info: Info, last: int = _MAX_PROFILES) -> Any:
            all_known = self.world.candidates[application.candidate_id]
            newest = all_known[-min(last, _MAX_PROFILES) :] if last > 0 else []
            # The call reads them, so that faults strike here as anywhere.
            read = (info.context.profile(known.profile_id, info) for known in newest)
            return [profile for profile in read if profile]

        return of_candidate

    def _personal(self, application: Application) -> View:
        ids, origin = self.world.ids, self.origin
        questions = self.positions.questions(application.position)
        return {
            **career_view(ids.dice("career", application.profile_id)),
            "attachments": [
                attachment_view(document, origin)
                for document in application.attachments(ids)
            ],
            "seekQuestionnaireSubmission": questions.submission(application.profile_id)
            if application.has_questionnaire
            else None,
        }

    def _redacted(self) -> View:
        return {
            **redacted_career_view(),
            "attachments": [],
            "seekQuestionnaireSubmission": None,
        }

    def _opening(self, application: Application) -> View:
        position = application.position
        return {
            "candidateAppliedIndicator": True,
            "positionOpening": lambda _info: self.positions.opening(position),
            "positionOpeningId": {"value": position.opening_id},
            "positionUri": self.positions.uri(position),
        }
