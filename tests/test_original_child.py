"""The child process that opens originals keeps within its limits, and what it made is kept."""

from __future__ import annotations

import io
import os
import threading
import time
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from dashboard.original import asking, shown
from dashboard.original.asking import Answer, OriginalUnreadable
from dashboard.original.cache import Cache
from dashboard.original.places import Original, OriginalMissing, Place
from extract.readers.signatures import DOCX, OFD, XLSX
from tests.corpus import hostile
from tests.originals import original
from tests.test_readers_boxes import A4, minimal_pdf

PAGE = b"<html><body><p>x</p></body></html>"


def refusal(document: Original) -> str:
    """The code with which a document is refused, whatever is asked of it."""
    with pytest.raises(OriginalUnreadable) as refused:
        if shown.is_page(document):
            shown.marked_page(document, [], "/f")
        elif shown.has_pages(document):
            shown.page_picture(document, 1, [(0, 0, 100, 100)])
        else:
            shown.document_view(document, [])
    assert refused.value.zh and refused.value.en and "/" not in refused.value.zh[:3]
    return refused.value.code


def test_hostile_documents_are_refused(tmp_path: Path) -> None:
    many = io.BytesIO()
    document = pdfium.PdfDocument.new()
    for _ in range(3000):
        document.new_page(595, 842)
    document.save(many)
    assert refusal(original(tmp_path, b"<html><body>" + b"<div>" * 100_000, "text/html")) == "too_large"
    assert refusal(original(tmp_path, hostile.zip_bomb("word/document.xml", 200 << 20), DOCX)) == "too_large"
    assert refusal(original(tmp_path, hostile.zip_bomb("xl/worksheets/sheet1.xml", 200 << 20), XLSX)) in (
        "too_large", "unreadable",
    )  # fmt: skip
    assert refusal(original(tmp_path, many.getvalue(), "application/pdf")) == "too_large"
    assert refusal(original(tmp_path, b"%PDF-1.4 no more", "application/pdf")) == "unreadable"
    assert refusal(original(tmp_path, hostile.encrypted_pdf(), "application/pdf")) == "encrypted"
    assert refusal(original(tmp_path, hostile.png_bomb(40_000, 40_000), "image/png")) == "too_large"
    assert refusal(original(tmp_path, b"PK\x03\x04 no zip", OFD)) == "unreadable"


def test_a_page_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SECONDS", 1.0)
    os.mkfifo(tmp_path / "endless")  # its reader waits for ever
    began = time.monotonic()
    assert refusal(Original("0" * 64, "text/html", (Place(tmp_path / "endless"),))) == "timeout"
    assert time.monotonic() - began < 5


def test_what_takes_too_much_memory_ends_alone(tmp_path: Path) -> None:
    # A form that draws itself many times over, twenty deep, takes all the time or memory that it gets.
    wide = minimal_pdf(b"", b"/MediaBox[0 0 14400 14400]", content=b"0 0 m " + b"9999 9999 l S " * 400_000)
    document = original(tmp_path, wide, "application/pdf")
    try:
        shown.page_picture(document, 1, [])
    except OriginalUnreadable as error:
        assert error.code in ("too_large", "timeout", "unreadable")


def test_what_was_made_is_kept(tmp_path: Path) -> None:
    document = original(tmp_path, PAGE, "text/html")
    first = shown.marked_page(document, [], "/kept")
    (tmp_path / document.sha256).unlink()
    assert shown.marked_page(document, [], "/kept") == first
    with pytest.raises(OriginalMissing):
        shown.marked_page(document, [], "/other")


def test_the_cache_holds_so_many_bytes() -> None:
    cache: Cache[bytes] = Cache(100, len)
    for name in "abcd":
        cache.put(name, bytes(30))
        assert cache.get("a") == bytes(30)  # what is asked for stays
    assert [name for name in "abcd" if cache.get(name)] == ["a", "c", "d"] and cache.held == 90
    cache.put("e", bytes(51))
    assert cache.get("e") is None
    cache.put("a", bytes(10))
    assert cache.held == 70


def test_two_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0
    lock = threading.Lock()

    def slow(*_: object) -> Answer:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        return Answer({"outcome": "done", "marked": {}, "unmarked": {}}, b"")

    monkeypatch.setattr(asking, "_run", slow)
    document = original(tmp_path, PAGE, "text/html")
    threads = [threading.Thread(target=shown.marked_page, args=(document, [], f"/two/{number}")) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
    monkeypatch.setattr(asking, "PATIENCE", 0.01)
    with asking._turns, asking._turns, pytest.raises(OriginalUnreadable) as refused:
        shown.marked_page(document, [], "/two/late")
    assert refused.value.code == "busy"


def test_a_child_that_dies_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "child.py"
    script.write_text("import os, sys; sys.stdin.read(); os.abort()")
    monkeypatch.setattr(asking, "_CHILD", script)
    with pytest.raises(OriginalUnreadable):
        shown.marked_page(original(tmp_path, PAGE, "text/html"), [], "/dead")
    script.write_text("import sys; sys.stdin.read()\nwhile True: sys.stdout.write('x' * 1000000)")
    monkeypatch.setattr(asking, "MAX_ANSWER", 10_000_000)
    with pytest.raises(OriginalUnreadable) as refused:
        shown.marked_page(original(tmp_path, PAGE, "text/html"), [], "/endless")
    assert refused.value.code == "too_large"


def test_the_child_reads_no_file_of_ours_and_writes_none(tmp_path: Path) -> None:
    # Of a PDF page: it ends by itself, and leaves nothing in its folder.
    document = original(tmp_path, minimal_pdf(A4), "application/pdf")
    picture = shown.page_picture(document, 1, [])
    assert (picture.width, picture.height, picture.view_box) == (595, 842, "0 0 595 842")
    assert [path.name for path in tmp_path.iterdir()] == [document.sha256]
