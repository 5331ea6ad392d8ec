"""What the project is made of is listed, and an audit that could ask nobody does not pass for one that found none."""

from __future__ import annotations

import json
import re
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from extract.paths import ROOT
from tests import supply

VULNERABLE = {"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}
SOUND = {"name": "b", "version": "1", "vulns": []}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(("packages", "status", "words"), [
    ([VULNERABLE, SOUND], 1, "a 1: X-1, mended in 2\n2 packages audited\n"),
    ([SOUND, UNKNOWN], 0, "1 packages audited\nremark: not audited, since the database does not know them: c\n"),
    ([UNKNOWN, UNKNOWN], 0, f"{supply.UNREACHABLE}\n"),
])  # fmt: skip
def test_an_audit_tells_what_it_asked(
    packages: list[Any], status: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = SimpleNamespace(stdout=json.dumps({"dependencies": packages}))
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    assert supply.audit() == status
    assert capsys.readouterr().out == words


def test_an_audit_without_an_answer_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=""))
    assert supply.audit() == 0
    assert capsys.readouterr().out == f"{supply.UNREACHABLE}\n"


def test_every_locked_package_is_listed_with_its_version() -> None:
    page = (ROOT / "docs" / "licences.md").read_text("utf-8")
    listed = re.findall(r"^\| ([a-z0-9._-]+) \| (\S+) \| (.*) \|$", page, re.MULTILINE)
    assert [entry[:2] for entry in listed] == supply.locked(), "make licences"
    assert len(listed) > 150 and not [entry for entry in listed if not entry[2] or "not stated" in entry[2]]
