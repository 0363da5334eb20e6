"""
The jobs of an XML feed; a malformed one never takes its neighbours along.

Careerjet: https://www.careerjet.id/docs/feeds/xml and, with ``job_reference``,
https://www.careerjet.fi/docs/feeds/xml. Indeed and many others: ``<source>`` with
``referencenumber``.
"""

from collections import Counter
from collections.abc import Iterator

from pydantic import ValidationError

from letterbox.catalogue.feeds.findings import Findings
from letterbox.catalogue.feeds.job import FIELDS, REFERENCES, Job
from letterbox.catalogue.feeds.values import why_not
from letterbox.catalogue.feeds.xml_tokens import JOB_EDGE, Mark, Token, XmlTokens
from letterbox.domain.errors import MalformedError
from letterbox.domain.positions import Aliases, Position, normalise

_ROOTS = ("jobs", "source")
_NAMED = 20


class XmlFeed:
    """Reads positions from text, and tells ``findings`` what it met."""

    def __init__(self, chunks: Iterator[str], findings: Findings) -> None:
        self._tokens = XmlTokens(chunks)
        self.findings = findings
        self._jobs: list[Job] = []
        # Elements around and between the jobs: names, and whether they hold text.
        self._outer: list[tuple[str, bool]] = []
        self._loose: Job | None = None
        self._root: str | None = None
        self._is_closed = False
        self._count = 0
        self._read = 0
        self._met: Counter[str] = Counter()

    def positions(self) -> Iterator[Position]:
        """Read to the end (MalformedError where nothing in it is a job)."""
        for token in self._tokens:
            for job in self._finished(token):
                if position := self._position(job):
                    self._read += 1
                    yield position
            self._tokens.inside_job = bool(self._jobs)
        for job in self._left():
            if position := self._position(job):
                self._read += 1
                yield position
        self._judge()

    def _finished(self, token: Token) -> Iterator[Job]:
        """Take a token; give the jobs that end with it."""
        if token.mark is Mark.START:
            self._start(token)
            if token.is_malformed:
                self._fault("a tag is broken")
            if token.empty and token.text == "job" and self._jobs:
                yield self._jobs.pop()
        elif token.mark is Mark.END:
            yield from self._end(token.text)
        elif token.mark is Mark.FAULT:
            self._fault(token.text)
        elif self._jobs:
            self._jobs[-1].text(token.text, is_cdata=token.mark is Mark.CDATA)
        elif token.text.strip():
            self._text_between(token)

    def _start(self, token: Token) -> None:
        name = token.text
        if self._jobs and name != "job":
            self._jobs[-1].start(name, is_empty=token.empty)
        elif self._root is None:
            self._begin(name)
            self._is_closed = token.empty and self._root is not None
        elif name == "job" and (self._jobs or self._is_where_jobs_are()):
            self._count += 1
            self._loose = None
            self._jobs.append(Job(self._count, is_inner=bool(self._jobs)))
        elif self._is_closed:
            self._reopen(name, is_empty=token.empty)
        else:
            self._between(token)

    def _begin(self, name: str) -> None:
        if name in _ROOTS:
            self._root = name
            if self._met:
                self.findings.mend(f"the document begins with {self._named()}")
                self._met.clear()
        else:
            self._meet(name)

    def _is_where_jobs_are(self) -> bool:
        """Return whether a job may begin: in the root, or in what lacks its end."""
        if self._is_closed:
            self.findings.mend(f"<{self._root}> ends before the last job")
            self._is_closed = False
        if not self._outer:
            return True
        if all(has_text for _, has_text in self._outer):
            names = ", ".join(f"<{name}>" for name, _ in self._outer)
            self.findings.mend(f"{names} before a job does not end")
            self._outer.clear()
            return True
        return False

    def _reopen(self, name: str, *, is_empty: bool) -> None:
        if name == self._root:
            self._is_closed = is_empty
            self._once("the document starts twice")
        else:
            self._behind()
            self.findings.doubtful += name in FIELDS

    def _between(self, token: Token) -> None:
        name = token.text
        if not self._outer:
            self._meet(name)
            if name in FIELDS:
                # A job may have lost its first tag.
                self._loose = self._loose or Job(self._count + 1)
        elif name == "job":
            around = self._outer[-1][0]
            self._meet(f"{around}><job")
            if self._count:
                reason = f"a job is inside <{around[:50]}>, where jobs are not expected"
                self.findings.skip(reason)
        if self._loose:
            self._loose.start(name, is_empty=token.empty)
        if not token.empty:
            self._outer.append((name, False))

    def _text_between(self, token: Token) -> None:
        # What lost its end may hold jobs.
        self.findings.doubtful += bool(self._root and JOB_EDGE.search(token.text))
        if self._root is None:
            self._meet("text")
        elif self._is_closed:
            self._behind()
        elif self._outer:
            self._outer[-1] = (self._outer[-1][0], True)
            if self._loose:
                self._loose.text(token.text, is_cdata=token.mark is Mark.CDATA)
        else:
            self._once("text between the jobs")

    def _end(self, name: str) -> Iterator[Job]:
        if self._jobs:
            if name == "job":
                yield from self._ended(self._jobs.pop().ended())
                return
            if name != self._root or self._jobs[-1].has_begun(name):
                self._jobs[-1].end(name)
                return
            while self._jobs:
                yield self._jobs.pop().unended()
        if name == self._root:
            self._is_closed = True
            self._outer.clear()
        elif name in (names := [outer for outer, _ in self._outer]):
            del self._outer[len(names) - 1 - names[::-1].index(name) :]
            if self._loose:
                self._loose.end(name)
        elif name == "job" and self._root:
            if not self._is_closed:
                yield from self._without_beginning()
            else:
                self.findings.doubtful += 1

    def _ended(self, job: Job) -> Iterator[Job]:
        """Return a job, and the one before it if that has lost its end."""
        if self._jobs and self._jobs[-1].is_complete and job.references():
            yield self._jobs.pop().unended()
        yield job

    def _without_beginning(self) -> Iterator[Job]:
        self._outer.clear()
        self._count += 1
        if self._loose and self._loose.references():
            self._loose.fault("its start is missing")
            yield self._loose
        else:
            self.findings.skip("the end of a job without its start", self._count)
        self._loose = None

    def _left(self) -> Iterator[Job]:
        """Return the jobs that only lack their end; the last is cut off."""
        if self._root is None:
            names = self._named() or "nothing"
            raise MalformedError(
                f"the root element must be <jobs> or <source>; found {names}"
            )
        if self._is_closed:
            return
        self.findings.cut_off = "the XML ends in the middle"
        if self._jobs:
            last = self._jobs.pop()
            self.findings.skip("is cut off", last.number, last.reference())
        for job in reversed(self._jobs):
            yield job.unended()

    def _position(self, job: Job) -> Position | None:
        names = job.references()
        if not names:
            if job.is_no_job:
                return None
            reason = f"job {job.number} has none of {', '.join(REFERENCES)}"
            self.findings.skip(job.doubt or reason, job.number)
            return None
        reference, *others = names
        surest = normalise(reference)
        aliases = [other for other in others if normalise(other) != surest]
        try:
            position = Position(
                reference=reference,
                title=job.title(),
                aliases=Aliases(other=tuple(aliases)),
            )
        except ValidationError as error:
            reason = f"job {job.number}: {why_not(error)}"
            self.findings.skip(reason, job.number, reference)
            return None
        if job.first_fault:
            self.findings.mend(job.first_fault, job.number, reference)
        self.findings.doubtful += job.has_doubtful_name
        self.findings.leave_out(sorted(job.unused))
        return position

    def _judge(self) -> None:
        """Refuse what holds jobs only elsewhere, or no job that can be read."""
        if self._read:
            return
        dtd = "; its DTD is not read" if self._tokens.has_doctype else ""
        if self._count:
            first = self.findings.faults[0].reason
            raise MalformedError(
                f"none of {self._count} jobs can be read: {first}{dtd}"
            )
        if self.findings.cut_off:
            raise MalformedError(f"{self.findings.cut_off}, before its first job")
        if self._met:
            raise MalformedError(
                f"no <job> directly in <{self._root}>; found "
                f"{self._named()}. If there are no positions any more, "
                "import [] with --force"
            )

    def _fault(self, reason: str) -> None:
        if self._jobs:
            self._jobs[-1].fault(reason)
        elif self._root and not self._is_closed:
            self._once(reason)
            # It may have been the beginning of a job.
            self.findings.doubtful += 1

    def _behind(self) -> None:
        self._once(f"there is something after </{self._root}>")

    def _once(self, reason: str) -> None:
        if not any(fault.reason == reason for fault in self.findings.faults):
            self.findings.mend(reason)

    def _meet(self, name: str) -> None:
        if name in self._met or len(self._met) < _NAMED:
            self._met[name] += 1

    def _named(self) -> str:
        return ", ".join(
            f"{'text' if name == 'text' else f'<{name[:100]}>'} ({count})"
            for name, count in self._met.most_common(5)
        )
