"""Invented screening questions, and what candidates answered."""

from typing import Any

from seek_sandbox.ids import Ids

_YES_NO = ("Yes", "No")
_SHIFTS = ("Mornings", "Nights", "Weekends")
View = dict[str, Any]


class QuestionnaireViews:
    """
    Shows the questionnaire of an ad and an application's answers to it.

    Questions that the partner posted are Custom and carry the partner's ``value``;
    an ad posted on SEEK's site has Library questions, whose ``value`` is null.
    """

    def __init__(self, ids: Ids, *, ad: str, ours: bool, hirer: View) -> None:
        self._ids = ids
        self._ad = ad
        self._ours = ours
        self._hirer = hirer

    def questionnaire(self) -> View:
        """Show it as ``ApplicationQuestionnaire``."""
        return {
            "id": {"value": self._ids.make("applicationQuestionnaire:seek", self._ad)},
            "hirer": self._hirer,
            "components": [
                self._question("licence", "SingleSelect", _YES_NO),
                self._question("shifts", "MultiSelect", _SHIFTS),
                self._question("why", "FreeText", ()),
                self._consent(),
            ],
        }

    def submission(self, profile_id: str) -> View:
        """Show one application's ``ApplicationQuestionnaireSubmission``."""
        dice = self._ids.dice("answers", profile_id)
        licence, shifts, why, consent = self.questionnaire()["components"]
        score = dice.choice((0.0, 0.5, 1.0, None))
        shown = dice.sample(shifts["responseChoice"], dice.randint(1, len(_SHIFTS)))
        return {
            "questionnaire": self.questionnaire(),
            "score": score,
            "responses": [
                _response(licence, [dice.choice(licence["responseChoice"])], score),
                _response(shifts, shown, None),
                {
                    **_response(why, [], None),
                    "answers": [{"answer": "  Because.\n\nI like letters. ☂  "}],
                },
                {
                    "__typename": "ApplicationPrivacyConsentResponse",
                    "componentTypeCode": "PrivacyConsent",
                    "component": consent,
                    "consentGivenIndicator": True,
                },
            ],
        }

    def _question(self, key: str, kind: str, texts: tuple[str, ...]) -> View:
        choices = [self._choice(key, text) for text in texts]
        return {
            "__typename": "ApplicationQuestion",
            "id": self._id("component", key),
            "value": f"{key}-question" if self._ours else None,
            "componentTypeCode": "Question",
            "questionHtml": f"<p>Tell us: <b>{key}</b> &amp; more?</p>",
            "responseChoice": choices or None,
            "responseTypeCode": kind,
            "sourceCode": "Custom" if self._ours else "Library",
        }

    def _choice(self, key: str, text: str) -> View:
        return {
            "id": self._id("choice", key, text),
            "value": f"{key}-{text.lower()}" if self._ours else None,
            "text": text,
            "preferredIndicator": text == "Yes",
            "selectedIndicator": False,
        }

    def _consent(self) -> View:
        return {
            "__typename": "ApplicationPrivacyConsent",
            "id": self._id("component", "consent"),
            "value": "privacy" if self._ours else None,
            "componentTypeCode": "PrivacyConsent",
            "descriptionHtml": "<p>You agree to be invented.</p>",
            "privacyPolicyUrl": {"url": "https://hirer.example.com/privacy"},
        }

    def _id(self, *what: str) -> View:
        kind = "applicationQuestionnaireComponent:seek"
        return {"value": self._ids.make(kind, self._ad, *what)}


def _response(question: View, chosen: list[View], score: float | None) -> View:
    picked = {choice["text"] for choice in chosen}
    choices = [
        {**choice, "selectedIndicator": choice["text"] in picked}
        for choice in question["responseChoice"] or []
    ]
    return {
        "__typename": "ApplicationQuestionResponse",
        "componentTypeCode": "Question",
        "component": {**question, "responseChoice": choices or None},
        "score": score,
        "answers": [
            {"answer": choice["text"], "choice": choice}
            for choice in choices
            if choice["selectedIndicator"]
        ],
    }
