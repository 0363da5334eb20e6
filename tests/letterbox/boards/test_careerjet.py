"""What Careerjet's bytes mean. Pure: the HTTP around it is tested in tests/api."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import md5, sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.boards.base import FormField, FormFile, MultipartForm
from letterbox.boards.careerjet import BOARD, CareerjetSettings, sign
from letterbox.domain.errors import MalformedError, SignatureError
from letterbox.domain.submission import ReceivedDocument, Role, Submission

NOW = datetime(2026, 11, 22, tzinfo=UTC)
UUID = "12345678-aaaa-bbbb-cccc-123456789abc"
SECRETS = [b"old secret", b"new secret"]
CV = FormFile(
    name="cv",
    filename="../../cv.pdf",
    declared_type="application/pdf",
    sha256="ab" * 32,
    size=7,
)


def form(*files: FormFile, **fields: str | bytes | None) -> MultipartForm:
    """Make a signed form of an invented person; None leaves a field out."""
    complete: dict[str, str | bytes | None] = {
        "uuid": UUID,
        "job_id": "20240107-123456-7890",
        "firstname": "Ada",
        "lastname": "Example",
        "email": "ada@example.com",
        "phone_number": "(212) 555-1234",
        "cover_letter": "Please find attached my CV.",
        "candidate_ip": "192.0.2.1",
        "candidate_user_agent": "Mozilla/5.0",
        "source_signature": sign(str(fields.get("uuid", UUID)), "new secret"),
    }
    complete |= fields
    return MultipartForm(
        fields=[
            FormField(name, text.encode() if isinstance(text, str) else text)
            for name, text in complete.items()
            if text is not None
        ],
        files=files,
    )


def receive(given: MultipartForm) -> Submission:
    """Receive a form as the API does."""
    return BOARD.receive(given, SECRETS, NOW)


def test_the_signature_is_the_md5_of_uuid_and_secret() -> None:
    """The board prescribes it: specs/careerjet-apply.txt."""
    expected = md5(b"12345678-aaaa-bbbb-cccc-123456789abcs3cret", usedforsecurity=False)

    assert sign(UUID, "s3cret") == expected.hexdigest()


@pytest.mark.parametrize("secret", ["old secret", "new secret"])
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_any_configured_secret_signs_in_either_hex_case(
    secret: str, case: Callable[[str], str]
) -> None:
    """Both stay valid while a secret is being changed."""
    delivery = receive(form(source_signature=case(sign(UUID, secret))))

    assert delivery.application_id == f"careerjet:{UUID}"


@pytest.mark.parametrize(
    "signature", [None, "", "0" * 32, "☃", b"\xff\xfe", sign(UUID, "wrong")]
)
def test_no_other_signature_is_taken(signature: str | bytes | None) -> None:
    """Absent and nonsense are refusals, never crashes."""
    with pytest.raises(SignatureError):
        receive(form(source_signature=signature))


def test_without_a_secret_nothing_verifies() -> None:
    """An empty key would verify what anyone signs with an empty key."""
    with pytest.raises(SignatureError):
        BOARD.receive(form(source_signature=sign(UUID, "")), [], NOW)


@pytest.mark.parametrize("uuid", ["", "   ", "x" * 129, "a\x00b", "a\nb", "a\x85b"])
def test_a_signed_form_without_a_usable_uuid_is_malformed(uuid: str) -> None:
    """There is nothing to keep it under."""
    with pytest.raises(MalformedError):
        receive(form(uuid=uuid))


def test_a_signed_form_without_any_uuid_is_malformed() -> None:
    """MD5 of nothing and the secret is a signature that fits."""
    with pytest.raises(MalformedError):
        receive(form(uuid=None, source_signature=sign("", "new secret")))


@pytest.mark.parametrize("name", ["uuid", "source_signature"])
def test_what_must_be_single_comes_once(name: str) -> None:
    """Of two uuids, nobody knows which one was signed."""
    given = form()
    twice = MultipartForm([*given.fields, FormField(name, UUID.encode())], given.files)

    with pytest.raises(MalformedError):
        receive(twice)


def test_a_complete_form_finds_its_canonical_places() -> None:
    """The record speaks HR Open's language."""
    delivery = receive(form(CV))

    reading = BOARD.read(delivery)

    assert reading.candidate.person.name.formatted == "Ada Example"
    assert reading.candidate.emails[0].address == "ada@example.com"
    assert reading.candidate.phones[0].formatted_number == "(212) 555-1234"
    assert reading.source.ip_address == "192.0.2.1"
    assert reading.references.job_reference == "20240107-123456-7890"
    assert [(text.role, text.text) for text in reading.texts] == [
        (Role.COVER_LETTER, "Please find attached my CV.")
    ]
    assert not reading.incomplete
    [document] = delivery.documents
    assert (document.role, document.name) == (Role.RESUME, f"{'ab' * 32}.bin")
    assert document.filename == "../../cv.pdf"


