"""``ogi notify``: what is wrong with the nights, told to people; also when no run was started at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flows import metrics, notifying
from flows import record as records
from flows.record import RunRecord
from flows.watching import Trouble, troubles
from warehouse import home as homes
from warehouse.errors import OgiError
from warehouse.home import Home


def notify_command(home_option: Path | None, late: float, *, test: bool) -> int:
    """Prints what is wrong, tells it through the channels and writes the metrics; 1 where something is wrong or could
    not be told. With ``test`` only sends a message that says so."""
    home, _ = homes.for_reading(home_option)
    given = notifying.channels()
    if test:
        if not given:
            raise OgiError(f"环境变量 {notifying.ADDRESSES} 未设置。", f"{notifying.ADDRESSES} is not set.")
        failed = notifying.send(given, "ogi", "试发。 This is a test.")
        print("\n".join(failed) or f"已送出 sent: {len(given)}")
        return 1 if failed else 0
    if not home.root.is_dir():
        raise OgiError(f"数据目录 {home.root} 不存在。", f"There is no home {home.root}.")
    found, failed = watch(home, given, late)
    print("\n".join(f"✗ {trouble.zh}\n  {trouble.en}" for trouble in found) or "一切正常。 All is well.")
    print("\n".join(failed), end="\n" if failed else "")
    return 1 if found or failed else 0


def watch(
    home: Home, given: list[notifying.Channel], late: float, ended: RunRecord | None = None
) -> tuple[list[Trouble], list[str]]:
    """What is wrong now, after it was told and counted; and what of that failed, in both languages. ``ended`` is the
    run that has just ended, which a full disk may know as running still."""
    known = records.load_all(home)
    if ended is not None:
        known = [*(record for record in known if record.run_id != ended.run_id), ended]
    found = troubles(home, known, datetime.now(UTC), late)
    failed = notifying.tell(home, found, given)
    try:
        metrics.write(home, known, found)
    except OSError as error:
        place, why = metrics.place(home), error.strerror
        failed.append(f"无法写入指标文件 {place}：{why} / the metrics cannot be written: {why}")
    return found, failed
