"""The words of the prose: codes that the forms know, each word once."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.claims import applications, denial, legal, proactive, resolve, walk
from extract.claims.vocabulary import VocabularyError, expand, load_vocabulary, read_vocabulary
from extract.forms import load_forms
from extract.paths import DATA


def codes(kind: str) -> set[str]:
    return {code for word_kind, code in load_vocabulary().words.values() if word_kind == kind}


def of_forms(table: str, part: str) -> set[str]:
    tables = [found for form in load_forms().values() for found in form.tables if found.code == table]
    return {entry.code for found in tables for entry in (found.rows if part == "row" else found.columns)}


def test_rows_and_columns_are_those_of_the_forms() -> None:
    rows = of_forms("applications", "row")
    groups = {row.split(".")[0] for row in rows}
    assert codes("outcome") <= groups | {"granted_or_partly"}
    # absent and any name the group, not a row of it
    assert {code for code in codes("reason") if not code.endswith((".absent", ".any"))} <= rows
    assert {code.split(".")[0] for code in codes("reason")} <= groups
    assert {code.removeprefix("weak.") for code in codes("applicant")} - {"several"} <= of_forms(
        "applications", "column"
    )
    assert codes("result") - {"closed"} <= of_forms("review_litigation", "column")
    assert codes("legal") <= of_forms("review_litigation", "row") | {"litigation", "both"}
    assert codes("item") == of_forms("proactive", "row")
    assert codes("measure") <= of_forms("proactive", "column")


def test_every_reason_that_the_reader_gives_has_its_wording() -> None:
    source = "".join(Path(module.__file__ or "").read_text("utf-8") for module in
                     (applications, denial, legal, proactive, resolve, walk))  # fmt: skip
    reasons = load_vocabulary().reasons
    unused = [code for code in reasons if f'"{code}"' not in source]
    assert not unused
    assert all(" / " in wording for wording in reasons.values())


def test_patterns() -> None:
    assert expand("结转") == ["结转"]
    assert expand("{上年,去年}{度,}结转") == ["上年度结转", "上年结转", "去年度结转", "去年结转"]
    assert expand("{a,b{c,d}}e") == ["ae", "bce", "bde"]
    for wrong in ("a}", "{a", "{a,{b}"):
        with pytest.raises(VocabularyError):
            expand(wrong)


def test_a_word_stands_for_one_thing(tmp_path: Path) -> None:
    file = tmp_path / "metrics.yaml"
    text = (DATA / "prose" / "metrics.yaml").read_text("utf-8")
    file.write_text(text.replace("    granted: [公开]", "    granted: [公开, 不予公开]"), "utf-8")
    with pytest.raises(VocabularyError, match="不予公开"):
        read_vocabulary(file)


def test_the_longest_word_wins() -> None:
    vocabulary = load_vocabulary()
    assert vocabulary.longest("不予公开12件", 0) == 4
    assert vocabulary.longest("一二三", 0) == 0
    assert vocabulary.residue("的政府信息公开申请共") == 0
    assert vocabulary.residue("锦旗") == 2
