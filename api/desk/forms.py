"""What people type into forms, made what the operator API takes."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from letterbox.domain.errors import MalformedError

Model = TypeVar("Model", bound=BaseModel)

DAY = timedelta(days=1)


async def fields_of(request: Request) -> dict[str, str]:
    """Return the fields of a form that say something, without blanks around them."""
    return filled(await request.form())


def filled(fields: Mapping[str, Any]) -> dict[str, str]:
    """Leave out what is blank: a form sends every field."""
    texts = {name: str(text).strip() for name, text in fields.items()}
    return {name: text for name, text in texts.items() if text}


def validated(model: type[Model], **fields: Any) -> Model:
    """Return what the operator API takes; RequestValidationError names the field."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None


def reason_of(fields: Mapping[str, str]) -> str:
    """Return why; MalformedError where nobody says it."""
    if reason := fields.get("reason"):
        return reason
    raise MalformedError("say why, for example by the number of a case")


def start_of_day(text: str | None) -> datetime | None:
    """Return when a day begins, in UTC (MalformedError)."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise MalformedError("write a day like 2026-03-01") from None


def end_of_day(text: str | None) -> datetime | None:
    """Return when a day has ended, in UTC (MalformedError)."""
    start = start_of_day(text)
    try:
        return start + DAY if start else None
    except OverflowError:
        raise MalformedError("the day is too far in the future") from None
