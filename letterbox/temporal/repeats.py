"""Which requests have changed nothing: what is repeated has not happened again."""

from typing import Any

from letterbox.domain.application import Flag

_Hold = tuple[str, str, str | None]


class RepeatedRequests:
    """
    Follows a life through its runs, and knows what was so already.

    Where what was before is not known, as Temporal forgets, a request counts.
    """

    def __init__(self) -> None:
        self._is_held: bool | None = None
        self._hold: _Hold | None = None
        self._position: tuple[object, object] | None = None
        self._cleared = set[str]()

    def learn(self, recorded: dict[str, Any]) -> None:
        """Learn from a record whether it is held, where no hold has told of that."""
        if self._is_held is None and "stage" in recorded:
            self._is_held = Flag.HELD in recorded.get("flags", ())

    def is_hold_repeated(
        self, command: dict[str, Any], result: dict[str, Any], *, is_held: bool
    ) -> bool:
        """Take down a hold, or a release; return whether it was so before."""
        was_held = result.get("was_held") if self._is_held is None else self._is_held
        hold = _hold(command) if is_held and command else None
        is_same = hold is not None and hold == self._hold
        self._is_held, self._hold = is_held, hold
        return is_same if is_held else was_held is False

    def is_assignment_repeated(self, command: dict[str, Any], position: object) -> bool:
        """Take down a choice; return whether it was the latest before."""
        before, self._position = self._position, (position, command.get("hirer"))
        return before == self._position

    def forget_assignment(self) -> None:
        """Note that the position has become another since."""
        self._position = None

    def is_clearing_repeated(self, command: dict[str, Any]) -> bool:
        """Take down a document's release; return whether it was released before."""
        name = command.get("name")
        is_known = name in self._cleared
        if name:
            self._cleared.add(name)
        return is_known


def _hold(command: dict[str, Any]) -> _Hold:
    return command.get("by", ""), command.get("reason", ""), command.get("until")
