"""Archived pages are shown without harm and without contacts, and every cell is marked where it was read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from dashboard.original import page as pages
from dashboard.original.marks import Mark, standing_as
from dashboard.original.page import MarkedPage, marked_page
from extract.model import ReadError
from extract.paths import DATA
from tests.corpus.render import each_layout
from tests.originals import marks_of, read, squeezed

SAMPLES = sorted((DATA / "samples").glob("*/*.html"))
BACK = "/filings/f1"


def text_at(tree: LexborHTMLParser, mark: Mark) -> str:
    node = tree.css_first(f"[id='{mark.id}']")
    assert node is not None, mark
    holder = node if node.tag in ("td", "th", "a") and "held" in (node.attributes.get("class") or "") else node.parent
    assert holder is not None
    return squeezed([holder.text(deep=True)])


def check(data: bytes, name: str) -> MarkedPage:
    marks = marks_of(read(data, name))
    shown = marked_page(data, marks, BACK)
    assert shown.unmarked == {}, name
    tree = LexborHTMLParser(shown.html)
    for mark in marks:
        how = shown.marked[mark.id]
        there = text_at(tree, mark)
        assert (there == squeezed([mark.raw or ""])) if how == "cell" else squeezed([mark.raw or ""]) in there, mark
    links = {node.attributes["href"] for node in tree.css("a")}
    targets = {node.attributes.get("target") for node in tree.css("a")}
    assert links <= {f"{BACK}#{mark.id}" for mark in marks} and targets == {"_top"}
    return shown


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_cell_of_a_sample_is_marked_where_it_was_read(path: Path) -> None:
    shown = check(path.read_bytes(), path.name)
    assert set(shown.marked.values()) == {"cell"}


def test_every_cell_is_marked_in_every_layout() -> None:
    hows = set()
    for document in each_layout(1, "original-page", ["html"]):
        hows |= set(check(document.rendered.data, f"{document.layout}.html").marked.values())
    assert hows == {"cell", "line", "around"}


def test_what_stands_elsewhere_is_not_marked() -> None:
    data = SAMPLES[0].read_bytes()
    good, other, *_ = (mark for mark in marks_of(read(data, "a.html")) if mark.raw)
    wrong = replace(good, raw="87654")
    nowhere = replace(other, locator="table 99, row 1, column 1")
    placeless = Mark("cell.x", "1", None)
    shown = marked_page(data, [wrong, nowhere, placeless], BACK)
    assert shown.marked == {}
    assert shown.unmarked == {wrong.id: "differs", nowhere.id: "not_found", placeless.id: "no_place"}
    assert "held" not in shown.html.partition("<body>")[2]


def test_a_blank_is_no_part_of_a_figure() -> None:
    assert standing_as(Mark("a", "", "x"), "5") == "differs"
    assert standing_as(Mark("a", "", "x"), " \n") == "cell"
    assert standing_as(Mark("a", "5", "x"), "5 6") == "around"


def test_colours_follow_the_kind_of_a_mark() -> None:
    data = SAMPLES[0].read_bytes()
    mark = replace(marks_of(read(data, "a.html"))[0], kind="error")
    tree = LexborHTMLParser(marked_page(data, [mark], '/x?a=1&b="2').html)
    (node,) = tree.css(".held")
    assert (node.attributes["id"], node.attributes["class"]) == (mark.id, "held error")
    (link,) = tree.css("a")
    assert link.attributes["href"] == f'/x?a=1&b="2#{mark.id}'


@pytest.mark.parametrize("name", ['a"b', "", "1a", "a b", "a<b", "é"])
def test_a_mark_has_an_id_that_can_stand_in_an_attribute(name: str) -> None:
    with pytest.raises(ValueError):
        Mark(name, "1", None)
    with pytest.raises(ValueError):
        Mark("a", "1", None, name)


def test_contacts_are_masked_wherever_they_are_cut() -> None:
    html = """<meta charset="utf-8"><p>联系人：<b>张</b><i>三</i>，电话<span>0571</span>-<u>8765</u>4321。</p>
    <table><tr><td>联系人</td><td>王小明</td></tr><tr><td>联系电话</td><td>87654321</td></tr></table>
    <p title="13812345678">邮箱 zhang.san@example.gov.cn</p><img alt="13812345678" src="x">"""
    shown = marked_page(html.encode(), [], BACK).html
    text = squeezed([LexborHTMLParser(shown).body.text(deep=True)])  # type: ignore[union-attr]
    for secret in ("张", "三", "0571", "8765", "4321", "王小明", "zhang", "13812345678"):
        assert secret not in shown, secret
    assert text.count("［姓名］") == 2 and text.count("［电话］") == 2 and text.count("［邮箱］") == 1


def test_figures_beside_each_other_are_no_telephone_number() -> None:
    row = "".join(f"<td>{digit}</td>" for digit in "13812345678")
    shown = marked_page(f"<table><tr>{row}</tr></table>".encode(), [], BACK).html
    assert squeezed([LexborHTMLParser(shown).body.text(deep=True)]) == "13812345678"  # type: ignore[union-attr]


def test_the_signs_of_marks_cannot_be_brought_by_a_page() -> None:
    html = (
        "<p>\ue0f00\ue0f2x\ue0f10\ue0f2</p>"
        '<table><tr><td data-cell="0" id="cell.a" class="held">5</td><td>6</td></tr></table>'
    )
    mark = Mark("cell.b", "6", "table 1, row 1, column 2")
    shown = marked_page(html.encode(), [mark], BACK)
    assert shown.marked == {mark.id: "cell"}
    tree = LexborHTMLParser(shown.html)
    assert [node.attributes["id"] for node in tree.css("[id]")] == ["cell.b"]
    assert len(tree.css("a")) == 1 and not tree.css("[data-cell]")


def test_spans_and_simple_styles_stay() -> None:
    html = (
        '<table border="1" width="90%"><tr><td rowspan="2" colspan="3" bgcolor="#eee" style="text-align:center;'
        'position:fixed;background:url(http://x/y)">a</td><td>b</td></tr></table>'
    )
    shown = marked_page(html.encode(), [], BACK).html
    assert 'rowspan="2"' in shown and 'colspan="3"' in shown and 'border="1"' in shown and 'bgcolor="#eee"' in shown
    assert "fixed" not in shown and "url" not in shown
    styled = marked_page(b'<p style="text-align:right;position:fixed">x</p>', [], BACK).html
    assert '<p style="text-align:right">' in styled


def test_an_article_in_a_script_is_shown() -> None:
    html = """<html><body><script>window._CONFIG = {DETAIL: {"content": "<table><tr><td>a</td><td>7</td></tr></table>"}}
    </script></body></html>"""
    mark = Mark("cell.a", "7", "table 1, row 1, column 2")
    assert marked_page(html.encode(), [mark], BACK).marked == {"cell.a": "cell"}


# A way of doing harm on each line; \\0 and \\f stand for the characters themselves.
HARM = [
    line.replace("\\0", "\0").replace("\\f", "\f")
    for line in Path(__file__).with_name("original_harm.txt").read_text("utf-8").splitlines()
]
ALLOWED = {name for names in pages._ATTRIBUTES.values() for name in names}


@pytest.mark.parametrize("harm", HARM)
def test_nothing_that_acts_or_loads_remains(harm: str) -> None:
    html = f"<html><head><meta charset='utf-8'></head><body><p>a</p>{harm}<p>z</p></body></html>"
    shown = marked_page(html.encode(), [], BACK).html
    body = LexborHTMLParser(shown).body
    assert body is not None
    for node in body.css("*"):
        if node.tag == "body":
            continue
        assert node.tag in pages._TAGS, node.html
        for name, value in node.attributes.items():
            assert name in ALLOWED and not pages._HARM.search(value or ""), node.html


def test_markup_deeper_than_any_page_is_refused() -> None:
    with pytest.raises(ReadError) as refused:
        marked_page(b"<html><body>" + b"<div>" * 100_000, [], BACK)
    assert refused.value.code == "too_large"
