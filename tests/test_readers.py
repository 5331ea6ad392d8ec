"""Each medium to blocks: structure, encodings, damage."""

from __future__ import annotations

import io
import zipfile

import pypdfium2 as pdfium
import pytest
from reportlab.pdfgen.canvas import Canvas

from extract import readers
from extract.charset import decode
from extract.model import Document, ReadError
from extract.readers.pdf_layer import Char, Layer
from extract.readers.unmapped import look_up
from extract.reading import MAX_BYTES, read_bytes

TABLE = "<table><tr><td rowspan=2>组</td><td>甲</td></tr><tr><td>乙</td></tr></table>"


def texts(document: Document) -> list[list[list[tuple[str, int]]]]:
    return [[[(f.text, f.column) for f in row] for row in grid.rows] for grid in document.grids]


def read(html: str) -> Document:
    return readers.read(html.encode(), "text/html")


def test_row_spans_keep_columns_and_are_not_repeated() -> None:
    assert texts(read(TABLE)) == [[[("组", 0), ("甲", 1)], [("乙", 1)]]]


def test_spans_beyond_reason_do_not_grow_the_grid() -> None:
    document = read("<table><tr><td colspan=999999999 rowspan=99999>甲</td><td>乙</td></tr></table>")
    assert document.grids[0].rows[0][1].column == 200


def test_only_innermost_tables_are_tables() -> None:
    document = read(f"<table><tr><td>导航</td><td>{TABLE}<p>正文。</p></td></tr></table>")
    assert len(document.grids) == 1
    assert [p.text for p in document.paragraphs] == ["导航", "正文。"]


def test_line_breaks_keep_figures_apart() -> None:
    document = read("<table><tr><td>1<br>2</td><td>本年新<br/>制作数量</td></tr></table>")
    assert document.grids[0].rows[0][0].text == "1\n2"


def test_scripts_and_styles_are_no_text() -> None:
    assert [p.text for p in read("<p>甲<script>乙</script></p><style>丙</style>").paragraphs] == ["甲"]


def test_places_name_table_row_and_column() -> None:
    field = read(TABLE).grids[0].rows[1][0]
    assert field.place.locator == "table 1, row 2, column 2"


def test_meta_tags_are_kept_by_lower_case_name() -> None:
    document = read('<html><head><meta name="PubDate" content=" 2024-01-20 10:00"></head><body>甲</body></html>')
    assert document.meta["pubdate"] == "2024-01-20 10:00"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    assert decode("政府信息公开㐀".encode(encoding)).lstrip("\ufeff") == "政府信息公开㐀"


def test_a_wrong_declaration_does_not_decide() -> None:
    assert "政府" in decode('<meta charset="gb2312">政府'.encode())
    assert "政府㐀" in decode('<meta charset="gb2312">政府㐀'.encode("gb18030"))
    assert "政府" in decode('<meta charset="utf-8">政府'.encode("gb18030"))


def test_a_text_cut_within_a_character_stays_readable() -> None:
    assert decode("政府信息".encode()[:-1]).startswith("政府信")


def test_markdown_tables_are_tables() -> None:
    document = readers.read("# 标题\n\n| 甲 | 1 |\n|---|---|\n| 乙 | 2 |\n".encode(), "text/plain")
    assert texts(document) == [[[("甲", 0), ("1", 1)], [("乙", 0), ("2", 1)]]]
    assert document.paragraphs[0].text == "标题"


SPACES = "http://schemas.openxmlformats.org"
W = (
    f'xmlns:w="{SPACES}/wordprocessingml/2006/main" xmlns:mc="{SPACES}/markup-compatibility/2006" '
    f'xmlns:m="{SPACES}/officeDocument/2006/math"'
)


def docx(body: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>'
        )
    return file.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_docx_merges() -> None:
    body = (
        "<w:tbl><w:tr>"
        f"<w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr>{paragraph('组')}</w:tc>"
        f"<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{paragraph('甲')}</w:tc><w:tc>{paragraph('1')}</w:tc></w:tr>"
        f"<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>{paragraph('')}</w:tc><w:tc>{paragraph('乙')}</w:tc></w:tr></w:tbl>"
    )
    document = readers.read(docx(body), readers.DOCX_TYPE)
    assert texts(document) == [[[("组", 0), ("甲", 1), ("1", 3)], [("乙", 1)]]]


def test_docx_inserted_text_counts_and_deleted_does_not() -> None:
    body = (
        "<w:p><w:r><w:t>共</w:t></w:r><w:del><w:r><w:delText>3</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>5</w:t></w:r></w:ins><w:r><w:t>件</w:t></w:r></w:p>"
    )
    assert readers.read(docx(body), readers.DOCX_TYPE).paragraphs[0].text == "共5件"


def boxed(content: str) -> str:
    """A text box as Word writes it, with the drawing for older programs."""
    box = f"<w:txbxContent>{content}</w:txbxContent>"
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    return f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"


def test_docx_text_boxes_are_read_once_where_they_stand() -> None:
    table = (
        f"<w:tbl><w:tr><w:tc>{paragraph('规章')}</w:tc><w:tc><w:p>{boxed(paragraph('3'))}</w:p></w:tc></w:tr></w:tbl>"
    )
    body = f"<w:p><w:r><w:t>前</w:t></w:r>{boxed(paragraph('框') + table)}</w:p>{paragraph('后')}"
    document = readers.read(docx(body), readers.DOCX_TYPE)
    assert [paragraph.text for paragraph in document.paragraphs] == ["前", "框", "后"]
    assert texts(document) == [[[("规章", 0), ("3", 1)]]]


