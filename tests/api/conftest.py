"""A whole installation, for the tests of what boards are answered."""

from collections.abc import Iterator

import pytest

from letterbox_cli.samples import import_sample_positions
from tests.end_to_end.processes.installation import Installation, installation


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Run all of it on the sample positions, for tests that leave it running."""
    with installation(tmp_path_factory.mktemp("house")) as made:
        import_sample_positions(made.store)
        made.start()
        yield made
