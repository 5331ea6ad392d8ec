"""The command line as a user calls it: what it prints, where, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from extract.forms import load_forms
from tests.conftest import COMMAND, ENVIRONMENT, SAMPLES, Ogi

KEYS = {
    "source", "sha256", "media_type", "error", "agency", "agency_as_filed", "report_year", "form", "scope",
    "title", "published_on", "cells", "claims", "unresolved_claims", "issues",
}  # fmt: skip


def documents_of(folder: Path) -> list[str]:
    endings = (".meta.yaml", ".truth.json")
    found = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(endings)]
    return [str(path) for path in sorted(found, key=lambda path: path.parts)]


def test_extract_prints_one_compact_object_per_document_in_order(ogi: Ogi, few_samples: Path) -> None:
    done = ogi("extract", few_samples, "--jobs", 2)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    readings = [json.loads(line) for line in lines]
    assert [reading["source"] for reading in readings] == documents_of(few_samples)
    for line, reading in zip(lines, readings, strict=True):
        assert reading.keys() >= KEYS
        assert line == json.dumps(reading, ensure_ascii=False, separators=(",", ":"))
        edition = load_forms()[reading["form"]]
        merged = {cell["row"] for cell in reading["cells"]} & {"other"}
        found = [(cell["table"], cell["row"], cell["column"]) for cell in reading["cells"]]
        assert found == list(edition.cells(frozenset(merged)))


def test_progress_on_a_terminal_leaves_standard_output_alone(few_samples: Path, tmp_path: Path) -> None:
    terminal, errors = pty.openpty()
    command = [*COMMAND, "extract", str(few_samples)]
    with (tmp_path / "out").open("wb") as out:
        run = subprocess.Popen(command, stdout=out, stderr=errors, env=ENVIRONMENT)
    os.close(errors)
    shown = b""
    with contextlib.suppress(OSError):  # how a terminal ends on Linux
        while part := os.read(terminal, 1 << 16):
            shown += part
    os.close(terminal)
    assert run.wait() == 0
    assert "读取" in shown.decode()
    lines = (tmp_path / "out").read_text("utf-8").splitlines()
    assert [json.loads(line)["source"] for line in lines] == documents_of(few_samples)


def test_extract_reads_a_document_alone_as_it_does_among_others(ogi: Ogi, few_samples: Path) -> None:
    together = ogi("extract", few_samples).stdout.splitlines()
    document = documents_of(few_samples)[-1]
    assert ogi("extract", document).stdout.splitlines() == [line for line in together if document in line]


def test_extract_names_unknown_files_of_a_folder_but_reads_them_when_asked(ogi: Ogi, tmp_path: Path) -> None:
    (tmp_path / "sound.mp3").write_bytes(b"\x00\x01\x02")
    (tmp_path / "notes.txt").write_text("不是年度报告")
    (tmp_path / "notes.txt.truth.json").write_text("{}")
    done = ogi("extract", tmp_path)
    (reading,) = map(json.loads, done.stdout.splitlines())
    assert reading["source"].endswith("notes.txt") and reading["error"]["code"] == "not_a_filing"
    (line,) = done.stderr.splitlines()
    assert "sound.mp3" in line
    assert done.returncode == 1
    named = ogi("extract", tmp_path / "sound.mp3")
    assert (json.loads(named.stdout)["error"]["code"], named.returncode) == ("unsupported", 1)


def test_an_object_with_an_error_has_no_form_and_empty_lists(ogi: Ogi, tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").touch()
    reading = json.loads(ogi("extract", tmp_path / "empty.pdf").stdout)
    assert reading["error"]["code"] == "empty"
    assert reading["form"] is None
    assert all(reading[key] == [] for key in ("cells", "claims", "unresolved_claims", "issues"))


def test_a_file_that_cannot_be_opened_and_a_bad_sidecar_stop_nothing(ogi: Ogi, tmp_path: Path) -> None:
    good = tmp_path / "good.html"
    shutil.copy(SAMPLES / "shili-qu" / "2023.html", good)
    shutil.copy(good, tmp_path / "marked.html")
    (tmp_path / "marked.html.meta.yaml").write_text("colour: red\n")
    done = ogi("extract", tmp_path)
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["error"] is None
    assert second["error"]["code"] == "unreadable" and "colour" in second["error"]["message"]
    assert done.returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["extract"],
        ["extract", "/no/such/file"],
        ["check", "/no/such/file"],
        ["run", "--sources", "/no/such/folder"],
        ["sql"],
        ["sql", "SELECT 1", "--format", "xml"],
        ["sql", "SELECT 1", "--format", "parquet"],
        ["form", "1999"],
        ["review", "0123456789abcdef"],
        ["review", "0123456789abcdef", "forgotten"],
        ["review", "0123456789abcdef", "dismissed"],
        ["review", "0123456789abcdef", "dismissed", "--reason", " "],
        ["dance"],
    ],
)
def test_wrong_usage_ends_with_2(ogi: Ogi, arguments: list[str]) -> None:
    done = ogi(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


@pytest.mark.parametrize(
    "command",
    [
        [], ["run"], ["extract"], ["check"], ["sql"], ["rules"], ["form"], ["sources"],
        ["sources", "check"], ["review"], ["export"], ["doctor"],
        ["warehouse"], ["warehouse", "list"], ["warehouse", "rollback"], ["warehouse", "digest"],
    ],
)  # fmt: skip
def test_every_command_has_help_in_both_languages(ogi: Ogi, command: list[str]) -> None:
    done = ogi(*command, "--help")
    assert done.returncode == 0
    assert any("\u4e00" <= char <= "\u9fff" for char in done.stdout) and "Usage: ogi" in done.stdout


def test_extract_starts_without_what_only_a_run_needs() -> None:
    code = (
        "import sys\nfrom flows.cli import app\n"
        "app(sys.argv[1:], standalone_mode=False)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    document = SAMPLES / "shili-qu" / "2023.html"
    command = [sys.executable, "-c", code, "extract", str(document)]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    loaded = set(done.stderr.split())
    assert "extract" in loaded
    assert not loaded & {"pandas", "numpy", "pyarrow", "duckdb", "prefect", "great_expectations", "rich", "pdfplumber"}


def test_check_reports_contradictions_and_ends_with_1(ogi: Ogi) -> None:
    truths = {path: json.loads(path.read_text("utf-8")) for path in SAMPLES.rglob("*.truth.json")}
    broken = next(path for path, truth in sorted(truths.items()) if truth["violations"])
    document = broken.with_name(broken.name.removesuffix(".truth.json"))
    done = ogi("check", document)
    assert done.returncode == 1
    assert truths[broken]["agency"] in done.stdout and "Errors" in done.stdout
    as_json = ogi("check", document, "--format", "json")
    found = {(issue["rule"], issue["where"]) for issue in json.loads(as_json.stdout)["issues"]}
    years = {"carry_over_continuity", "normative_document_stock", "filing_missing"}  # need other filings
    expected = {(v["rule"], v["where"]) for v in truths[broken]["violations"] if v["rule"] not in years}
    assert expected <= found


def test_check_of_a_sound_filing_ends_with_0(ogi: Ogi) -> None:
    truths = {path: json.loads(path.read_text("utf-8")) for path in SAMPLES.rglob("*.truth.json")}
    sound = next(path for path, truth in sorted(truths.items()) if not truth["violations"])
    done = ogi("check", sound.with_name(sound.name.removesuffix(".truth.json")))
    assert done.returncode == 0, done.stdout


def test_check_of_an_unreadable_document_ends_with_1(ogi: Ogi, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    done = ogi("check", tmp_path / "broken.pdf")
    assert done.returncode == 1 and "broken.pdf" in done.stdout


def test_form_shows_every_row_and_column_of_an_edition(ogi: Ogi) -> None:
    shown = ogi("form", "2021").stdout
    for table in load_forms()["2021"].tables:
        for code, label in [
            *((r.code, r.label_zh) for r in table.rows),
            *((c.code, c.label_zh) for c in table.columns),
        ]:
            assert code in shown and label in shown
    assert [form["code"] for form in json.loads(ogi("form", "--format", "json").stdout)] == list(load_forms())


def test_rules_shows_every_rule_with_what_must_hold(ogi: Ogi) -> None:
    rules = json.loads(ogi("rules", "--format", "json").stdout)
    shown = ogi("rules").stdout
    assert {"applications_balance", "extraction_uncertain"} <= {rule["rule"] for rule in rules}
    for rule in rules:
        assert rule["rule"] in shown and rule["holds_zh"] in shown and rule["holds_en"] in shown
        for name in ("formula", "applies_zh", "applies_en", "doubt_zh", "doubt_en", "first_year"):
            assert str(rule[name] or "") in shown, (rule["rule"], name)
        assert ", ".join(rule["forms"]) in shown
        said = "message" if rule["message_zh"] else "example"
        assert rule[f"{said}_zh"] in shown and rule[f"{said}_en"] in shown


def test_sources_check(ogi: Ogi, tmp_path: Path) -> None:
    assert ogi("sources", "check").returncode == 0
    (tmp_path / "bad.yaml").write_text(
        "source: bad\nkind: carrier-pigeon\npath: .\nname_zh: 坏\nname_en: bad\n", "utf-8"
    )
    done = ogi("sources", "check", tmp_path)
    assert done.returncode == 1 and "carrier-pigeon" in done.stderr


def test_doctor_finds_this_installation_well(ogi: Ogi, tmp_path: Path) -> None:
    done = ogi("doctor", "--home", tmp_path)
    assert done.returncode == 0, done.stdout
    assert "✗" not in done.stdout and "prefect" in done.stdout


def test_doctor_names_what_is_wrong(ogi: Ogi, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse"
    warehouse.mkdir()
    (warehouse / "warehouse-20240101.duckdb").write_bytes(b"no database")
    (warehouse / "warehouse.duckdb").symlink_to("warehouse-20240101.duckdb")
    done = ogi("doctor", "--home", tmp_path)
    assert done.returncode == 1 and "✗ 已发布的数据库" in done.stdout
