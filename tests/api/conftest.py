"""A whole installation, for the tests of what boards are answered."""

from collections.abc import Iterator

import pytest

from letterbox_cli.samples import import_sample_positions
from tests.end_to_end.processes.installation import Installation, installation
from tests.letterbox.boards.statuses.server import ToldBoard, told_board


@pytest.fixture(scope="package")
def told() -> Iterator[ToldBoard]:
    """Stand in for the board that the house reports statuses to."""
    with told_board() as board:
        yield board


@pytest.fixture(scope="package")
def house(
    tmp_path_factory: pytest.TempPathFactory, told: ToldBoard
) -> Iterator[Installation]:
    """Run all of it on the sample positions, for tests that leave it running."""
    with installation(
        tmp_path_factory.mktemp("house"),
        LETTERBOX_ZIPRECRUITER_API_USER="user",
        LETTERBOX_ZIPRECRUITER_SIGNAL_URL=told.url,
    ) as made:
        import_sample_positions(made.store)
        made.start()
        yield made
