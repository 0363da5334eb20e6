"""Applications are whole, invented, and the same for the same seed."""

from dataclasses import replace
from itertools import chain

import pytest

from seek_sandbox.control import SandboxControl
from seek_sandbox.options import SandboxOptions
from seek_sandbox.orders import Ad, ApplicationOrder, Emitted
from seek_sandbox.positions import PositionViews
from seek_sandbox.profiles import ProfileViews
from seek_sandbox.schema import served_schema
from seek_sandbox.simulation import Simulation
from seek_sandbox.world import World
from tests.seek_sandbox.conftest import Serve
from tests.seek_sandbox.partner import OPTIONS, Partner
from tests.seek_sandbox.schema_walk import everything, strange_keys

WHOLE = (
    "query ($id: String!) { candidateProfile(id: $id) "
    + everything(served_schema(), "CandidateProfile")
    + " }"
)
CAREER = """
query ($id: String!) { candidateProfile(id: $id) {
  employment { positionHistories { start end } } certifications { issued }
} }
"""


async def test_every_field_of_the_schema_is_answered(
    partner: Partner, control: SandboxControl
) -> None:
    """Nothing that may not be null is, in any of the varieties."""
    emitted = await control.apply(ApplicationOrder(count=30))

    for event in emitted:
        answer = await partner.ask(WHOLE, id=event.application_profile_id)
        assert "errors" not in answer, answer["errors"]


async def test_profiles_come_in_every_variety(
    partner: Partner, control: SandboxControl
) -> None:
    """Every role and none, partial dates, missing parts, letters from all over."""
    emitted = await control.apply(ApplicationOrder(count=40))
    profiles = [
        await partner.profile(event.application_profile_id) for event in emitted
    ]
    careers = [
        str(await partner.ask(CAREER, id=event.application_profile_id))
        for event in emitted
    ]

    roles = {
        one["seekRoleCode"]
        for one in chain.from_iterable(profile["attachments"] for profile in profiles)
    }
    people = [profile["candidate"]["person"] for profile in profiles]
    assert roles == {"Resume", "CoverLetter", "SelectionCriteria", None}
    assert [] in [profile["attachments"] for profile in profiles]
    assert None in [profile["seekQuestionnaireSubmission"] for profile in profiles]
    assert [] in [person["communication"]["phone"] for person in people]
    assert not all(person["name"]["formattedName"].isascii() for person in people)
    assert all(
        person["communication"]["email"][0]["address"].endswith("@example.com")
        for person in people
    )
    assert "'start': '20" in "".join(careers)


async def test_the_same_seed_invents_the_same_people(serve: Serve) -> None:
    """Ids and people repeat; another seed gives others."""

    async def two(options: SandboxOptions) -> list[Emitted]:
        async with SandboxControl(serve(options)) as control:
            return await control.apply(ApplicationOrder(count=2))

    assert await two(OPTIONS) == await two(OPTIONS)
    assert await two(OPTIONS) != await two(replace(OPTIONS, seed="another"))


async def test_sandbox_ids_look_like_those_of_seek(control: SandboxControl) -> None:
    """Scheme, kind, and letters that tell nothing."""
    [event] = await control.apply()

    assert event.event_id.startswith("seekAnz:event:events:")
    assert (event.application_profile_id or "").startswith(
        "seekAnz:candidateProfile:apply:"
    )
    assert (event.candidate_id or "").startswith("seekAnz:candidate:feed:")
    assert event.hirer_id == "seekAnz:organization:seek:93WyyF1h"


@pytest.mark.parametrize("indicator", [True, False, None])
@pytest.mark.parametrize("reference", ["ours-1", None])
async def test_an_ad_has_the_reference_that_was_ordered(
    partner: Partner,
    control: SandboxControl,
    reference: str | None,
    indicator: bool | None,  # noqa: FBT001 pytest's own call
) -> None:
    """With our reference and without, posted by us, elsewhere, or unknown."""
    ad = Ad(reference=reference, created_by_self=indicator)
    first, second = await control.apply(ApplicationOrder(count=2, ad=ad))
    profile = await partner.profile(first.application_profile_id)

    shown = profile["associatedPositionProfile"]
    assert shown["seekHirerJobReference"] == reference
    assert shown["seekCreatedBySelfIndicator"] is indicator
    assert first.position_profile_id == second.position_profile_id
    assert shown["profileId"]["value"] == first.position_profile_id


async def test_the_sample_position_is_applied_for_by_default(
    partner: Partner, control: SandboxControl
) -> None:
    """`letterbox send seek` finds a position in the sample catalogue."""
    [event] = await control.apply()
    profile = await partner.profile(event.application_profile_id)
    ads = await control.positions()

    shown = profile["associatedPositionProfile"]
    assert shown["seekHirerJobReference"] == "20240107-123456-7890"
    assert {(ad.reference is None, ad.created_by_self) for ad in ads} == {
        (missing, indicator)
        for missing in (True, False)
        for indicator in (True, False, None)
    }


async def test_a_person_may_apply_again(
    partner: Partner, control: SandboxControl
) -> None:
    """One candidate a hirer and person, each application its own profile."""
    twice = await control.apply(ApplicationOrder(count=2, person=7))
    elsewhere = Ad(hirer_id="seekAnz:organization:seek:other")
    [other] = await control.apply(ApplicationOrder(person=7, ad=elsewhere))
    query = (
        "query ($id: String!) { candidate(id: $id) { profiles { createDateTime } } }"
    )
    shown = await partner.ask(query, id=twice[0].candidate_id)

    assert twice[0].candidate_id == twice[1].candidate_id != other.candidate_id
    assert twice[0].application_profile_id != twice[1].application_profile_id
    assert len(shown["data"]["candidate"]["profiles"]) == 2


async def test_an_order_may_name_the_documents(
    partner: Partner, control: SandboxControl
) -> None:
    """A test gets exactly the roles that it needs."""
    order = ApplicationOrder(attachments=["Resume", None], questionnaire=True)
    [event] = await control.apply(order)
    profile = await partner.profile(event.application_profile_id)

    assert [one["seekRoleCode"] for one in profile["attachments"]] == ["Resume", None]
    assert profile["seekQuestionnaireSubmission"]


def test_no_key_of_a_resolver_is_misspelt() -> None:
    """A misspelt key of a field that may be null would be missed by execution."""
    world = World(OPTIONS)
    simulation = Simulation(world, OPTIONS)
    views = ProfileViews(world, PositionViews(world.ids, "x"), "http://origin")
    for _ in range(30):
        simulation.apply(ApplicationOrder(ad=Ad(created_by_self=True)))

    strange = {
        key
        for application in world.applications.values()
        for redacted in (True, False)
        for key in strange_keys(
            served_schema(),
            "CandidateProfile",
            views.profile(application, redacted=redacted),
        )
    }

    assert strange == set()