@pytest.mark.parametrize(
    "missing", ["job_id", "email", "phone_number", "cover_letter", "candidate_ip"]
)
@pytest.mark.parametrize("how", [None, "", "  "])
def test_what_is_missing_or_empty_is_kept_as_nothing(
    missing: str, how: str | None
) -> None:
    """Only what a hirer cannot do without makes an application incomplete."""
    reading = BOARD.read(receive(form(CV, **{missing: how})))

    assert reading.incomplete == (missing in {"job_id", "email"})


def test_an_application_without_a_cv_is_incomplete() -> None:
    """It is kept: the board cannot ask the candidate again."""
    assert BOARD.read(receive(form())).incomplete


@pytest.mark.parametrize(
    ("raw", "read", "charset"),
    [
        ("Zoë".encode(), "Zoë", "utf-8"),
        ("Zoë".encode("cp1252"), "Zoë", "cp1252"),
        (b"Zo\x81", "Zo\x81", "latin-1"),
    ],
)
def test_a_name_in_any_charset_can_be_turned_back(
    raw: bytes, read: str, charset: str
) -> None:
    """Careerjet promises no charset; what was sent is never lost."""
    delivery = receive(form(firstname=raw))

    said = delivery.model_dump()["said"]["fields"]
    field = next(field for field in said if field["name"] == "firstname")
    assert (field["value"], field["charset"]) == (read, charset)
    assert field["value"].encode(field["charset"]) == raw


def test_every_field_is_kept_known_or_not() -> None:
    """What has no canonical place stays in the source."""
    delivery = receive(form(shoe_size="42"))

    fields = delivery.model_dump()["said"]["fields"]
    assert {"name": "shoe_size", "value": "42", "charset": "utf-8"} in fields


@pytest.mark.parametrize(
    "change",
    [
        {"candidate_ip": "198.51.100.7"},
        {"candidate_user_agent": "curl"},
        {"source_signature": sign(UUID, "old secret")},
        {"shoe_size": "42"},
    ],
)
def test_a_repeat_is_known_by_its_content(change: dict[str, str]) -> None:
    """Where the candidate sat, and how it was signed, does not count."""
    assert receive(form(CV, **change)).fingerprint == receive(form(CV)).fingerprint


@pytest.mark.parametrize(
    "name", ["job_id", "firstname", "lastname", "email", "phone_number", "cover_letter"]
)
def test_other_content_is_not_a_repeat(name: str) -> None:
    """The signature covers the uuid alone, so this may be anyone."""
    other = receive(form(CV, **{name: "other"}))

    assert other.fingerprint != receive(form(CV)).fingerprint


def test_another_document_is_not_a_repeat() -> None:
    """The CV counts by its hash."""
    other = FormFile("cv", "cv.pdf", None, "cd" * 32, 7)

    assert receive(form(other)).fingerprint != receive(form(CV)).fingerprint


def test_neighbouring_fields_do_not_run_into_each_other() -> None:
    """Ada Bcd is not Adab Cd."""
    one = receive(form(firstname="ab", lastname="c"))
    other = receive(form(firstname="a", lastname="bc"))

    assert one.fingerprint != other.fingerprint


@given(st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=60)), max_size=8))
def test_any_signed_form_with_a_uuid_is_kept_and_read(
    fields: list[tuple[str, bytes]],
) -> None:
    """Whatever else it says: never refuse a person for our convenience."""
    signed = form().fields
    more = [FormField(n, v) for n, v in fields if n not in {"uuid", "source_signature"}]

    reading = BOARD.read(receive(MultipartForm([*more, *signed], ())))

    assert reading.source.board_id == UUID


