"""What the user sees while something works: a bar on a terminal, else one line per stage."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from time import monotonic

Advance = Callable[[], None]
"""Says that one more unit is done."""

_under_way: list[str] = []


def current() -> str | None:
    """The stage that is under way; None where none is."""
    return _under_way[-1] if _under_way else None


@contextlib.contextmanager
def stage(zh: str, en: str, total: int | None = None, began: float | None = None) -> Iterator[Advance]:
    """Shows one stage on standard error while the block runs.

    ``total`` is the number of units, where it is known; without a terminal,
    a line with their number and the time (since ``began`` on the monotonic
    clock, where it was before the block) follows at the end.
    """
    _under_way.append(en)
    try:
        with _shown(zh, en, total, monotonic() if began is None else began) as advance:
            yield advance
    finally:
        _under_way.remove(en)


@contextlib.contextmanager
def _shown(zh: str, en: str, total: int | None, began: float) -> Iterator[Advance]:
    done = 0

    def count() -> None:
        nonlocal done
        done += 1

    if sys.stderr.isatty():
        with _bar(f"{zh} {en}", total) as advance:
            yield advance
        return
    yield count
    number = f" {done}" if done else ""
    print(f"{zh} {en}:{number} ({monotonic() - began:.1f} s)", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _bar(title: str, total: int | None) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.description}")
    columns = (SpinnerColumn(), text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Rich would send what is printed meanwhile to its own console, data for standard output included.
    with Progress(*columns, console=Console(stderr=True), redirect_stdout=False, redirect_stderr=False) as progress:
        task = progress.add_task(title, total=total)
        yield lambda: progress.advance(task)
        done = progress.tasks[0].completed or 1
        progress.update(task, total=done, completed=done)
