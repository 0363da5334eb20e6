"""Who may do what by the operator API and the desk: roles, and what each allows."""

from dataclasses import dataclass
from enum import StrEnum

from letterbox.domain.errors import ForbiddenError
from letterbox.domain.positions import Position

MAX_HIRER_BYTES = 250
"""Of the name of a hirer: search attributes are cut at 255."""


class OperatorRole(StrEnum):
    """What an operator is there for."""

    VIEWER = "viewer"
    TRIAGE = "triage"
    PRIVACY = "privacy"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a route needs; each has one."""

    READ = "read"
    """Lists, histories, positions; of a candidate, the name."""
    CONTACTS = "contacts"
    """All of the record, and the search by a candidate's address."""
    DOCUMENTS = "documents"
    TRIAGE = "triage"
    """Assign, refresh, deliver, and say where a candidate stands."""
    POSITIONS = "positions"
    """Change the catalogue."""
    RELEASE = "release"
    """Take documents out of quarantine: it may be their own machines that suffer."""
    HOLD = "hold"
    ERASE = "erase"
    DEMOGRAPHICS = "demographics"
    EXPORT = "export"
    JOURNAL = "journal"


_PERSONAL = frozenset({Permission.READ, Permission.CONTACTS, Permission.DOCUMENTS})
_ALLOWED = {
    OperatorRole.VIEWER: frozenset({Permission.READ}),
    OperatorRole.TRIAGE: _PERSONAL | {Permission.TRIAGE, Permission.POSITIONS},
    OperatorRole.PRIVACY: _PERSONAL
    | {
        Permission.HOLD,
        Permission.ERASE,
        Permission.DEMOGRAPHICS,
        Permission.EXPORT,
        Permission.JOURNAL,
    },
    OperatorRole.ADMIN: frozenset(Permission),
}


def roles_with(permission: Permission) -> list[OperatorRole]:
    """Return the roles that allow something."""
    return [role for role, allowed in _ALLOWED.items() if permission in allowed]


@dataclass(frozen=True, slots=True)
class Operator:
    """A person or a program of the operator's that calls by a name of its own."""

    name: str
    role: OperatorRole
    hirers: frozenset[str] | None = None
    """The hirers whose applications it sees; None: all, and what has no hirer."""

    def may(self, permission: Permission) -> bool:
        """Return whether the role allows it."""
        return permission in _ALLOWED[self.role]

    def require(self, permission: Permission) -> None:
        """Refuse what the role does not allow, by the roles that do."""
        if not self.may(permission):
            needed = " or ".join(roles_with(permission))
            raise ForbiddenError(f"your role is {self.role}: this needs {needed}")

    def sees(self, hirer: str | None) -> bool:
        """Return whether what belongs to a hirer, or to none, is shown to it."""
        return self.hirers is None or hirer in self.hirers

    def sealed(self, query: str) -> str:
        """Return what a cursor is for: the list, as this operator sees it."""
        limits = "" if self.hirers is None else f" {sorted(self.hirers)}"
        return query + limits

    def sees_position(self, position: Position) -> bool:
        """Return whether a position is shown to it: those of every hirer are."""
        return position.hirer is None or self.sees(position.hirer)

    def require_all_hirers(self) -> None:
        """Refuse what does not say whose it is to an operator limited to hirers."""
        if self.hirers is not None:
            raise ForbiddenError("this page is for operators who see all hirers")

    def require_hirer(self, hirer: str | None) -> None:
        """Refuse a change of a position that is not one of its hirers' own."""
        if not self.sees(hirer):
            raise ForbiddenError(
                "you may change positions of your own hirers: "
                + ", ".join(sorted(self.hirers or ()))
            )


@dataclass(frozen=True, slots=True)
class Caller:
    """An operator, as it was recognised by a token."""

    operator: Operator
    credential: str
    """Names the token, and is not enough to use it."""


UNNAMED = Operator("operator", OperatorRole.ADMIN)
"""Whoever has a token of LETTERBOX_OPERATOR_TOKEN."""
