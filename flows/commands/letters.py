"""``ogi check --letter``: the correction notices, one file per filing that needs one."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from expectations.letter import accused, file_name, notice
from flows.documents import Reading
from warehouse.disk import write_atomically
from warehouse.errors import OgiError


def write_letters(checked: Iterable[Reading], folder: Path) -> None:
    """Writes the notices of checked readings and tells on standard error of every document what came of it.

    OgiError where a notice cannot be written.
    """
    taken: set[str] = set()
    for reading in checked:
        content = notice(reading)
        if content is None:
            print(f"{reading['source']}: {_why_none(reading)}", file=sys.stderr)
            continue
        name = _free(file_name(reading), taken)
        try:
            write_atomically(folder / name, content)
        except OSError as error:
            raise OgiError(f"无法写入通知：{error}", f"The notice could not be written: {error}") from error
        print(f"{reading['source']}: 通知 notice {folder / name}{_doubts(reading)}", file=sys.stderr)


def _free(name: str, taken: set[str]) -> str:
    """The name, numbered where another document of this call has it (the same one given twice)."""
    stem, number = Path(name).stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}.docx"
    taken.add(name)
    return name


def _why_none(reading: Reading) -> str:
    if reading["error"]:
        return "无法读取，不出具通知 / could not be read, no notice"
    return f"没有须更正的问题，不出具通知 / nothing to correct, no notice{_doubts(reading)}"


def _doubts(reading: Reading) -> str:
    left_out = [issue for issue in reading["issues"] if issue["severity"] != "info" and issue not in accused(reading)]
    if not left_out:
        return ""
    number = len(left_out)
    return f"；可能是本系统读错的{number}处未列入，请对照原文 / {number} that may be our misreading left out"
