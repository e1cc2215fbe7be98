"""Serves the web faces and runs the worker, in one process, until it is interrupted."""

from __future__ import annotations

import sys

import uvicorn

from troth.app.application import Application
from troth.app.logs import configure
from troth.web.server import create


def serve(app: Application, host: str, port: int) -> None:
    """Listen and work; returns on the first interrupt."""
    configure(sys.stderr)
    worker = app.worker()
    worker.start()
    try:
        # Access lines would hold addresses of people; what matters is in the journal.
        uvicorn.run(create(app), host=host, port=port, log_level="warning", access_log=False)
    finally:
        worker.stop()
