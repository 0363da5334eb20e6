"""Logs as one JSON object a line, with ids and codes only, libraries' included."""

import logging
import sys
import traceback
from collections.abc import MutableMapping

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from letterbox.domain.errors import LetterboxError

# They may quote what a stranger sent; we log what matters of it.
_NOISY_LOGGERS = (
    "gql",
    "httpcore",
    "httpx",
    "python_multipart",
    "urllib3",
    "uvicorn.access",
)

log = structlog.get_logger()


def set_up_logs(process: str, level: str = "info") -> None:
    """
    Send the logs of this process, libraries' included, to standard error.

    JSON, except on a terminal, where a person reads. What is below ``level`` is not
    logged: debug, info, warning or error.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_colours,
        _error_without_its_text,
    ]
    to_terminal = sys.stderr.isatty()
    renderer: Processor = (
        structlog.dev.ConsoleRenderer()
        if to_terminal
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer,
            ],
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        )
    )
    # No line of ours shows them, and each line would ask the system for them.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)
    logging.getLogger("temporalio.activity").addFilter(_is_not_logged_already)
    for name in _NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        # What is not logged is not put together either.
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


def log_failure(event: str, error: Exception, **about: object) -> None:
    """
    Log what went wrong where something else has to go on.

    What is foreseen is a warning with its reason; all else is a fault of ours, and an
    error with its type and place.
    """
    if isinstance(error, LetterboxError):
        log.warning(event, reason=str(error), **about)
    elif isinstance(error, TimeoutError):
        # Not its text: of a disk's it is a path, which may have a digest in it.
        log.warning(event, reason="no answer in time", **about)
    else:
        log.error(event, error=type(error).__name__, at=place_of(error), **about)


def place_of(error: BaseException) -> str:
    """Return the function and the line that raised an error, and none of its text."""
    place = "nowhere"
    for frame, number in traceback.walk_tb(error.__traceback__):
        place = f"{frame.f_code.co_qualname}:{number}"
    return place


def _is_not_logged_already(record: logging.LogRecord) -> bool:
    """Drop the SDK's line and stack of what activities/failures.py has logged."""
    return not record.getMessage().startswith("Completing activity as failed")


def _without_colours(
    _logger: WrappedLogger, _method: str, event: EventDict
) -> EventDict:
    """Drop uvicorn's second, coloured copy of its message."""
    event.pop("color_message", None)
    return event


def _error_without_its_text(
    _logger: WrappedLogger, _method: str, event: EventDict
) -> EventDict:
    """Log an exception's type and place; its text may quote a candidate."""
    error = _exception(event)
    if error is not None:
        event["error"] = _name(error)
        event["at"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
    return event


def _name(error: BaseException) -> str:
    """Return the type of an error; of an ApplicationError, the original one."""
    # Not imported here: the sandbox logs too, and has nothing else to do with the SDK.
    sdk = sys.modules.get("temporalio.exceptions")
    is_sdk_error = sdk is not None and isinstance(error, sdk.ApplicationError)
    original: str | None = getattr(error, "type", None) if is_sdk_error else None
    return original or type(error).__name__


def _exception(event: MutableMapping[str, object]) -> BaseException | None:
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple):
        info = info[1]
    return info if isinstance(info, BaseException) else None
