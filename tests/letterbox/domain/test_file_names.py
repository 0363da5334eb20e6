"""A file name that a stranger chose is safe on any disk."""

import unicodedata
from email.header import Header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.domain.file_names import safe_file_name

_CJK = "履" * 80


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        (None, None),
        ("", None),
        ("..", None),
        ("\u202e\u200b", None),
        ("cv.pdf", "cv.pdf"),
        ("Lebenslauf Ädä.pdf", "Lebenslauf Ädä.pdf"),
        ("../../etc/cv.pdf", "cv.pdf"),
        ("C:\\Users\\Ada\\cv.pdf", "cv.pdf"),
        ("a<b>?.pdf", "a_b__.pdf"),
        ('a:"b"|c*.pdf', "a__b__c_.pdf"),
        ("cv.pdf. . ", "cv.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("con", "_con"),
        ("Lpt¹ .tar.gz", "_Lpt¹ .tar.gz"),
        ("Contact.pdf", "Contact.pdf"),
        ("cv\u202efdp.exe", "cvfdp.exe"),
        ("cv\r\n\0.pdf", "cv.pdf"),
        ("Exa\u0308mple.pdf", "Exämple.pdf"),
        ("=?UTF-8?B?w4RkYS5wZGY=?=", "Äda.pdf"),
        ("=?iso-8859-1?Q?=C4da_CV.pdf?=", "Äda CV.pdf"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=84da.pdf?=", "Äda.pdf"),
        ("=?utf-8?q?=C3=84?= =?iso-8859-1?q?=C4=2Epdf?=", "ÄÄ.pdf"),
        ("CV of =?iso-8859-1?q?=C4da=2Epdf?=", "CV of Äda.pdf"),
        ("=?utf-8?q?..=2F..=2Fcv=2Epdf?=", "cv.pdf"),
        ("=?x-unheard-of?B?w4RkYS5wZGY=?=", "=_x-unheard-of_B_w4RkYS5wZGY=_="),
        ("=?utf-8?q?cv.pdf", "=_utf-8_q_cv.pdf"),
        ("UTF-8''%C3%84da%20CV.pdf", "Äda CV.pdf"),
        ("100%'s'.pdf", "100%'s'.pdf"),
        (f"{_CJK}.pdf", f"{_CJK}.pdf"),
        (f"{_CJK * 2}.pdf", f"{'履' * 83}.pdf"),
        ("a" * 300 + ".docx", "a" * 250 + ".docx"),
        ("a" * 300, "a" * 255),
        ("a." + "b" * 300, "a." + "b" * 253),
        (f"{'a' * 248} . {'b' * 9}.pdf", f"{'a' * 248}.pdf"),
        (Header(f"{_CJK}.pdf", "utf-8").encode(), f"{_CJK}.pdf"),
    ],
)
def test_a_name_is_decoded_and_made_safe(
    given_name: str | None, safe: str | None
) -> None:
    """Whatever wrote it, and wherever it is saved."""
    assert safe_file_name(given_name) == safe


@given(st.text(st.characters(), max_size=400))
def test_no_name_is_dangerous(given_name: str) -> None:
    """Nor too long, nor another one when it is made safe again."""
    safe = safe_file_name(given_name)

    if safe is not None:
        assert 0 < len(safe.encode()) <= 255
        assert not set(safe) & set('<>:"/\\|?*')
        assert safe == safe.strip(" .")
        assert not any(unicodedata.category(one)[0] == "C" for one in safe)
