"""Logging: one line an event, as JSON, with everything that may be personal left out by construction."""

from __future__ import annotations

import json
import logging
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "request",
        "version",
        "code",
        "state",
        "store",
        "webhook",
        "count",
        "kind",
        "route",
        "status",
        "error",
        "where",
    }
)
"""Only these keys pass. A value under any other key is dropped: a new key is a decision, not an accident."""


def configure(stream: TextIO) -> None:
    """Send our own events and those of libraries to `stream`; libraries' at warning and above."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        keep_allowed,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.WriteLoggerFactory(file=stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_LibraryFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def keep_allowed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop what is not on the list of keys that never hold personal data."""
    return {key: value for key, value in event.items() if key in _ALLOWED}


class _LibraryFormatter(logging.Formatter):
    """A library's record without its arguments and without a traceback's values: who said it and where."""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        where = f"{record.module}:{record.lineno}"
        return json.dumps({"logger": record.name, "level": record.levelname.lower(), "where": where, "error": kind})