@pytest.mark.parametrize("around", [" {} ", "{}\r\n", "\t{}", "{}\n\n"])
def test_blanks_around_a_signature_are_no_part_of_it(around: str) -> None:
    """Some templates end each value with a line."""
    given = form(uuid="u", source_signature=around.format(sign("u", "a secret")))

    submission = BOARD.receive(given, [b"a secret"], datetime.now(UTC))

    assert submission.board_id == "u"


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16", "cp037", "utf-32", "hz"])
def test_a_charset_of_all_fields_leaves_ascii_as_it_is(charset: str) -> None:
    """Their names were read so; a reference must not become another one."""
    given = form(
        _charset_=charset,
        uuid="even",
        job_id="20240107-123456-7890",
        source_signature=sign("even", "a secret"),
    )

    delivery = BOARD.receive(given, [b"a secret"], datetime.now(UTC))

    assert delivery.board_id == "even"
    assert BOARD.read(delivery).references.job_reference == "20240107-123456-7890"


@pytest.mark.parametrize("declared", ["koi8-r", " KOI8-R\r\n"])
def test_the_charset_of_all_fields_holds_for_those_that_declare_none(
    declared: str,
) -> None:
    """RFC 7578 has a field for it; what a field itself declares counts first."""
    given = form(_charset_=declared, firstname="Ада".encode("koi8-r"))
    other = FormField("lastname", "Пример".encode("cp1251"), charset="cp1251")
    fields = [one for one in given.fields if one.name != "lastname"]

    name = BOARD.read(
        receive(MultipartForm([*fields, other], ()))
    ).candidate.person.name

    assert (name.given, name.family) == ("Ада", "Пример")


def test_a_sample_is_a_whole_application_that_is_accepted() -> None:
    """The command that sends it shows an operator that all is well."""
    fields = BOARD.sample("sample-1", "R-1", "new secret")
    sent = [FormField(name, text.encode()) for name, text in fields.items()]

    submission = receive(MultipartForm(sent, [CV]))
    reading = BOARD.read(submission)

    assert submission.board_id == "sample-1"
    assert reading.references.job_reference == "R-1"
    assert not reading.incomplete
    assert set(fields) == {*BOARD.fields} - {BOARD.sample_document}
    assert reading.source.ip_address == "192.0.2.1"
    assert reading.candidate.emails[0].address.endswith("@example.com")


def test_the_secrets_are_those_of_the_settings() -> None:
    """Without one the board is off."""
    settings = CareerjetSettings.model_validate({"careerjet_secrets": "one,two"})

    assert [one.get_secret_value() for one in BOARD.secrets(settings)] == ["one", "two"]
    assert BOARD.secrets(CareerjetSettings(careerjet_secrets=())) == ()


def test_the_fingerprint_is_the_same_in_every_release() -> None:
    """It lies in the store: with another one every repeat would be a conflict."""
    values = [
        *("uuid", UUID, "job_id", "20240107-123456-7890", "firstname", "Ada"),
        *("lastname", "Example", "email", "ada@example.com"),
        *("phone_number", "(212) 555-1234"),
        *("cover_letter", "Please find attached my CV."),
    ]
    parts = [b"" if at % 2 == 0 else one.encode() for at, one in enumerate(values)]
    parts.append(f"cv {CV.sha256}".encode())
    expected = sha256(b"".join(b"%d:%b" % (len(one), one) for one in parts))

    assert receive(form(CV)).fingerprint == expected.hexdigest()


def test_an_id_of_128_characters_is_one() -> None:
    """Careerjet's own have 36."""
    uuid = "x" * 128

    assert receive(form(uuid=uuid)).board_id == uuid


@pytest.mark.parametrize(
    ("field", "role"),
    [
        ("cv", Role.RESUME),
        ("cover_letter", Role.COVER_LETTER),
        ("portfolio", Role.OTHER),
    ],
)
def test_a_document_has_its_role_by_its_field(field: str, role: Role) -> None:
    """What the board does not document is kept all the same."""
    file = FormFile(field, "a.pdf", "application/pdf", "cd" * 32, 7)

    assert receive(form(file)).documents == (
        ReceivedDocument(
            role=role,
            name=f"{'cd' * 32}.bin",
            sha256="cd" * 32,
            size=7,
            filename="a.pdf",
            declared_type="application/pdf",
        ),
    )
