"""Hirers and ads, as far as the relationship with the hirer allows."""

from typing import Any

from seek_sandbox.graph_call import GraphCall, forbidden
from seek_sandbox.positions import hirer_view


def read_hirer(call: GraphCall, hirer_id: str) -> dict[str, Any] | None:
    """Read a hirer; FORBIDDEN where no relationship is left."""
    hirer = call.world.hirers.get(hirer_id)
    if hirer and not hirer.relationships:
        raise forbidden("the hiring organisation")
    return hirer_view(hirer) if hirer else None


def read_position(call: GraphCall, profile_id: str) -> dict[str, Any] | None:
    """Read a job ad; either relationship allows it."""
    position = call.world.positions.get(profile_id)
    if position and not position.hirer.relationships:
        raise forbidden("the position profile")
    return call.positions().profile(position) if position else None
