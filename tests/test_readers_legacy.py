"""Office formats other than DOCX, spreadsheets and OFD."""

from __future__ import annotations

import http.server
import io
import os
import stat
import threading
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from extract import readers
from extract.model import Document, ReadError
from extract.readers import legacy, ofd, signatures
from extract.reading import read_bytes
from tests.corpus import build, docx, truth
from tests.corpus.agencies import AGENCIES
from tests.corpus.legacy import Square, blocks_of, office, pack, sheets, xls, xlsx
from tests.corpus.legacy import ofd as make_ofd
from tests.corpus.model import Filing
from tests.corpus.scan import draw_table, image_bytes
from tests.corpus.score import compare

needs_office = pytest.mark.skipif(legacy.program() is None, reason="LibreOffice (soffice) is not installed")


@pytest.fixture(scope="module", params=[2019, 2023])
def filing(request: pytest.FixtureRequest) -> Filing:
    return build.filing(AGENCIES["shili-qu"], request.param, "legacy")


def read(data: bytes, name: str) -> Document:
    return readers.read(data, readers.sniff(data, name))


def texts(document: Document) -> list[list[str]]:
    return [[field.text for field in row] for grid in document.grids for row in grid.rows]


def check(filing: Filing, data: bytes, name: str, media_type: str) -> dict[str, Any]:
    """Every cell as in the filing, without doubt; the reading."""
    reading = read_bytes(data, name)
    assert (reading["error"], reading["media_type"]) == (None, media_type)
    outcome = compare(truth.truth_of(filing, name), reading)
    assert (outcome.right, outcome.agency, outcome.year, outcome.title) == (outcome.cells, True, True, True)
    assert not [issue for issue in reading["issues"] if issue["origin"] == "extraction"]
    return reading


# Word processors


@needs_office
@pytest.mark.parametrize(
    ("kind", "media_type"), [("doc", signatures.DOC), ("rtf", signatures.RTF), ("odt", signatures.ODT)]
)
def test_documents_of_word_processors(kind: Any, media_type: str) -> None:
    made = build.filing(AGENCIES["shili-qu"], 2023, "legacy")
    data = office(docx.render(made, docx.DocxLayout()).data, kind)
    reading = check(made, data, "a.wps", media_type)
    assert reading["cells"][0]["locator"].startswith("table 1, row ")


def test_without_libreoffice_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    error = read_bytes(rb"{\rtf1 x}", "a.rtf")["error"]
    assert error["code"] == "unsupported"
    assert "LibreOffice" in error["message"] and "DOCX" in error["message"]


def fake_office(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_conversion_that_hangs_is_killed_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_office(tmp_path, f"sleep 300 & echo $! > {tmp_path}/child; wait", monkeypatch)
    monkeypatch.setattr(legacy, "SECONDS", 1.0)
    with pytest.raises(ReadError, match="已停止") as caught:
        legacy.read(rb"{\rtf1 x}")
    assert caught.value.code == "unreadable"
    child = int((tmp_path / "child").read_text())
    assert not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]


def test_a_failed_conversion_says_what_the_program_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_office(tmp_path, "echo source file could not be loaded", monkeypatch)
    with pytest.raises(ReadError, match="could not be loaded"):
        legacy.read(rb"{\rtf1 x}")


def test_conversions_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    fake_office(tmp_path, "exit 0", monkeypatch)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with pytest.raises(ReadError):
        legacy.read(rb"{\rtf1 x}")
    assert os.listdir(temporary) == []


LINKED = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.2"><office:body><office:text>
<text:p>report<draw:frame text:anchor-type="as-char" svg:width="2cm" svg:height="2cm"><draw:image xlink:type="simple"
 xlink:href="{}" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>
