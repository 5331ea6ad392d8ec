"""Source files, folders of documents and sidecars."""

from __future__ import annotations

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extract.paths import DATA
from flows import sources, stages
from flows.documents import Reading, Task
from flows.inbox import SIDECAR, find, read_sidecar, walk
from flows.pool import read_all
from flows.store import Capture, Store, latest, sidecar_json
from flows.survey import Survey, load, save, survey
from warehouse.errors import OgiError
from warehouse.home import Home

VALID = "source: county\nkind: folder\npath: documents\nname_zh: 某县\nname_en: a county\n"


def source_file(folder: Path, text: str = VALID, name: str = "county.yaml") -> Path:
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def surveyed(folder: Path) -> Survey:
    source = sources.Source("inbox", folder, "", "")
    return survey([source], [], lambda: None)


def test_a_source_file(tmp_path: Path) -> None:
    source = sources.load(source_file(tmp_path))
    assert source == sources.Source("county", tmp_path / "documents", "某县", "a county", samples=False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (VALID.replace("kind: folder", "kind: ftp"), "ftp is no known kind"),
        (VALID.replace("name_zh: 某县\n", ""), "name_zh is lacking"),
        (VALID + "colour: red\n", "unknown key colour"),
        (VALID + "samples: perhaps\n", "samples must be of type bool"),
        (VALID.replace("county", "Some County"), "lower-case"),
        (VALID.replace("county", "inbox"), "not inbox"),
        ("- a list\n", "no mapping"),
        ("a: [", "cannot be read"),
    ],
)
def test_an_invalid_source_file_is_named_with_its_fault(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(OgiError, match=message) as caught:
        sources.load(source_file(tmp_path, text))
    assert "county.yaml" in caught.value.zh and "county.yaml" in caught.value.en


def test_the_projects_sources_are_valid() -> None:
    found = [sources.load(path) for path in sources.files(sources.FOLDER)]
    sources.check_together([source for source in found if not source.samples] or found)
    assert [source.path for source in found if source.samples] == [DATA / "samples"]


def test_samples_run_only_where_there_is_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "FOLDER", tmp_path)
    source_file(tmp_path, VALID.replace("county", "samples") + "samples: true\n", "samples.yaml")
    assert [source.source for source in sources.chosen(None)] == ["samples"]
    source_file(tmp_path)
    assert [source.source for source in sources.chosen(None)] == ["county"]
    with pytest.raises(OgiError, match="together"):
        sources.chosen(tmp_path)


def test_a_folder_without_source_files_is_an_inbox(tmp_path: Path) -> None:
    (tmp_path / "a.pdf.meta.yaml").write_text("agency: 某局\n", "utf-8")
    (source,) = sources.chosen(tmp_path)
    assert (source.source, source.path, source.samples) == ("inbox", tmp_path, False)


def test_the_samples_folder_stays_the_samples() -> None:
    (source,) = sources.chosen(DATA / "samples")
    assert source.samples


def test_a_folder_with_source_files_is_no_inbox(tmp_path: Path) -> None:
    source_file(tmp_path)
    (source,) = sources.chosen(tmp_path)
    assert source.source == "county"


def test_one_identifier_twice_is_refused(tmp_path: Path) -> None:
    source_file(tmp_path)
    source_file(tmp_path, name="again.yaml")
    with pytest.raises(OgiError, match="twice"):
        sources.chosen(tmp_path)


def test_documents_are_found_in_order_without_what_accompanies_them(tmp_path: Path) -> None:
    names = ["b/2.html", "b/10.html", "a.txt", "a.txt.meta.yaml", "a.txt.truth.json", ".git/c.txt", "b/.d.txt"]
    for name in [*names, "b/sound.mp3"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    unknown: list[Path] = []
    assert [found.name for found in walk(tmp_path, unknown.append)] == ["a.txt", "b/10.html", "b/2.html"]
    assert unknown == [tmp_path / "b/sound.mp3"]


def test_documents_are_named_as_they_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "a.txt.meta.yaml", "b.mp3"):
        (tmp_path / name).touch()
    found = find(["./b.mp3", "./a.txt", "./a.txt.meta.yaml", str(tmp_path), "./"], lambda path: None)
    assert [document.name for document in found] == ["./b.mp3", "./a.txt", f"{tmp_path}/a.txt", "./a.txt"]


