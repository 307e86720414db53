"""Logging: an event word and key=value pairs on standard error. No secret passes, whoever logs it."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from alerts import redact


def set_up_logs(level: str, form: str, secrets: tuple[str, ...] = ()) -> None:
    """Route structlog and the libraries' records through one formatter that redacts."""

    def hide(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {key: _without_secrets(value, secrets) for key, value in event.items()}

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide,
            last,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("httpx", "httpcore", "apscheduler", "telegram", "trafilatura", "alembic", "htmldate"):
        logging.getLogger(name).setLevel(logging.WARNING)  # httpx logs addresses, and a bot's address holds its token
    for name in ("procrastinate", "psycopg.pool"):  # app.scale says in a line what they say in a page
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _without_secrets(value: Any, secrets: tuple[str, ...]) -> Any:
    """The value as it may be shown; what is neither text nor number is shown as text."""
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    if isinstance(value, Mapping):
        return {str(key): _without_secrets(each, secrets) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_without_secrets(each, secrets) for each in value]
    return redact.redact(str(value), *secrets)