</office:text></office:body></office:document-content>"""


@needs_office
def test_what_a_document_links_to_is_not_fetched() -> None:
    fetched: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fetched.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_GET

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        data = pack(
            {
                "mimetype": signatures.ODT,
                "content.xml": LINKED.format(f"http://127.0.0.1:{server.server_port}/a.png"),
                "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                f'<m:file-entry m:full-path="/" m:media-type="{signatures.ODT}"/>'
                '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>',
            }
        )
        document = read(data, "a.odt")
        server.shutdown()
    assert [paragraph.text for paragraph in document.paragraphs] == ["report"]
    assert fetched == []


def ole(streams: dict[str, bytes]) -> bytes:
    """A small OLE container: one sector of allocation table, one of directory, eight for each stream."""
    names = list(streams)
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    for at, value, size in [(24, 0x3E, 2), (26, 3, 2), (28, 0xFFFE, 2), (30, 9, 2), (32, 6, 2), (44, 1, 4), (48, 1, 4),
                            (56, 0, 4), (60, -2, 4), (68, -2, 4), (76, 0, 4)]:  # fmt: skip
        header[at : at + size] = value.to_bytes(size, "little", signed=value < 0)
    header[80:512] = b"\xff" * 432
    table = [-3, -2]
    for first in range(2, 2 + 8 * len(names), 8):
        table += [*range(first + 1, first + 8), -2]
    fat = b"".join(value.to_bytes(4, "little", signed=True) for value in table).ljust(512, b"\xff")
    entries = [_entry("Root Entry", 5, 1 if names else -1, -2, 0)]
    for number, name in enumerate(names):
        after = number + 2 if number + 1 < len(names) else -1
        entries.append(_entry(name, 2, -1, 2 + 8 * number, 4096, after))
    directory = b"".join(entries).ljust(512, b"\0")
    return bytes(header) + fat + directory + b"".join(data.ljust(4096, b"\0") for data in streams.values())


def _entry(name: str, kind: int, child: int, start: int, size: int, right: int = -1) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    numbers = b"".join(value.to_bytes(4, "little", signed=True) for value in (-1, right, child))
    tail = start.to_bytes(4, "little", signed=True) + size.to_bytes(8, "little")
    return raw.ljust(64, b"\0") + len(raw).to_bytes(2, "little") + bytes([kind, 1]) + numbers + bytes(36) + tail


WORD = bytes(10) + (0x0200).to_bytes(2, "little")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (ole({"WordDocument": WORD}), signatures.DOC),
        (ole({"Workbook": b""}), signatures.XLS),
        (rb"{\rtf1 x}", signatures.RTF),
        (pack({"mimetype": signatures.ODT}), signatures.ODT),
        (pack({"OFD.xml": ""}), signatures.OFD),
        (b"BM for short", "text/plain"),
    ],
)
def test_the_content_says_what_a_file_is(data: bytes, found: str) -> None:
    assert readers.sniff(data, "a.txt") == found


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ole({"WordDocument": bytes(10) + (0x0300).to_bytes(2, "little")}), "encrypted"),
        (ole({"EncryptedPackage": b""}), "encrypted"),
        (ole({"VisioDocument": b""}), "unsupported"),
        (pack({"mimetype": "application/vnd.oasis.opendocument.presentation"}), "unsupported"),
        (pack({"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "unsupported"),
        (b"7z\xbc\xaf\x27\x1c", "unsupported"),
    ],
)
def test_what_cannot_be_read_gets_its_code(data: bytes, code: str) -> None:
    assert read_bytes(data, "a.doc")["error"]["code"] == code


def test_a_page_saved_as_one_file_is_read_as_a_page() -> None:
    message = EmailMessage()
    message.set_content("only text")
    message.add_related("<table><tr><td>规章</td><td>3</td></tr></table>", subtype="html", charset="gb2312")
    document = read(message.as_bytes(), "a.doc")
    assert document.media_type == signatures.MHTML
    assert texts(document) == [["规章", "3"]]


# Spreadsheets


@pytest.mark.parametrize("numbers", [True, False])
def test_workbooks(filing: Filing, numbers: bool) -> None:
    data = xlsx(sheets(blocks_of(filing)), numbers)
    reading = check(filing, data, "a.xlsx", signatures.XLSX)
    located = {(cell["row"], cell["column"]): cell["locator"] for cell in reading["cells"]}
    assert located["received_new", "natural_person"] == "sheet 表3, row 5, column 4"


def test_workbooks_of_the_older_format(filing: Filing) -> None:
    reading = check(filing, xls(sheets(blocks_of(filing))), "a.et", signatures.XLS)
    located = {(cell["row"], cell["column"]): cell["locator"] for cell in reading["cells"]}
    assert located["received_new", "natural_person"] == "sheet 表3, row 5, column 4"


def test_a_workbook_that_claims_a_thousand_million_rows(filing: Filing) -> None:
    data = xls(sheets(blocks_of(filing)))
    extent = data.index(b"\x00\x02\x0e\x00") + 4  # the record DIMENSIONS: first row, last row
    broken = data[:extent] + b"\x00\x00\x00\xd9" + data[extent + 4 :]
    assert read_bytes(broken, "a.xls")["error"]["code"] == "too_large"


SQUARES: list[Square] = [
    (0, 1, 1, 3, "示例市2023年政府信息公开工作年度报告"),
    (2, 1, 2, 1, "组"),
    (2, 2, 1, 1, "甲"),
    (2, 3, 1, 1, "18.50"),
    (3, 2, 1, 2, "乙"),
    (5, 1, 1, 1, "丙"),
    (5, 3, 1, 1, "7"),
]


@pytest.mark.parametrize("make", [lambda pages: xlsx(pages, numbers=False), xls])
def test_merged_cells_are_spans_and_blank_rows_part_tables(make: Any) -> None:
    document = read(make([("表三", SQUARES)]), "a.xlsx")
    assert [paragraph.text for paragraph in document.paragraphs] == ["示例市2023年政府信息公开工作年度报告"]
    first, second = document.grids
    spans = [[(f.text, f.column, f.colspan, f.rowspan) for f in row] for row in first.rows]
    assert [(t, c, w, h) for t, c, w, h in spans[0][:2]] == [("组", 1, 1, 2), ("甲", 2, 1, 1)]
    assert spans[1] == [("乙", 2, 2, 1)]
    assert [field.text for field in second.rows[0]] == ["丙", "", "7"]
    assert first.rows[1][0].place.locator == "sheet 表三, row 4, column 3"


def test_numbers_are_printed_as_a_spreadsheet_shows_them() -> None:
    values = ["0", "3.0", "0.30000000000000004", "59237.2449", "1136"]
    document = read(xlsx([("a", [(0, column, 1, 1, text) for column, text in enumerate(values)])]), "a.xlsx")
    assert texts(document) == [["0", "3", "0.3", "59237.2449", "1136"]]


# OFD


def test_ofd(filing: Filing) -> None:
    reading = check(filing, make_ofd(blocks_of(filing)), "a.ofd", signatures.OFD)
    boxes = [(cell["page"], cell["bbox"]) for cell in reading["cells"]]
    assert all(page and 0 <= box[0] < box[2] <= 596 and box[1] < box[3] for page, box in boxes)


def one_page(objects: str, **parts: str | bytes) -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    return pack(
        {
            "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
            "</ofd:OFD>",
            "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
            "</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID='1' BaseLoc='P/Content.xml'/>"
            "</ofd:Pages></ofd:Document>",
            "Doc_0/P/Content.xml": f"<ofd:Page {space}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content>"
            "</ofd:Page>",
            **parts,
        }
    )


def test_ofd_steps_between_characters() -> None:
    """GB/T 33190: ``g 3 8`` stands for three steps of 8; further codes go on where X is not given."""
    text = (
        "<ofd:TextObject ID='1' Boundary='20 30 100 5' Size='4'><ofd:TextCode X='0' Y='4' DeltaX='g 3 4 8'>一二三四五"
        "</ofd:TextCode><ofd:TextCode X='60' Y='4'>六</ofd:TextCode></ofd:TextObject>"
    )
    layer, _ = ofd._layer([_root(text)], (0.0, 0.0, 210.0, 297.0), 1)
    lefts = [round(char.x0 * 25.4 / 72, 2) for char in layer.chars]
    assert lefts == [20.0, 24.0, 28.0, 32.0, 40.0, 80.0]
    assert {round(char.base * 25.4 / 72, 2) for char in layer.chars} == {34.0}


def test_ofd_rules_are_strokes_and_thin_shapes() -> None:
    paths = "".join(
        f"<ofd:PathObject ID='1' Boundary='10 10 50 50' {kind}><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData>"
        "</ofd:PathObject>"
        for kind, data in [
            ("", "M 0 0 L 50 0 L 50 20"),
            ("Stroke='false' Fill='true'", "M 0 30 L 50 30 L 50 30.4 L 0 30.4 C"),
            ("Stroke='false' Fill='true'", "M 0 0 L 50 0 L 50 50 L 0 50 C"),
            ("Stroke='false'", "M 0 0 L 50 0"),
        ]
    )
    layer, _ = ofd._layer([_root(paths)], (0.0, 0.0, 210.0, 297.0), 1)
    found = [
        (edge["orientation"], round(edge["width"] * 25.4 / 72), round(edge["top"] * 25.4 / 72, 1))
        for edge in layer.edges
    ]
    assert found == [("h", 50, 10.0), ("v", 0, 10.0), ("h", 50, 40.2)]


def _root(objects: str) -> Any:
    from lxml import etree

    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    return etree.fromstring(f"<ofd:Page {space}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>")


def test_an_ofd_page_that_is_a_picture_is_recognised() -> None:
    picture = image_bytes(draw_table([["12", "0"], ["7", "305"]]).convert("L").resize((1654, 2339)), "PNG")
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    resources = f"<ofd:Res {space} BaseLoc='Res'><ofd:MultiMedias><ofd:MultiMedia ID='5' Type='Image'><ofd:MediaFile>" \
        "a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"  # fmt: skip
    parts: dict[str, str | bytes] = {"Doc_0/DocumentRes.xml": resources, "Doc_0/Res/a.png": picture}
    data = one_page("<ofd:ImageObject ID='4' ResourceID='5' Boundary='0 0 210 297' CTM='210 0 0 297 0 0'/>", **parts)
    document = read(data, "a.ofd")
    assert texts(document) == [["12", "0"], ["7", "305"]]
    box = document.grids[0].rows[0][0].place.bbox
    assert box == pytest.approx((36, 84, 108, 151), abs=3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (one_page(""), "empty"),
        (pack({"OFD.xml": "<OFD><DocRoot>nowhere.xml</DocRoot></OFD>"}), "unreadable"),
        (pack({"OFD.xml": "<OFD"}), "unreadable"),
        (one_page("", **{"Encryptions.xml": ""}), "encrypted"),
    ],
)
def test_ofd_that_cannot_be_read(data: bytes, code: str) -> None:
    assert read_bytes(data, "a.ofd")["error"]["code"] == code


def test_the_corpus_makes_the_same_bytes_twice() -> None:
    blocks = blocks_of(build.filing(AGENCIES["shili-qu"], 2023, "legacy"))
    assert make_ofd(blocks) == make_ofd(blocks)
    assert xlsx(sheets(blocks)) == xlsx(sheets(blocks))
    with zipfile.ZipFile(io.BytesIO(make_ofd(blocks))) as archive:
        assert "OFD.xml" in archive.namelist()
    assert Image.open(io.BytesIO(image_bytes(draw_table([["1"]]), "PNG"))).size == (1654, 1000)
