"""Walks a schema: every field of a type as one query, every key as a field."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

Composite = GraphQLObjectType | GraphQLInterfaceType


def everything(schema: GraphQLSchema, name: str, above: tuple[str, ...] = ()) -> str:
    """
    Select every field of a type and of what it leads to, deprecated ones too.

    A type that is being selected already is not selected again inside itself.
    """
    kind = schema.type_map[name]
    if isinstance(kind, GraphQLInterfaceType):
        inner = (
            f"... on {one.name} {everything(schema, one.name, above)}"
            for one in schema.get_possible_types(kind)
        )
        return f"{{ __typename {' '.join(inner)} }}"
    assert isinstance(kind, GraphQLObjectType)
    return f"{{ __typename {' '.join(_fields(schema, kind, (*above, name)))} }}"


def _fields(
    schema: GraphQLSchema, kind: GraphQLObjectType, above: tuple[str, ...]
) -> Iterator[str]:
    for field_name, field in kind.fields.items():
        if any(is_required_argument(one) for one in field.args.values()):
            continue
        inner = get_named_type(field.type)
        # Aliases, since fields of one name may differ between types.
        selected = f"{kind.name}_{field_name}: {field_name}"
        if is_leaf_type(inner):
            yield selected
        elif not _met(schema, inner, above):
            yield f"{selected} {everything(schema, inner.name, above)}"


def _met(schema: GraphQLSchema, kind: GraphQLNamedType, above: tuple[str, ...]) -> bool:
    if isinstance(kind, GraphQLInterfaceType):
        return any(one.name in above for one in schema.get_possible_types(kind))
    return kind.name in above


def strange_keys(schema: GraphQLSchema, kind: str, view: Any) -> Iterator[str]:
    """Give the keys of a resolved object that are fields of no type."""
    if isinstance(view, list):
        for inner in view:
            yield from strange_keys(schema, kind, inner)
        return
    if not isinstance(view, dict):
        return
    kind = view.get("__typename", kind)
    known = schema.type_map[kind]
    assert isinstance(known, GraphQLObjectType)
    for key, value in view.items():
        if key == "__typename":
            continue
        if key not in known.fields:
            yield f"{kind}.{key}"
        else:
            inner = get_named_type(known.fields[key].type).name
            yield from strange_keys(schema, inner, value)
