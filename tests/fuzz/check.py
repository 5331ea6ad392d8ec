"""What must be true of whatever ``read_bytes`` gives back."""

from __future__ import annotations

import json
import math
import random
from typing import Any, get_args

from extract import readers
from extract.figures import Status
from extract.forms import load_forms
from extract.matching.result import Method
from extract.model import ErrorCode, ReadError
from extract.readers import archive
from extract.reading import read_bytes
from tests.fuzz.seeds import MEDIA

_AGAIN = 0.02  # of the documents are read twice, to see that both times are the same
_BARE = 0.3  # are read by the medium's reader, whatever they look like
LISTS = ("cells", "claims", "unresolved_claims", "issues")


def check_reading(data: bytes, name: str) -> dict[str, Any]:
    """Reads a document and holds the result against the contract; AssertionError names what is broken."""
    reading = read_bytes(data, name)
    json.dumps(reading, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass")
    if reading["error"] is not None:
        assert reading["error"]["code"] in get_args(ErrorCode), reading["error"]
        assert not any(reading[part] for part in LISTS), "an unread document has content"
        return reading
    form = load_forms()[reading["form"]]
    keys = [(cell["table"], cell["row"], cell["column"]) for cell in reading["cells"]]
    rows = {row for _, row, _ in keys}
    merged = frozenset(row.code for table in form.tables for row in table.merged_rows if row.code in rows)
    assert keys == list(form.cells(merged)), "not every cell of the form is there once, in order"
    for cell in reading["cells"]:
        assert cell["status"] in get_args(Status), cell
        assert (cell["value"] is None) == (cell["status"] != "reported"), cell
        assert cell["method"] in (*get_args(Method), "ocr", None), cell
        assert cell["bbox"] is None or all(math.isfinite(number) for number in cell["bbox"]), cell
    known = set(keys)
    for issue in reading["issues"]:
        assert all(tuple(key) in known for key in issue["cells"]), issue
    return reading


def check_medium(data: bytes, medium: str, chance: random.Random) -> str:
    """Reads a document of a medium as a filing, by chance some of them only with the medium's reader, or twice;
    gives "read", "filing" or the error's code."""
    if medium == "zip":
        return check_archive(data)
    if chance.random() < _BARE:
        return check_reader(data, MEDIA[medium])
    reading = check_reading(data, f"fuzz.{medium}")
    if chance.random() < _AGAIN:
        assert check_reading(data, f"fuzz.{medium}") == reading, "a second reading differs"
    return str(reading["error"]["code"]) if reading["error"] else "filing"


def check_archive(data: bytes) -> str:
    """Unpacks every member of an archive; gives "read" or the error's code."""
    try:
        for name in archive.names(data):
            archive.member(data, name)
    except ReadError as error:
        assert error.code in get_args(ErrorCode)
        return error.code
    return "read"


def check_reader(data: bytes, media_type: str) -> str:
    """Reads with the reader of one medium, whatever the content is; gives "read" or the error's code."""
    try:
        readers.read(data, media_type)
    except ReadError as error:
        assert error.code in get_args(ErrorCode)
        return error.code
    return "read"
