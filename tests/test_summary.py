"""The end of a run in words: how its build was copied, and which tables have other numbers of rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import record as records
from flows.commands.builds import list_command
from flows.record import RunRecord
from flows.summary import copy_told, markdown, text
from warehouse.home import Home

ROWS = [
    {"table": "cell", "before": 10, "now": 12},
    {"table": "dim_item", "before": 7, "now": 7},
    {"table": "claim", "before": None, "now": 0},
]


def made(run: str, **more: object) -> RunRecord:
    return RunRecord(run, "2024-01-01T00:00:00+00:00", build=f"{run}-000000000000", **more)  # type: ignore[arg-type]


def test_tables_with_other_numbers_of_rows_are_told(tmp_path: Path) -> None:
    record = made("20240101T000000000Z", rows=ROWS)
    lines = [line.split() for line in text(record, Home(tmp_path)).splitlines()]
    assert ["cell", "10", "12"] in lines and ["claim", "—", "0"] in lines
    assert not any("dim_item" in line for line in lines)
    assert "| cell | 10 | 12 |" in markdown(record, Home(tmp_path))
    assert "before" not in text(made("20240101T000000000Z"), Home(tmp_path))


@pytest.mark.parametrize(
    ("copied", "said"), [(None, ""), (0, "共用数据块 shares its blocks"), (3 * 2**19, "复制 copied, 1.5 MiB")]
)
def test_how_a_build_was_copied(tmp_path: Path, copied: int | None, said: str) -> None:
    record = made("20240101T000000000Z", base="b", copied=copied)
    assert copy_told(record) == said
    assert ("copy of it" in text(record, Home(tmp_path))) is bool(said) and said in text(record, Home(tmp_path))


def test_the_list_of_builds_says_how_each_was_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = Home(tmp_path)
    for number, record in enumerate(
        [made("1", filings=5), made("2", filings=6, base="b", copied=0), made("3", base="b"), None]
    ):
        path = home.warehouse / f"warehouse-{number + 1}-000000000000.duckdb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
        if record is not None:
            record.save(home)
    # A run that found nothing new names no build.
    RunRecord("5", "", nothing_new=True).save(home)
    assert list_command(home.root) == 0
    told = [line.split(maxsplit=2)[2:] for line in capsys.readouterr().out.splitlines()[2:-1]]
    assert told == [[], ["副本 a copy"], ["6  副本 a copy：共用数据块 shares its blocks"], ["5  全部新建 all anew"]]
    assert records.load(home, "2").copied == 0
