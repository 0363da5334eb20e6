"""The schema that is executed: SEEK's, with two additions of the sandbox's own."""

from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    extend_schema,
    parse,
)

from seek_sandbox.times import check_history_date, read_date_time, write_date_time

# What a resolver is told; its context is a GraphCall.
Info: TypeAlias = GraphQLResolveInfo[Any]
# What a client sees when SEEK adds an event type: a type that it does not know.
UNKNOWN_EVENT = "SandboxUnknownEvent"
_ADDITION = f"""
type {UNKNOWN_EVENT} implements Event {{
  id: ObjectIdentifier!
  typeCode: String!
  schemeId: String!
  createDateTime: DateTime!
  webhookAttempts(
    filter: WebhookAttemptsFilterInput
    first: Int, after: String, last: Int, before: String
  ): WebhookAttemptsConnection!
}}
"""


def schema_text() -> str:
    """Return SEEK's schema as it is shipped."""
    return files("seek_sandbox").joinpath("schema.graphql").read_text("utf-8")


@cache
def served_schema() -> GraphQLSchema:
    """Build the schema once; clients validate their queries against the text."""
    schema = extend_schema(build_schema(schema_text()), parse(_ADDITION))
    _allow_null(schema, "seekCreatedBySelfIndicator")
    date_time = _scalar(schema, "DateTime")
    date_time.coerce_input_value = read_date_time
    date_time.coerce_output_value = write_date_time
    _scalar(schema, "HistoryDate").coerce_output_value = check_history_date
    return schema


def _allow_null(schema: GraphQLSchema, field: str) -> None:
    """Answer as SEEK's 2023 schema allows: null for ads of before September 2021."""
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            continue
        if field in kind.fields:
            kind.fields[field].type = GraphQLBoolean


def _scalar(schema: GraphQLSchema, name: str) -> GraphQLScalarType:
    kind = schema.type_map[name]
    if not isinstance(kind, GraphQLScalarType):
        raise TypeError(f"{name} is not a scalar")
    return kind


def has_field(type_name: str, field: str) -> bool:
    """Return whether an object type of the schema has a field."""
    kind = served_schema().type_map.get(type_name)
    return isinstance(kind, GraphQLObjectType) and field in kind.fields
