"""What each role allows, and whom a limit by hirers shows what."""

import pytest

from letterbox.domain.answers import Answer, AnswerKind
from letterbox.domain.application import PositionOpening
from letterbox.domain.contacts import without_contacts
from letterbox.domain.errors import ForbiddenError
from letterbox.domain.operators import Operator, OperatorRole, Permission, roles_with
from letterbox.domain.positions import Position
from tests.record_factory import attachment, record

_ALLOWED = {
    OperatorRole.VIEWER: "read",
    OperatorRole.TRIAGE: "read contacts documents triage positions",
    OperatorRole.PRIVACY: (
        "read contacts documents hold erase demographics export journal"
    ),
    OperatorRole.ADMIN: " ".join(Permission),
}


@pytest.mark.parametrize("role", OperatorRole)
def test_a_role_allows_what_it_is_for(role: OperatorRole) -> None:
    """The whole table: what is not named is refused, by the roles that would do."""
    operator = Operator("jane.doe", role)
    allowed = {one for one in Permission if operator.may(one)}

    assert {one.value for one in allowed} == set(_ALLOWED[role].split())
    for permission in set(Permission) - allowed:
        with pytest.raises(ForbiddenError) as refused:
            operator.require(permission)
        assert str(refused.value).startswith(f"your role is {role}: this needs ")
        assert all(named in str(refused.value) for named in roles_with(permission))


def test_a_limit_by_hirers_shows_theirs_alone() -> None:
    """What belongs to none is nobody's: except positions, which every hirer has."""
    limited = Operator("ats", OperatorRole.ADMIN, frozenset({"acme"}))
    free = Operator("jane.doe", OperatorRole.VIEWER)
    positions = [
        Position(reference="1", hirer=hirer) for hirer in ("acme", "other", None)
    ]

    assert [limited.sees(hirer) for hirer in ("acme", "Acme", "other", None)] == [
        True,
        False,
        False,
        False,
    ]
    assert [limited.sees_position(one) for one in positions] == [True, False, True]
    assert all(free.sees(hirer) for hirer in ("acme", None))
    free.require_all_hirers()
    with pytest.raises(ForbiddenError, match="all hirers"):
        limited.require_all_hirers()
    limited.require_hirer("acme")
    for hirer in ("other", None):
        with pytest.raises(ForbiddenError):
            limited.require_hirer(hirer)


def test_a_list_is_another_for_who_is_limited() -> None:
    """A cursor that one was given is none of another's."""
    limits = (None, frozenset({"acme"}), frozenset({"acme", "other"}))
    operators = [Operator("ats", OperatorRole.ADMIN, limit) for limit in limits]

    assert len({operator.sealed("list") for operator in operators}) == 3


def test_who_sees_no_contacts_sees_a_name_and_nothing_else_of_a_candidate() -> None:
    """Free text of any kind may have an address or a number in it."""
    one = record(
        "careerjet:one",
        attachment("0" * 64 + ".pdf"),
        position=PositionOpening(reference="DEV-17", hirer="acme"),
    )
    answer = Answer(
        question_id="1", kind=AnswerKind.TEXT, value="call 555-1234", question="Phone?"
    )
    source = one.source.model_copy(
        update={
            "ip_address": "192.0.2.7",
            "user_agent": "a browser of hers",
            "profile_id": "profile-of-hers",
        }
    )
    full = one.model_copy(
        update={"answers": (answer,), "source": source, "markers": ("digest-1",)}
    )

    shown = without_contacts(full)
    text = shown.model_dump_json()

    assert shown.candidate.person.name.formatted == "Ada Example"
    assert text.count("Ada") == 1
    for secret in (
        *("ada@", "555-1234", "192.0.2.7", "digest-1", "Ada Example.pdf"),
        *("a browser of hers", "profile-of-hers"),
    ):
        assert secret in full.model_dump_json()
        assert secret not in text
    assert (shown.stage, shown.position) == (one.stage, one.position)
    assert [document.size for document in shown.attachments] == [1]
