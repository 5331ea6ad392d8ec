"""``ogi verify`` and ``ogi backfill``: what is kept, read again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flows.backfilling import Stale, backfill, forget_failed, stale
from flows.pool import default_jobs
from flows.progress import stage
from flows.text import table
from flows.verifying import Verified, verify
from warehouse import home as homes
from warehouse.errors import OgiError
from warehouse.home import Home

_SHOWN = 20


def verify_command(home_option: Path | None, count: int, seed: str | None, jobs: int | None) -> int:
    """Reads a sample of the archive again and prints what came of it; 1 when something is not as it was."""
    return 0 if verified(home_option, count, seed, jobs).ok else 1


def verified(home_option: Path | None, count: int, seed: str | None, jobs: int | None) -> Verified:
    """The same; what came of it."""
    home = _home(home_option)
    chosen = seed or f"{datetime.now(UTC):%G-W%V}"  # every week another sample
    with stage("复读", "verify", count) as advance:
        outcome = verify(home, count, chosen, jobs or default_jobs(), advance)
    path = outcome.save(home)
    print("\n\n".join([*verified_text(outcome), f"{path}"]))
    return outcome


def verified_text(outcome: Verified) -> list[str]:
    """The outcome in words: counts, then what is wrong and what to do about it."""
    rows = [
        ("抽取 read again", outcome.sampled),
        ("　可抽取的文件 of documents read by this version", outcome.population),
        ("　尚待本版本读取 not yet read by this version", outcome.stale),
        ("存档损坏 damaged in the archive", len(outcome.damaged)),
        ("读数不同 read otherwise than before", len(outcome.differing)),
    ]
    head = [f"复读 verify {outcome.seed}", outcome.verified_at]
    parts = [table(head, [[name, str(number)] for name, number in rows], right=(False, True))]
    if outcome.damaged:
        lines = [f"- {each['source']}: {each['problem']}" for each in outcome.damaged[:_SHOWN]]
        parts.append("\n".join(["存档损坏，请按“由存档恢复”手册处理。 Damaged: see the runbook on restoring.", *lines]))
    if outcome.differing:
        lines = [f"- {each['source']}: {each['place']}: {each['was']!r} → {each['is']!r}" for each in outcome.differing]
        parts.append(
            "\n".join(
                ["同一版本两次读数不同，是程序的错误。 The same readers read otherwise: a defect.", *lines[:_SHOWN]]
            )
        )
    return parts


def backfill_command(
    home_option: Path | None, jobs: int | None, limit: int | None, *, dry_run: bool, retry: bool
) -> int:
    """Reads what this version of the readers has not read yet; with ``retry`` also what failed for reasons that may
    have been the machine's. Prints what is left."""
    backfilled(home_option, jobs, limit, dry_run=dry_run, retry=retry)
    return 0


def backfilled(home_option: Path | None, jobs: int | None, limit: int | None, *, dry_run: bool, retry: bool) -> Stale:
    """The same; what is left."""
    home = _home(home_option)
    if retry and not dry_run:
        print(f"重读失败的文件 documents that had failed, to be read again: {forget_failed(home)}")
    before = stale(home)
    if not dry_run and before.unread:
        total = before.unread if limit is None else min(limit, before.unread)
        with stage("重读", "backfill", total) as advance:
            backfill(home, jobs or default_jobs(), limit, advance)
    now = before if dry_run else stale(home)
    print(stale_text(now))
    if not dry_run and not now.unread:
        print("均已由本版本读取；下次 ogi run 即以此建库。 All is read; the next ogi run builds from it.")
    return now


def stale_text(found: Stale) -> str:
    """How many documents which version of the readers has read."""
    rows = [
        ["文件 documents", str(found.documents)],
        ["　本版本已读 read by this version", str(found.read)],
        ["　待读 yet to be read", str(found.unread)],
        *([f"　较早版本已读 read by earlier version {version}", str(n)] for version, n in found.earlier.items()),
    ]
    return table(["读取 readings", ""], rows, right=(False, True))


def _home(option: Path | None) -> Home:
    home, _ = homes.for_reading(option)
    if not home.captures.is_dir():
        raise OgiError(
            f"{home.root} 中还没有文件；请先运行 ogi run。",
            f"There are no documents in {home.root}; run ogi run first.",
        )
    return home