def test_a_sidecar_in_its_plain_form(tmp_path: Path) -> None:
    document = tmp_path / "a.pdf"
    assert read_sidecar(document) is None
    (tmp_path / "a.pdf.meta.yaml").write_text(
        "url: https://www.example.gov.cn/a.pdf\nretrieved_at: 2024-03-01T02:10:00+08:00\npublished_on: 2024-02-29\n"
    )
    assert read_sidecar(document) == {
        "url": "https://www.example.gov.cn/a.pdf",
        "retrieved_at": "2024-02-29T18:10:00+00:00",
        "published_on": "2024-02-29",
    }
    (tmp_path / "a.pdf.meta.yaml").write_text("retrieved_at: '2024-03-01'\nagency:\n")
    assert read_sidecar(document) == {"retrieved_at": "2024-03-01T00:00:00+00:00"}


@pytest.mark.parametrize("text", ["agencies: 某局", "published_on: soon", "agency: 3", "- 某局", "a: ["])
def test_an_invalid_sidecar_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.pdf.meta.yaml").write_text(text, "utf-8")
    with pytest.raises(OgiError, match=r"a\.pdf\.meta\.yaml"):
        read_sidecar(tmp_path / "a.pdf")


def test_a_document_is_retrieved_when_its_sidecar_says_else_when_the_file_was_written(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "a.txt.meta.yaml").write_text("retrieved_at: 2024-03-01T18:10:00Z\n")
    a, b = (sighting.capture for sighting in surveyed(tmp_path).sightings)
    assert a.retrieved_at == datetime(2024, 3, 1, 18, 10, tzinfo=UTC)
    assert b.retrieved_at == datetime.fromtimestamp((tmp_path / "b.txt").stat().st_mtime, UTC)


def test_one_bad_sidecar_or_folder_does_not_hide_the_rest(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "a.txt.meta.yaml").write_text("colour: red\n")
    lacking = sources.Source("lacking", tmp_path / "nowhere", "", "")
    found = survey([lacking, sources.Source("inbox", tmp_path, "", "")], [], lambda: None)
    assert [sighting.capture.name for sighting in found.sightings] == ["b.txt"]
    assert len(found.problems) == 2


