"""The log of a run: one JSON object per line, for people with ``jq`` and for collectors."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

from flows import progress
from warehouse.home import Home

KEPT = 100
"""Logs of runs that are kept."""


class JsonLines(logging.Formatter):
    """``time`` (UTC), ``level``, ``logger``, ``run``, ``stage``, ``message`` and, where there is one, ``exception``."""

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "run": self.run_id,
            "stage": progress.current(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def open_log(home: Home, run_id: str) -> Path:
    """Sends what libraries log and warn of to the run's log, and nothing of it to the terminal; drops the logs of
    runs long ago. OSError where it cannot be written."""
    home.logs.mkdir(parents=True, exist_ok=True)
    for path in sorted(home.logs.glob("*.jsonl"))[: -KEPT + 1]:
        path.unlink(missing_ok=True)
    log = home.logs / f"{run_id}.jsonl"
    handler = logging.FileHandler(log, encoding="utf-8")
    handler.setFormatter(JsonLines(run_id))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a log that cannot be written, on a full disk, fills no terminal with tracebacks
    return log
