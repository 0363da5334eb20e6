"""The faults in force, and which calls they strike."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from itertools import count
from typing import TypeVar

from pydantic import BaseModel

from seek_sandbox.faults import Fault, FaultStanding, Target

F = TypeVar("F", bound=BaseModel)


class ActiveFaults:
    """Faults in the order in which they came; the first that matches strikes."""

    def __init__(self) -> None:
        self._standing: dict[int, FaultStanding] = {}
        self._numbers = count(1)

    def add(self, fault: Fault) -> FaultStanding:
        """Add a fault, which is in force from now on."""
        standing = FaultStanding(
            number=next(self._numbers), fault=fault, left=fault.times
        )
        self._standing[standing.number] = standing
        return standing

    def lift(self, number: int | None = None) -> None:
        """Lift a fault, or all of them; one that is gone already does no harm."""
        if number is None:
            self._standing.clear()
        self._standing.pop(number or 0, None)

    def all(self) -> Sequence[FaultStanding]:
        """List what is in force."""
        return list(self._standing.values())

    def of(self, kind: type[F]) -> Sequence[tuple[FaultStanding, F]]:
        """List what is in force of one kind."""
        return [
            (standing, standing.fault)
            for standing in self._standing.values()
            if isinstance(standing.fault, kind)
        ]

    def use(self, standing: FaultStanding) -> None:
        """Count a strike; the last one lifts the fault."""
        if standing.left is None:
            return
        standing.left -= 1
        if standing.left <= 0:
            self.lift(standing.number)

    def find(
        self,
        kind: type[F],
        profiles: AbstractSet[str],
        target: Target | None = None,
        when: Callable[[F], object] = bool,
    ) -> tuple[FaultStanding, F] | None:
        """Find a fault that would strike, without counting it."""
        for standing, fault in self.of(kind):
            aimed = getattr(fault, "target", None)
            if aimed == target and strikes(standing.fault, profiles) and when(fault):
                return standing, fault
        return None

    def take(
        self,
        kind: type[F],
        profiles: AbstractSet[str],
        target: Target | None = None,
        when: Callable[[F], object] = bool,
    ) -> F | None:
        """Return the fault that strikes, if any, and count the strike."""
        if not (found := self.find(kind, profiles, target, when)):
            return None
        self.use(found[0])
        return found[1]


def strikes(fault: Fault, profiles: AbstractSet[str]) -> bool:
    """Return whether a fault has to do with one of these applications."""
    return fault.profile_id is None or fault.profile_id in profiles
