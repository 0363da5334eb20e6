"""Which position an application from SEEK is for, and what becomes of the others."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from letterbox.domain import keys
from letterbox.domain.application import Flag, Stage, Tombstone
from letterbox.domain.positions import Aliases, Position, ReferenceKind
from seek_sandbox.faults import Partial
from seek_sandbox.orders import Ad, PositionSeen
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import ANSWERED_WITHIN, Desk, of
from tests.support import eventually

DISCARDING = {"seek_unmatched": "discard"}
OURS = "ours"


async def find_ad(desk: Desk, ad: Ad) -> PositionSeen:
    """Look an ad up at SEEK."""
    return next(
        one
        for one in await desk.control.positions()
        if (one.reference, one.created_by_self) == (ad.reference, ad.created_by_self)
    )


def position(kind: str, ad: PositionSeen, **changes: Any) -> Position:
    """Make a position of ours that is known by a name of the ad's."""
    names: Mapping[str, Mapping[str, Any]] = {
        "profile": {"aliases": Aliases(profile=(ad.profile_id,))},
        "opening": {"aliases": Aliases(opening=(ad.opening_id,))},
        "reference": {"reference": (ad.reference or "").upper()},
        "other": {"aliases": Aliases(other=(f" {ad.reference} ",))},
    }
    return Position(**({"reference": OURS} | dict(names[kind]) | changes))


def kept(desk: Desk) -> list[str]:
    """List what the store holds of applications."""
    folders = ("applications/", keys.INBOX, "erased/", "candidates/", "archive/")
    return [stored.key for prefix in folders for stored in desk.store.list(prefix)]


async def are_kept(desk: Desk, expected: list[str]) -> bool:
    """Tell whether the store holds this of applications, and no more."""
    return kept(desk) == expected


@pytest.mark.parametrize(
    ("kind", "ad"),
    [
        # The sample position has the reference: the surer name decides.
        ("profile", Ad()),
        ("opening", Ad()),
        ("profile", Ad(reference=None, created_by_self=True)),
        ("opening", Ad(reference=None, created_by_self=None)),
        ("reference", Ad(reference="not-one-of-yours")),
        ("other", Ad(reference="not-one-of-yours")),
    ],
)
async def test_every_reference_of_an_ad_leads_to_its_position(
    kind: str, ad: Ad, desk: Desk
) -> None:
    """SEEK's id of the ad, then of the opening, the hirer's reference, an alias."""
    expected = position(kind, await find_ad(desk, ad))
    desk.catalogue.put(expected)

    record = await desk.recorded(await desk.apply(ad=ad))

    assert (record.stage, record.position.reference) == (
        Stage.MATCHED,
        expected.reference,
    )
    assert record.position.matched_by is ReferenceKind(kind)


async def test_a_position_of_another_hirer_is_not_matched(desk: Desk) -> None:
    """References are not unique: they are looked up within the hirer."""
    ad = Ad(reference="not-one-of-yours")
    known = await find_ad(desk, ad)
    desk.catalogue.put(position("reference", known, hirer="somebody else"))

    theirs = await desk.recorded(await desk.apply(ad=ad))

    assert (theirs.stage, theirs.position.triage) == (Stage.TRIAGE, "unknown-reference")


@pytest.mark.parametrize(
    ("ad", "reason"),
    [
        (Ad(reference="nowhere", created_by_self=True), "unknown-reference"),
        (Ad(reference="nowhere", created_by_self=False), "unknown-reference"),
        (Ad(reference="nowhere", created_by_self=None), "unknown-reference"),
        (Ad(reference=None, created_by_self=True), "posted-by-us-without-reference"),
        (Ad(reference=None, created_by_self=False), "no-reference"),
        (Ad(reference=None, created_by_self=None), "no-reference"),
    ],
)
async def test_an_application_without_a_position_waits_for_a_person(
    ad: Ad, reason: str, desk: Desk
) -> None:
    """With the reason; an ad that our software posted should have a reference."""
    record = await desk.recorded(await desk.apply(ad=ad))

    told = record.source.position_profile
    assert (record.stage, record.position.triage) == (Stage.TRIAGE, reason)
    assert told
    assert told.created_by_self is ad.created_by_self


async def test_an_ambiguous_reference_is_for_a_person_to_resolve(
    desk: Desk,
) -> None:
    """References may be used again and again."""
    ad = Ad(reference="not-one-of-yours")
    known = await find_ad(desk, ad)
    desk.catalogue.put(position("reference", known, hirer=known.hirer_id))
    desk.catalogue.put(position("reference", known))

    record = await desk.recorded(await desk.apply(ad=ad))

    assert (record.stage, record.position.triage) == (Stage.TRIAGE, "ambiguous")


@pytest.mark.parametrize("reference", [None, "not-one-of-yours"])
async def test_an_ad_that_is_not_ours_can_be_discarded(
    reference: str | None, tmp_path: Path, temporal_client: Client
) -> None:
    """A tombstone is left, nothing of the candidate, and no repeat brings it back."""
    async with (
        open_desk(tmp_path, temporal_client, **DISCARDING) as desk,
        desk.working(),
    ):
        emitted = await desk.apply(ad=Ad(reference=reference, created_by_self=False))
        tombstone = keys.tombstone(of(emitted))
        await eventually(partial(are_kept, desk, [tombstone]))
        status = await desk.handle(emitted).result()

        await desk.control.replay(emitted.event_id, wait=ANSWERED_WITHIN)
        await eventually(partial(are_kept, desk, [tombstone]))
        again = await desk.handle(emitted).result()
        await desk.reconcile()

        left = Tombstone.model_validate_json(desk.store.get(tombstone))
        assert {status.stage, again.stage, left.stage} == {Stage.DISCARDED}
        assert kept(desk) == [tombstone]
        assert await desk.asked() == 1
        assert not any(
            b"Greenholt" in path.read_bytes()
            for path in desk.folder.rglob("*")
            if path.is_file()
        )


@pytest.mark.parametrize(
    ("ad", "stage"),
    [
        (Ad(reference=None, created_by_self=None), Stage.TRIAGE),
        (Ad(reference=None, created_by_self=True), Stage.TRIAGE),
        (Ad(created_by_self=False), Stage.MATCHED),
    ],
)
async def test_an_ad_that_is_matched_or_of_unknown_origin_is_not_discarded(
    ad: Ad, stage: Stage, tmp_path: Path, temporal_client: Client
) -> None:
    """Not where SEEK does not know who posted it, and not what has a position."""
    async with (
        open_desk(tmp_path, temporal_client, **DISCARDING) as desk,
        desk.working(),
    ):
        emitted = await desk.apply(ad=ad)

        assert (await desk.recorded(emitted)).stage is stage


async def test_an_application_with_fields_missing_is_not_discarded(
    tmp_path: Path, temporal_client: Client
) -> None:
    """The part that SEEK kept back may be the one that names the position."""
    async with (
        open_desk(tmp_path, temporal_client, **DISCARDING) as desk,
        desk.working(),
    ):
        await desk.control.fault(Partial())

        emitted = await desk.apply(
            ad=Ad(reference=None, created_by_self=False), questionnaire=True
        )

        record = await desk.recorded(emitted)
        assert (record.stage, record.flags) == (Stage.TRIAGE, (Flag.INCOMPLETE,))
