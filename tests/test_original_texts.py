"""Documents without pages as their reader sees them, and the prose with its figures."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dashboard.original.documents import read as read_document
from dashboard.original.prose import prose
from dashboard.original.shown import Stated, document_view, prose_of
from dashboard.original.view import view
from extract.model import Document, Field, Grid, Paragraph, Place, ReadError
from extract.paths import DATA
from extract.readers import legacy as converter
from extract.readers.signatures import DOCX
from tests.corpus import build, legacy
from tests.corpus.agencies import AGENCIES
from tests.corpus.render import each_layout
from tests.originals import marks_of, original, read, squeezed
from transform.privacy import masked

SAMPLES = DATA / "samples"
TEXTS = sorted([*SAMPLES.glob("*/*.docx"), *SAMPLES.glob("*/*.txt")])


def check(data: bytes, name: str) -> set[str]:
    reading = read(data, name)
    marks = marks_of(reading)
    document, partly = read_document(data, reading["media_type"])
    shown = view(document, marks)
    assert (shown["unmarked"], partly) == ({}, False), name
    held = {}
    for block in shown["blocks"]:
        for holder in block.get("lines", [cell for row in block.get("rows", ()) for cell in row]):
            held.update({name: holder["text"] for name, _, _ in holder["marks"]})
    for mark in marks:
        there, raw = squeezed([held[mark.id]]), squeezed([mark.raw or ""])
        assert (there == raw) if shown["marked"][mark.id] == "cell" else raw in there
    return set(shown["marked"].values())


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_cell_of_a_sample_is_marked(path: Path) -> None:
    assert check(path.read_bytes(), path.name) == {"cell"}


def test_every_cell_is_marked_in_every_layout() -> None:
    hows = set()
    for document in each_layout(1, "original-texts", ["docx", "text"]):
        hows |= check(document.rendered.data, f"a{document.rendered.extension}")
    assert hows == {"cell", "line", "around"}


def test_a_workbook() -> None:
    filing = build.filing(AGENCIES["shili-qu"], 2023, "legacy")
    assert check(legacy.xlsx(legacy.sheets(legacy.blocks_of(filing))), "a.xlsx") == {"cell"}


def test_rows_are_filled_for_html() -> None:
    def grid(*rows: list[tuple[int, str, int, int]]) -> Grid:
        return Grid([[Field(text, column, Place(), wide, high) for column, text, wide, high in row] for row in rows])

    merged = grid([(0, "a", 1, 1), (1, "b", 2, 1), (3, "d", 1, 1)], [(1, "x", 1, 1), (2, "y", 1, 1)], [(0, "z", 4, 1)])
    shown = view(Document(DOCX, [merged]), [])["blocks"][0]["rows"]
    assert [[(cell["text"], cell["colspan"], cell["rowspan"]) for cell in row] for row in shown] == [
        [("a", 1, 2), ("b", 2, 1), ("d", 1, 2)],
        [("x", 1, 1), ("y", 1, 1)],
        [("z", 4, 1)],
    ]
    ragged = grid([(0, "a", 1, 1), (1, "5", 1, 1)], [(0, "b", 1, 1)], [(1, "6", 1, 1)])
    shown = view(Document("text/plain", [ragged]), [])["blocks"][0]["rows"]
    assert [[cell["text"] for cell in row] for row in shown] == [["a", "5"], ["b"], ["", "6"]]
    spanned = grid([(0, "a", 1, 2), (1, "5", 1, 1)], [(1, "6", 1, 1)])
    shown = view(Document("application/x-sheet", [spanned]), [])["blocks"][0]["rows"]
    assert [[(cell["text"], cell["rowspan"]) for cell in row] for row in shown] == [[("a", 2), ("5", 1)], [("6", 1)]]


def test_contacts_are_masked_also_in_the_next_cell() -> None:
    row = [
        Field("联系人", 0, Place()),
        Field("王小明", 1, Place()),
        Field("电话", 2, Place()),
        Field("87654321", 3, Place()),
    ]
    shown = str(view(Document("text/plain", [Grid([row]), Paragraph("联系人：张三\n电话：0571-87654321")]), []))
    for secret in ("王小明", "87654321", "张三"):
        assert secret not in shown
    assert shown.count("［姓名］") == 2 and shown.count("［电话］") == 2


def test_what_is_a_picture_has_no_text() -> None:
    with pytest.raises(ReadError):
        read_document(b"\x89PNG", "image/png")


@pytest.mark.skipif(converter.program() is None, reason="LibreOffice (soffice) is not installed")
def test_what_is_converted(tmp_path: Path) -> None:
    data = legacy.office((SAMPLES / "shili-diaochadui" / "2024.docx").read_bytes(), "doc")
    reading = read(data, "a.doc")
    shown = document_view(original(tmp_path, data, reading["media_type"]), marks_of(reading))
    assert shown.unmarked == {} and len(shown.marked) == 200


def test_in_the_child(tmp_path: Path) -> None:
    data = TEXTS[0].read_bytes()
    reading = read(data, TEXTS[0].name)
    document = original(tmp_path, data, reading["media_type"])
    shown = document_view(document, marks_of(reading))
    assert shown.unmarked == {} and shown.blocks[0].kind == "paragraph" and not shown.partly
    (block, *_) = [block for block in shown.blocks if block.kind == "table"]
    assert any(cell.marks for row in block.rows for cell in row)
    stated = [
        Stated(str(number), masked(claim["sentence"]), Decimal(str(claim["value"])))
        for number, claim in enumerate(reading["claims"])
    ]
    found = prose_of(document, stated)
    assert found.not_found == ()
    assert {name for one in found.paragraphs for piece in one.segments for name in piece.claims} == {
        one.id for one in stated
    }


def claim(name: str, sentence: str, value: str | None, tied: bool = True) -> dict[str, object]:
    return {"id": name, "sentence": sentence, "value": value, "tied": tied}


def segments(text: str, *claims: dict[str, object]) -> list[tuple[str, str, list[str], bool]]:
    found = prose(Document("text/plain", [Paragraph(text)]), claims)
    assert "".join(piece["text"] for one in found["paragraphs"] for piece in one["segments"]) == text
    return [
        (piece["kind"], piece["text"], piece["claims"], piece["sure"])
        for one in found["paragraphs"]
        for piece in one["segments"]
    ]


def test_figures_are_tied_to_claims() -> None:
    sentence = "全年收到申请1,234件，其中“网络”申请１２件，信函十二件。"
    made = segments(
        f"前文。{sentence}后文。", claim("a", sentence, "1234"), claim("b", sentence, "12"), claim("c", sentence, "12")
    )
    assert [piece for piece in made if piece[0] == "figure"] == [
        ("figure", "1,234", ["a"], True),
        ("figure", "１２", ["b"], True),
        ("figure", "十二", ["c"], True),
    ]
    assert made[0] == ("plain", "前文。", [], True) and made[-1] == ("plain", "后文。", [], True)


def test_a_figure_that_may_be_either_is_not_sure() -> None:
    sentence = "申请5件，办结5件。"
    assert [piece[1:] for piece in segments(sentence, claim("a", sentence, "5")) if piece[0] == "figure"] == [
        ("5", ["a"], False),
        ("5", ["a"], False),
    ]
    mixed = segments(sentence, claim("a", sentence, "5"), claim("u", sentence, "5", tied=False))
    assert [piece[1:] for piece in mixed if piece[0] == "figure"] == [("5", ["a", "u"], False)] * 2
    both = segments("申请5件。", claim("a", "申请5件。", "5"), claim("b", "申请5件。", "5"))
    assert [piece[1:] for piece in both if piece[0] == "figure"] == [("5", ["a", "b"], True)]


def test_what_no_figure_is_printed_for_marks_its_sentence() -> None:
    sentence = "未收到行政复议申请。"
    assert segments(sentence, claim("a", sentence, "0")) == [("sentence", sentence, ["a"], True)]


def test_amounts_in_other_units() -> None:
    sentence = "收费35000元。"
    assert ("figure", "35000", ["a"], True) in segments(sentence, claim("a", sentence, "3.5000"))


def test_sentences_that_are_not_there_are_told() -> None:
    found = prose(Document("text/plain", [Paragraph("申请5件。")]), [claim("a", "申请6件。", "6"), claim("b", "", "6")])
    assert found["not_found"] == ["a", "b"]


def test_sentences_over_lines_and_with_contacts() -> None:
    text = "2024年，本机关收到申请5件，联系人：张三，电话0571-87654321。"
    document = Document("text/plain", [Paragraph(text[:14]), Paragraph(text[14:])])
    sentence = masked(text)
    found = prose(document, [claim("a", sentence, "5")])
    assert found["not_found"] == [] and "张三" not in str(found) and "87654321" not in str(found)


def test_every_claim_of_every_sample_is_found() -> None:
    for path in [*SAMPLES.glob("*/*.pdf"), *SAMPLES.glob("*/*.html"), *TEXTS]:
        data = path.read_bytes()
        reading = read(data, path.name)
        every = [(one, tied) for key, tied in (("claims", True), ("unresolved_claims", False)) for one in reading[key]]
        claims = [
            claim(str(number), masked(one["sentence"]), str(one["value"]), tied)
            for number, (one, tied) in enumerate(every)
        ]
        found = prose(read_document(data, reading["media_type"])[0], claims)
        assert found["not_found"] == [], path
        pieces = [piece for one in found["paragraphs"] for piece in one["segments"]]
        assert {name for piece in pieces for name in piece["claims"]} == {one["id"] for one in claims}, path
        unprinted = {name for piece in pieces if piece["kind"] == "sentence" for name in piece["claims"]}
        assert all(Decimal(str(one["value"])) == 0 for one in claims if one["id"] in unprinted), path