def test_only_what_is_new_or_changed_is_sighted(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(name)
    known = [sighting.capture for sighting in surveyed(tmp_path).sightings]
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.txt").write_text("changed")
    (tmp_path / "c.txt.meta.yaml").write_text("agency: 某局\n", "utf-8")
    (tmp_path / "d.txt").write_text("d")
    again = survey([sources.Source("inbox", tmp_path, "", "")], known, lambda: None)
    assert (again.seen, again.new, again.changed) == (4, 1, 1)
    assert [sighting.capture.name for sighting in again.sightings] == ["b.txt", "c.txt", "d.txt"]
    assert again.sightings[1].capture.sidecar == sidecar_json({"agency": "某局"})


def test_old_content_that_comes_back_is_sighted_after_what_it_replaces(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    known: list[Capture] = []
    for content in ("old", "new", "old"):
        file.write_text(content)
        os.utime(file, (1_700_000_000 + (content == "new") * 5,) * 2)  # restored with its old time of modification
        found = survey([sources.Source("inbox", tmp_path, "", "")], known, lambda: None)
        known += [sighting.capture for sighting in found.sightings]
    (remark,) = found.remarks
    assert "没有晚于前一内容，按前一内容之后一秒计" in remark and SIDECAR not in remark
    assert [capture.retrieved_at.timestamp() - 1_700_000_000 for capture in latest(known)] == [0, 5, 6]


UNCHANGED = "retrieved_at 未改，按文件的修改时刻计 / changed, but not the retrieved_at"
NOT_AFTER = "retrieved_at 没有晚于前一内容，按文件的修改时刻计 / the retrieved_at"


@pytest.mark.parametrize(
    ("moments", "said"),
    [
        (["2024-02-01", "2024-02-01"], UNCHANGED),
        (["2024-02-01", "2024-01-01"], NOT_AFTER),
        (["2124-02-01", "2024-01-01"], "按前一内容之后一秒计"),
        (["2024-02-01", "2024-03-01"], None),
        # Of new content that was seen the sidecar alone changes: its instant moves back, or stays beside a new agency.
        (["2024-02-01", "2125-01-01", "2024-02-01"], NOT_AFTER),
        (["2024-02-01", "2125-01-01", "2024-01-01"], NOT_AFTER),
        (["2124-02-01", "2125-01-01", "2024-01-01"], "按前一内容之后一秒计"),
        (["2024-02-01", "2125-01-01", "2024-03-01"], None),
        (["2024-02-01", "2024-02-01", "2024-02-01"], UNCHANGED),
        (
            ["2124-02-01", "2125-01-01", None],
            "txt: 文件的修改时刻没有晚于前一内容，按前一内容之后一秒计 / the file was",
        ),
    ],
)
def test_an_instant_of_retrieval_that_cannot_be_is_told(tmp_path: Path, moments: list[str], said: str | None) -> None:
    file, sidecar = tmp_path / "a.txt", tmp_path / f"a.txt{SIDECAR}"
    known: list[Capture] = []
    for number, moment in enumerate(moments):
        file.write_text("new" if number else "old")
        told = f"retrieved_at: '{moment}T00:00:00Z'\n" if moment else ""
        sidecar.write_text(f"agency: agency-{number}\n{told}")
        found = survey([sources.Source("inbox", tmp_path, "", "")], known, lambda: None)
        known += [sighting.capture for sighting in found.sightings]
    assert len(found.remarks) == (said is not None) and (said or "") in "".join(found.remarks)
    old, new = latest(known)
    assert old.retrieved_at < new.retrieved_at and old.sha256 != new.sha256
    assert not survey([sources.Source("inbox", tmp_path, "", "")], known, lambda: None).sightings


def test_a_name_that_is_not_utf8_is_read_as_gb18030(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/" + "年报.txt".encode("gb18030")
    with open(path, "wb") as file:
        file.write(b"x")
    (found,) = walk(tmp_path, lambda path: None)
    assert found.name == "年报.txt" and found.path.read_bytes() == b"x"


def archive(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for name in ("年报/2023.txt", "年报/2022.txt", "图.dwg", "__MACOSX/2023.txt"):
            target.writestr(name, name)
    return path


def test_what_is_in_an_archive_are_documents_of_their_own(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip")
    unknown: list[Path] = []
    wanted = [("a.zip!年报/2022.txt", "年报/2022.txt"), ("a.zip!年报/2023.txt", "年报/2023.txt")]
    assert [(found.name, found.member) for found in walk(tmp_path, unknown.append)] == wanted
    assert unknown == [Path(f"{path}!图.dwg")]
    assert [found.name for found in find([str(path)], unknown.append)] == [f"{tmp_path}/{name}" for name, _ in wanted]


def test_an_archive_that_cannot_be_opened_stands_for_itself(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "b.zip").write_bytes(b"a text")
    assert [(found.name, found.member) for found in walk(tmp_path, print)] == [("a.zip", None), ("b.zip", None)]


def test_the_survey_hashes_what_is_in_an_archive_and_the_store_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = archive(tmp_path / "in" / "a.zip")
    (tmp_path / "in" / "a.zip.meta.yaml").write_text("url: https://example.gov.cn/a.zip\n")
    found = surveyed(tmp_path / "in")
    assert (found.seen, found.new, len(found.unknown), found.problems) == (2, 2, 1, [])
    home = Home(tmp_path / "home")
    home.work.mkdir(parents=True)
    save(home, found.sightings)
    sightings = load(home)
    assert sightings == found.sightings
    store = Store(home)
    captures, problems = stages.archive(store, sightings, lambda: None)
    assert problems == []
    for capture in captures:
        assert store.archived(capture.sha256).read_text("utf-8") == capture.name.removeprefix("a.zip!")
        assert capture.meta == {"url": "https://example.gov.cn/a.zip"}
    path.write_bytes(b"")
    assert len(stages.archive(store, sightings, lambda: None)[1]) == 2


@pytest.mark.parametrize("single", [True, False])
def test_a_pipe_is_not_waited_for(tmp_path: Path, single: bool) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    task = Task(tmp_path / "a.pdf", "a.pdf", sidecar_beside=True)
    readings = list(read_all([task] if single else [task, task], jobs=1))
    assert {reading["error"]["code"] for reading in readings} == {"unsupported"}
    assert "普通文件" in readings[0]["error"]["message"]


def test_a_device_is_not_read() -> None:
    (reading,) = read_all([Task(Path("/dev/zero"), "/dev/zero")], jobs=1)
    assert reading["error"]["code"] == "unsupported"


def test_an_endless_file_is_not_read_whole(tmp_path: Path) -> None:
    readings: list[Reading] = []
    for size in (65 << 20, 1 << 40):
        with (tmp_path / "a.html").open("wb") as file:
            file.truncate(size)
        readings += read_all([Task(tmp_path / "a.html", "a.html")], jobs=1)
    assert [reading["error"]["code"] for reading in readings] == ["too_large", "too_large"]
    assert [reading["sha256"] is None for reading in readings] == [False, True]
