"""One GraphQL call: what it may see, and which faults strike it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

from seek_sandbox.active_faults import ActiveFaults, strikes
from seek_sandbox.faults import (
    FaultStanding,
    NullProfile,
    Partial,
    Redacted,
    RefusedProfile,
)
from seek_sandbox.options import SandboxOptions
from seek_sandbox.positions import APPLICATION_EXPORT, PositionViews
from seek_sandbox.profiles import ProfileViews
from seek_sandbox.schema import Info
from seek_sandbox.webhooks import Postman
from seek_sandbox.world import World

_Path = tuple[str | int, ...]


def refused(message: str, code: str) -> GraphQLError:
    """Refuse as SEEK does; execution adds the path."""
    return GraphQLError(message, extensions={"code": code})


def forbidden(what: str) -> GraphQLError:
    """Refuse for want of a relationship with the hirer."""
    return refused(f"No relationship that allows to read {what}", "FORBIDDEN")


@dataclass(slots=True, eq=False)
class GraphCall:
    """Passed to every resolver as the context."""

    world: World
    options: SandboxOptions
    faults: ActiveFaults
    postman: Postman
    origin: str
    refusal: GraphQLError | None = None
    """What every root field answers, where set."""
    partials: Sequence[tuple[FaultStanding, Partial]] = ()
    _struck: set[int] = field(default_factory=set)
    _profiles: dict[str, dict[str, Any] | GraphQLError | None] = field(
        default_factory=dict
    )
    _places: dict[_Path, str] = field(default_factory=dict)

    def positions(self) -> PositionViews:
        """Return the views of ads."""
        return PositionViews(self.world.ids, self.options.posted_elsewhere_code)

    def profile(self, profile_id: str, info: Info) -> Any:
        """Read an application; faults strike it once a call, wherever it is asked."""
        if profile_id not in self._profiles:
            self._profiles[profile_id] = self._read(profile_id)
        result = self._profiles[profile_id]
        if isinstance(result, GraphQLError):
            # A fresh one each time: execution writes the path into it.
            raise refused(result.message, str((result.extensions or {})["code"]))
        if result and self.partials:
            self._places[tuple(info.path.as_list())] = profile_id
        return result

    def check(self, info: Info) -> None:
        """Raise what was ordered for a field of the schema."""
        for standing, fault in self.partials:
            if fault.field != f"{info.parent_type.name}.{info.field_name}":
                continue
            if strikes(fault, self._surrounding(info)):
                if standing.number not in self._struck:
                    self._struck.add(standing.number)
                    self.faults.use(standing)
                raise refused(f"Refused on demand: {fault.field}", fault.code)

    def _surrounding(self, info: Info) -> frozenset[str]:
        path = tuple(info.path.as_list())
        places = (path[:length] for length in range(1, len(path) + 1))
        return frozenset(
            self._places[place] for place in places if place in self._places
        )

    def _read(self, profile_id: str) -> dict[str, Any] | GraphQLError | None:
        application = self.world.applications.get(profile_id)
        struck = frozenset({profile_id})
        if refusal := self.faults.take(RefusedProfile, struck):
            return refused("Refused on demand", refusal.code)
        if application is None or self.faults.take(NullProfile, struck):
            return None
        if APPLICATION_EXPORT not in application.position.hirer.relationships:
            return forbidden("the application")
        redacted = self.faults.take(Redacted, struck) is not None
        views = ProfileViews(self.world, self.positions(), self.origin)
        return views.profile(application, redacted=redacted)
