"""The settings that lead boards to the sandbox."""

from typing import Any

from letterbox.boards import discover
from letterbox.boards.abilities import PlayedBoard
from letterbox.boards.base import CalledBoard


def test_what_leads_a_board_to_the_sandbox_are_settings_of_its_own() -> None:
    """With them it calls nobody else, and what is asked of it can be done."""
    sandbox = "http://127.0.0.1:8090"
    played = {
        name: board
        for name, board in discover().items()
        if isinstance(board, PlayedBoard)
    }

    assert "linkedin" in played
    for board in played.values():
        variables = board.at_sandbox(sandbox)
        known = {name.removeprefix("LETTERBOX_").lower(): name for name in variables}
        assert set(known) <= set(board.settings.model_fields)
        assert all(name == f"LETTERBOX_{one.upper()}" for one, name in known.items())
        values: dict[str, Any] = {one: variables[name] for one, name in known.items()}
        settings = board.settings(**values)
        if isinstance(board, CalledBoard):
            addresses = board.servers(settings).values()
            assert all(address.startswith(sandbox) for address in addresses)
