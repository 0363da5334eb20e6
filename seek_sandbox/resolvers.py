"""What every field of the schema answers."""

from typing import Any

from graphql import default_field_resolver

from seek_sandbox.graph_call import GraphCall, forbidden, refused
from seek_sandbox.mutations import mutate
from seek_sandbox.paging import bad_input
from seek_sandbox.positions import JOB_POSTING
from seek_sandbox.root_fields import ROOT_FIELDS
from seek_sandbox.schema import Info

_MAX_ID = 255


def resolve(source: Any, info: Info, **args: Any) -> Any:
    """Resolve a field: faults first, then its own resolver, then the source's key."""
    call: GraphCall = info.context
    call.check(info)
    if info.parent_type is info.schema.query_type:
        return _root(info, args)
    if info.parent_type is info.schema.mutation_type:
        _check_refusal(call)
        return mutate(call, info, args)
    if info.field_name == "branding":
        return _branding(call)
    return default_field_resolver(source, info, **args)


def _root(info: Info, args: dict[str, Any]) -> Any:
    call: GraphCall = info.context
    _check_refusal(call)
    if info.field_name not in ROOT_FIELDS:
        raise refused("The sandbox does not have this query", "SANDBOX_HAS_NOT")
    identifier = args.get("id")
    if isinstance(identifier, str) and not 0 < len(identifier) <= _MAX_ID:
        raise bad_input("an id has 1 to 255 characters")
    return ROOT_FIELDS[info.field_name](call, info, **args)


def _check_refusal(call: GraphCall) -> None:
    if call.refusal:
        raise refused(
            call.refusal.message, str((call.refusal.extensions or {})["code"])
        )


def _branding(call: GraphCall) -> None:
    """Answer as SEEK's own example of partial data; no ad has a brand."""
    hirers = call.world.hirers.values()
    if not all(JOB_POSTING in hirer.relationships for hirer in hirers):
        raise forbidden("the branding")
