"""What ``letterbox init`` is to make; read without importing Temporal's SDK."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InitOptions:
    """The options of the command."""

    store_only: bool = False
    """The store is all that an API needs: it can be made while there is no Temporal."""
    new_store: bool = False
    """Whether it may be made anew, though Temporal knows what lay in another."""
    prune: bool = False
    """Whether to remove schedules of this task queue that nothing asks for."""
