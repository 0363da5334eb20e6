"""Marked people: whatever is said of them can be found again wherever it lies."""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import md5, sha1, sha256
from itertools import count
from random import SystemRandom
from string import ascii_lowercase, digits
from uuid import uuid4

from tests.end_to_end.processes.posted import CV, PostedApplication

_random = SystemRandom()
_HEX = re.compile(rb"[0-9a-f]{32,64}")
_ADDRESS = "9.113.57.211"


def _token(alphabet: str, length: int) -> str:
    return "".join(_random.choices(alphabet, k=length))


@dataclass(frozen=True)
class Marks:
    """Texts that occur nowhere by chance; remembers everything that it marked."""

    word: str = field(default_factory=lambda: _token(ascii_lowercase, 14))
    number: str = field(default_factory=lambda: _token(digits, 14))
    said: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    """Contents of whole documents, which are named by their SHA-256."""
    _numbers: Iterator[int] = field(default_factory=count)

    def text(self, what: str) -> str:
        """Mark something; no two marks are the same."""
        text = f"{self.word} {what} {next(self._numbers)}"
        self.said.add(text)
        return text

    def document(self, what: str) -> str:
        """Mark what is the whole of a document."""
        text = self.text(what)
        self.documents.add(text)
        return text

    def submission(
        self,
        uuid: str | None = None,
        kind: type[PostedApplication] = PostedApplication,
        **changes: str,
    ) -> PostedApplication:
        """Mark everything that can be said of a candidate, and some more."""
        one = next(self._numbers)
        fields = {
            "firstname": self.text("Given"),
            "lastname": self.text("Family"),
            "email": f"{self.word}.{one}@example.com",
            "phone_number": f"+1 {self.number}{one}",
            "cover_letter": self.document("letter"),
            "candidate_ip": _ADDRESS,
            "candidate_user_agent": self.text("Mozilla/5.0"),
            "salary": self.text("unknown field"),
            self.text("field name"): "a value",
        }
        self.said.update(fields.values())
        return kind(
            uuid=uuid or str(uuid4()),
            cv=CV + self.text("content of the CV").encode(),
            filename=self.text("file name") + ".pdf",
            changes={**fields, **changes},
            eeo=self.text("what somebody is"),
        )

    def found_in(self, place: bytes) -> list[str]:
        """Tell what can be found of the candidates, spelt in any usual way."""
        lowered = place.lower()
        plain = [word for word in (self.word, self.number) if word.encode() in lowered]
        if _ADDRESS.encode() in place:
            plain.append(_ADDRESS)
        coded = [text.decode() for text in self._coded() if text in place]
        hidden = self._digests() & set(_HEX.findall(lowered))
        return [*plain, *coded, *(digest.decode() for digest in hidden)]

    def _coded(self) -> Iterator[bytes]:
        """Spell the marks in Base64, however they are aligned, hexadecimal, UTF-16."""
        for word in (self.word, self.number):
            for shift in range(3):
                # The first and the last group may hold neighbours.
                yield b64encode(b"\0" * shift + word.encode())[4:-4]
            yield word.encode().hex().encode()
            yield word.encode("utf-16-le")

    def _digests(self) -> set[bytes]:
        """Digest all that was marked; documents alone are named by theirs."""
        spellings = {one for text in self.said for one in (text, text.lower())}
        return {
            digest(text.encode(), usedforsecurity=False).hexdigest().encode()
            for digest in (md5, sha1, sha256)
            for text in spellings
            if not (digest is sha256 and text in self.documents)
        }
