"""Documents within archives."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from extract import readers
from extract.model import ReadError
from extract.readers import archive
from extract.readers.archive import is_archive, member, names
from extract.reading import read_bytes
from tests.corpus.legacy import pack


def members(data: bytes) -> dict[str, bytes]:
    return {name: member(data, name) for name in names(data)}


def test_members_come_sorted_with_their_content() -> None:
    data = pack({"b.html": "<p>b</p>", "a/c.txt": "c", "a.txt": "a"})
    assert names(data) == ["a.txt", "a/c.txt", "b.html"]
    assert members(data) == {"a.txt": b"a", "a/c.txt": b"c", "b.html": b"<p>b</p>"}


def test_what_systems_leave_behind_is_passed_over() -> None:
    junk = {"__MACOSX/._a.doc": "", ".DS_Store": "", "x/Thumbs.db": "", "~$a.docx": "", ".git/a.txt": "", "folder/": ""}
    assert names(pack({**junk, "a.txt": "a"})) == ["a.txt"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_in_the_encoding_of_the_packer(encoding: str) -> None:
    """Packers in China write names in GBK (some in UTF-8) without saying so."""
    wanted = "附件/2023年年度报告.doc"
    data = pack({"x" * len(wanted.encode(encoding)): "a"})
    data = data.replace(b"x" * len(wanted.encode(encoding)), wanted.encode(encoding))
    assert names(data) == [wanted]


def test_names_marked_as_unicode() -> None:
    assert names(pack({"附件.doc": "a"})) == ["附件.doc"]


def test_names_lead_nowhere() -> None:
    assert names(pack({"../../etc/a.txt": "", "..\\b.txt": "", "/c.txt": ""})) == ["b.txt", "c.txt", "etc/a.txt"]


def test_an_archive_within_an_archive_is_opened_once() -> None:
    innermost = pack({"c.txt": "c"})
    inner = pack({"b.txt": "b", "c.zip": innermost})
    found = members(pack({"a.txt": "a", "b.zip": inner}))
    assert sorted(found) == ["a.txt", "b.zip!b.txt", "b.zip!c.zip"]
    assert found["b.zip!c.zip"] == innermost


def test_documents_kept_as_zip_are_no_archives() -> None:
    document = pack({"word/document.xml": "<x/>"})
    assert not is_archive(document)
    assert is_archive(pack({"a.txt": ""}))
    assert names(pack({"a.docx": document})) == ["a.docx"]


def test_a_member_is_read_by_its_content() -> None:
    data = pack({"a.doc": "<html><body><table><tr><td>1</td></tr></table></body></html>"})
    ((name, content),) = members(data).items()
    assert readers.sniff(content, name) == "text/html"


def failing(data: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        members(data)
    return caught.value.code


def test_a_protected_archive_is_encrypted() -> None:
    data = bytearray(pack({"a.txt": "secret"}))
    data[6] |= 1  # the flag of the member's own header, and of the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert failing(bytes(data)) == "encrypted"


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> bytes:
        raise AssertionError("unpacked")

    monkeypatch.setattr(archive, "unpack", never)
    assert failing(pack({"a.txt": b" " * 50_000_000})) == "too_large"
    assert failing(pack({f"{number}.txt": "" for number in range(archive.MAX_MEMBERS + 1)})) == "too_large"


def test_the_limits_hold_for_nested_archives_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 5)
    inner = pack({f"{number}.txt": "" for number in range(3)})
    assert len(names(pack({"a.zip": inner}))) == 3
    assert failing(pack({"a.zip": inner, "b.zip": inner})) == "too_large"


def test_a_small_text_may_be_packed_tightly() -> None:
    assert names(pack({"a.txt": " " * 900_000})) == ["a.txt"]


def test_damage() -> None:
    whole = pack({"a.txt": "some text " * 50})
    assert failing(whole[:-30]) == "unreadable"
    broken = whole.replace(whole[40:60], bytes(20))
    assert failing(broken) == "unreadable"
    assert failing(pack({"folder/": ""})) == "empty"


def test_what_lies_about_its_size_is_damaged() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.txt", " " * 100_000)
    data = file.getvalue().replace((100_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert failing(data) == "unreadable"


def test_members_of_one_name_are_told_apart() -> None:
    data = pack({"a.txt": "1", "b.txt": "2"}).replace(b"b.txt", b"a.txt")
    assert members(data) == {"a.txt": b"1", "a (2).txt": b"2"}


def test_an_endless_directory_is_refused() -> None:
    data = pack({f"{'x' * 200}{number}": "" for number in range(20_000)})
    assert failing(data) == "too_large"


def test_an_archive_on_disk_is_read_as_one_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(pack({"a.txt": "a"}))
    assert is_archive(path)
    assert (names(path), member(path, "a.txt")) == (["a.txt"], b"a")
    with pytest.raises(ReadError, match=r"b\.txt"):
        member(path, "b.txt")


@pytest.mark.parametrize(("data", "code"), [(pack({"a.txt": "a"}), "unsupported"), (pack({"folder/": ""}), "empty")])
def test_an_archive_is_no_document(data: bytes, code: str) -> None:
    assert read_bytes(data, "a.zip")["error"]["code"] == code
