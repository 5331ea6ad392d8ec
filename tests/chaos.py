"""Nights that are disturbed: processes killed at random, the disk full."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.conftest import COMMAND, ENVIRONMENT

DISTURBANCES = ("run", "server", "parser", "disk", "none")
"""What happens to a night: the run, Prefect's server or a process that reads documents is killed; the disk fills up;
nothing."""

_LONGEST = 600.0  # seconds that one night may take


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of that size at ``folder``; OSError where none may be mounted."""
    folder.mkdir()
    options = f"size={megabytes}m"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True)
    if done.returncode:
        raise OSError(done.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def disturbed_night(sources: Path, home: Path, kind: str, chance: random.Random, longest: float) -> str:
    """Runs a night in ``home`` to which a disturbance happens within ``longest`` seconds; how it ended."""
    command = [*COMMAND, "run", "--sources", str(sources), "--home", str(home)]
    log = home.parent.parent / f"{home.name}.log"
    with log.open("ab") as output:
        run = subprocess.Popen(command, env=ENVIRONMENT, stdout=output, stderr=output, start_new_session=True)
    moment = chance.uniform(0.5, longest)
    ballast = home.parent / "ballast"
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(moment)
        happened = _happen(kind, run, home, ballast, chance)
        run.wait(_LONGEST)
    finally:
        ballast.unlink(missing_ok=True)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    return f"{kind} at {moment:.1f} s{'' if happened else ' (missed)'}, exit {run.returncode}"


def _happen(kind: str, run: subprocess.Popen[bytes], home: Path, ballast: Path, chance: random.Random) -> bool:
    """Whether what was to happen did: the run may have ended, or had no such process."""
    if run.poll() is not None:
        return False
    if kind == "run":
        run.kill()
        return True
    if kind == "server":
        return _kill(_await(lambda: _with_words(run.pid, "flows.orchestrator")), chance)
    if kind == "parser":
        return _kill(_await(lambda: _readers(run.pid)), chance)
    if kind == "disk":
        fill(ballast)
        return True
    return True


def fill(ballast: Path) -> None:
    """Writes a file until the disk of its folder is full."""
    free = shutil.disk_usage(ballast.parent).free
    with contextlib.suppress(OSError), ballast.open("wb") as file:
        for _ in range(free // 65536 + 1):
            file.write(bytes(65536))


def _kill(processes: Sequence[int], chance: random.Random) -> bool:
    if not processes:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(chance.choice(processes), signal.SIGKILL)
    return True


def _await(find: Callable[[], list[int]]) -> list[int]:
    """What ``find`` gives, asked again for a few seconds while that is nothing."""
    deadline = time.monotonic() + 5
    while not (found := find()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def _with_words(parent: int, words: str) -> list[int]:
    return [pid for pid in descendants(parent) if words in _command(pid)]


def _readers(run: int) -> list[int]:
    """The processes that read documents: what the server that forks them has forked."""
    servers = _with_words(run, "forkserver")
    return [pid for server in servers for pid in descendants(server)]


def descendants(pid: int) -> list[int]:
    """The processes below one, all the way down."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