def test_docx_rows_and_moves_that_were_struck_out_are_gone() -> None:
    def row(text: str, change: str = "") -> str:
        return f"<w:tr><w:trPr>{change}</w:trPr><w:tc>{paragraph(text)}</w:tc><w:tc>{paragraph('1')}</w:tc></w:tr>"

    moved = "<w:p><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>新</w:t></w:r></w:moveTo></w:p>"
    body = f"<w:tbl>{row('甲')}{row('乙', '<w:del/>')}{row('丙', '<w:ins/>')}</w:tbl>{moved}"
    document = readers.read(docx(body), readers.DOCX_TYPE)
    assert [[field[0] for field in row] for row in texts(document)[0]] == [["甲", "1"], ["丙", "1"]]
    assert document.paragraphs[0].text == "新"


def test_docx_signs_of_which_figures_are_made() -> None:
    cells = [
        "<w:p><w:r><w:noBreakHyphen/><w:t>3</w:t></w:r></w:p>",
        "<w:p><m:oMath><m:r><m:t>12</m:t></m:r></m:oMath></w:p>",
        '<w:p><w:r><w:sym w:font="Wingdings" w:char="F081"/></w:r></w:p>',
    ]
    body = "<w:tbl><w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr></w:tbl>"
    document = readers.read(docx(body), readers.DOCX_TYPE)
    assert [field[0] for field in texts(document)[0][0]] == ["-3", "12", "\ufffd"]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.html", "empty"),
        (b"  \n ", "a.txt", "empty"),
        (b"%PDF-1.7\nbroken", "a.pdf", "unreadable"),
        (b"PK\x03\x04broken", "a.docx", "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64, "a.doc", "unreadable"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "unreadable"),
        (b"\x00\x01\x02\x03" * 50, "a.bin", "unsupported"),
        ("<html><body><p>404 页面不存在</p></body></html>".encode(), "a.html", "not_a_filing"),
        ("示例市网站工作年度报表\n\n访问量\t3\n".encode(), "a.txt", "not_a_filing"),
        (b" " * (MAX_BYTES + 1), "a.txt", "too_large"),
    ],
)
def test_what_is_no_filing_gets_its_code_and_empty_lists(data: bytes, name: str, code: str) -> None:
    reading = read_bytes(data, name)
    assert reading["error"]["code"] == code
    assert reading["error"]["message"]
    assert (reading["form"], reading["cells"], reading["issues"]) == (None, [], [])


def test_unknown_kind_by_content() -> None:
    with pytest.raises(ReadError, match="RAR"):
        readers.sniff(b"Rar!\x1a\x07\x00", "a.txt")


def test_hidden_text_of_a_docx_is_not_printed() -> None:
    body = (
        "<w:p><w:r><w:t>甲</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>乙</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>丙</w:t></w:r></w:p>'
    )
    assert [block.text for block in readers.read(docx(body), readers.DOCX_TYPE).paragraphs] == ["甲丙"]


def docx_cell(cell: str) -> bytes:
    return docx(f"<w:tbl><w:tr><w:tc>{cell}</w:tc><w:tc>{paragraph('2')}</w:tc></w:tr></w:tbl>")


def test_a_damaged_stream_in_a_docx_is_unreadable() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:p>甲乙丙</w:p>" * 50)
    data = bytearray(file.getvalue())
    data[60:80] = b"\xff" * 20
    assert read_bytes(bytes(data), "x.docx")["error"]["code"] == "unreadable"


def test_a_span_of_no_plain_digits_is_one() -> None:
    document = readers.read(docx_cell('<w:tcPr><w:gridSpan w:val="²"/></w:tcPr><w:p/>'), readers.DOCX_TYPE)
    assert texts(document) == [[[("", 0), ("2", 1)]]]


def test_marks_within_a_paragraph_of_a_docx() -> None:
    runs = "<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t></w:r><w:del><w:r><w:t>丙</w:t></w:r></w:del>"
    document = readers.read(docx_cell(f"<w:p>{runs}</w:p>{paragraph('丁')}"), readers.DOCX_TYPE)
    assert texts(document) == [[[("甲 乙\n丁", 0), ("2", 1)]]]


def test_a_page_of_which_nothing_shows() -> None:
    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=0)
    canvas.drawString(10, 100, "12")
    canvas.save()
    beside = file.getvalue().replace(b"/Type /Page\n", b"/CropBox [700 900 800 1000] /Type /Page\n")
    assert read_bytes(beside, "x.pdf")["error"]["code"] in ("empty", "not_a_filing")


def test_an_archive_with_a_nameless_member() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", "甲")
    nameless = bytearray(file.getvalue())
    directory = nameless.index(b"PK\x01\x02")
    nameless[directory + 28 : directory + 30] = b"\x00\x00"  # the name's length, which is now an extra field's
    nameless[directory + 30 : directory + 32] = b"\x01\x00"
    assert read_bytes(bytes(nameless), "a.zip")["error"]["code"] in ("empty", "unreadable")


def test_a_nameless_character_beside_the_page_is_not_looked_up() -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.showPage()
    canvas.save()
    layer = Layer(1, 595, 842, [Char("\ufffd", -90, -90, -80, -80, -80), Char("\ufffd", 700, 900, 710, 910, 910)], [])
    first, second = look_up(pdfium.PdfDocument(file.getvalue())[0], layer)
    assert [char.text for char in (*first.chars, *second.chars)] == ["\ufffd"] * 4
