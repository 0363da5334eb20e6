"""The report of ``letterbox audit``."""

from collections import Counter

from pydantic import BaseModel, ConfigDict, computed_field

from letterbox.audit.kinds import Kind


class Finding(BaseModel):
    """One thing that is wrong; ids, names by content and counts only."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    id: str | None = None
    """Of the application; its part of a key where that is all that is known."""
    details: tuple[str, ...] = ()
    count: int = 1
    repaired: bool = False

    def joined(self, other: "Finding") -> "Finding":
        """Take together what two walks found of the same."""
        details = dict.fromkeys((*self.details, *other.details))
        is_repaired = self.repaired and other.repaired
        return self.model_copy(
            update={"details": tuple(details), "repaired": is_repaired}
        )


class Report(BaseModel):
    """All that an audit found."""

    model_config = ConfigDict(frozen=True)

    fast: bool
    applications: int
    objects: int
    open_workflows: int
    findings: tuple[Finding, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def counts(self) -> dict[Kind, int]:
        """Count the findings of each kind, repaired or not."""
        counts: Counter[Kind] = Counter()
        for finding in self.findings:
            counts[finding.kind] += finding.count
        return {kind: counts[kind] for kind in Kind if counts[kind]}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def fine(self) -> bool:
        """Whether nothing is wrong any more."""
        return all(finding.repaired for finding in self.findings)
