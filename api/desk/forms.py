"""What people type into forms, made what the operator API takes."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar

import structlog
from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from letterbox.domain.errors import LetterboxError, MalformedError
from letterbox.domain.patterns import message_of

Model = TypeVar("Model", bound=BaseModel)

DAY = timedelta(days=1)
_CORRECTED = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""What a person can do something about at the form itself."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into one form of a page, and what was wrong with it."""

    form: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    status: HTTPStatus = HTTPStatus.OK
    problem: str = ""
    at: str = ""
    """The field that it is about, if it is about one."""


async def attempt(
    form: str, fields: Mapping[str, str], work: Awaitable[object]
) -> Typed | None:
    """Do what a form asks for; return the form, to be shown again, if it is refused."""
    try:
        await work
    except RequestValidationError as error:
        fault = error.errors()[0]
        status, at = HTTPStatus.UNPROCESSABLE_ENTITY, str(fault["loc"][-1])
        problem = message_of(fault["type"], fault["msg"], fault.get("ctx"))
    except LetterboxError as error:
        if error.status not in _CORRECTED:
            raise
        status, problem = error.status, str(error)
        at = getattr(error, "field", None) or ""
    except HTTPException as error:
        status = HTTPStatus(error.status_code)
        if status not in _CORRECTED or not isinstance(error.detail, str):
            raise
        problem, at = error.detail, ""
    else:
        return None
    # Not what is wrong: it may name what was typed.
    log.info("refused", status=int(status), form=form)
    return Typed(form, fields, status, problem, at)


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
    raise MalformedError("say why, for example by the number of a case", field="reason")


def start_of_day(text: str | None, field_name: str = "from") -> datetime | None:
    """Return when a day begins, in UTC (MalformedError)."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise MalformedError("write a day like 2026-03-01", field=field_name) from None


def end_of_day(text: str | None, field_name: str = "to") -> datetime | None:
    """Return when a day has ended, in UTC (MalformedError)."""
    start = start_of_day(text, field_name)
    try:
        return start + DAY if start else None
    except OverflowError:
        raise MalformedError(
            "the day is too far in the future", field=field_name
        ) from None
