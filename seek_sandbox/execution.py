"""GraphQL, really executed: parsed, validated, coerced, resolved."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    ValidationRule,
    VariableNode,
    execute_sync,
    parse,
    specified_rules,
    validate,
)
from pydantic import BaseModel, ConfigDict

from seek_sandbox.graph_call import GraphCall
from seek_sandbox.resolvers import resolve
from seek_sandbox.schema import served_schema

_MAX_QUERY_TOKENS = 20_000


class GraphQLRequest(BaseModel):
    """A GraphQL request; ``variables`` as a JSON string is none since 2024."""

    model_config = ConfigDict(hide_input_in_errors=True)

    query: str
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 GraphQL's name
    extensions: dict[str, Any] | None = None


class VariablesOnly(ValidationRule):
    """
    Refuse arguments written into the query: SEEK says that they must be variables.

    NOT SEEN: whether SEEK refuses them. A query that passes here passes there.
    """

    def enter_argument(
        self,
        node: ArgumentNode,
        _key: object,
        _parent: object,
        _path: object,
        ancestors: Sequence[object],
    ) -> None:
        """Look at one argument; those of directives and introspection may be."""
        owner = next(
            node
            for node in reversed(ancestors)
            if isinstance(node, FieldNode | DirectiveNode)
        )
        parent = self.context.get_parent_type()
        introspection = parent is not None and parent.name.startswith("__")
        if isinstance(owner, DirectiveNode) or introspection:
            return
        if owner.name.value.startswith("__") or isinstance(node.value, VariableNode):
            return
        self.report_error(
            GraphQLError(f"Argument {node.name.value} must be a variable", node)
        )


@lru_cache(maxsize=256)
def prepared(query: str) -> DocumentNode | Sequence[GraphQLError]:
    """Parse and validate a query, once; its errors where it is wrong."""
    try:
        document = parse(query, max_tokens=_MAX_QUERY_TOKENS)
    except GraphQLError as error:
        return [error]
    rules = [*specified_rules, VariablesOnly]
    return validate(served_schema(), document, rules) or document


def operations(query: str) -> list[str]:
    """Name the root fields of a query, as the call log counts them."""
    document = prepared(query)
    if not isinstance(document, DocumentNode):
        return ["invalid"]
    return [
        field.name.value
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
        for field in definition.selection_set.selections
        if isinstance(field, FieldNode)
    ]


def answer(graphql_request: GraphQLRequest, call: GraphCall) -> dict[str, Any]:
    """Execute a request; every error has a code."""
    document = prepared(graphql_request.query)
    if not isinstance(document, DocumentNode):
        return {"errors": [_shown(error, call) for error in document]}
    result = execute_sync(
        served_schema(),
        document,
        context_value=call,
        variable_values=graphql_request.variables,
        operation_name=graphql_request.operationName,
        field_resolver=resolve,
    )
    shown: dict[str, Any] = {}
    if result.errors:
        shown["errors"] = [_shown(error, call) for error in result.errors]
    if result.data is not None or _was_executed(result.errors):
        shown["data"] = result.data
    return shown


def _was_executed(errors: Sequence[GraphQLError] | None) -> bool:
    """Return whether a null went all the way up: the request was executed then."""
    return any(error.path for error in errors or ())


def _shown(error: GraphQLError, call: GraphCall) -> dict[str, Any]:
    options = call.options
    fault_of_ours = error.path is not None
    code = (
        options.internal_error_code if fault_of_ours else options.invalid_document_code
    )
    extensions = {"code": code, **(error.extensions or {})}
    return {**error.formatted, "extensions": extensions}
