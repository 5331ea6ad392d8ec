"""The answers that the READMEs and the cookbook print are those that their commands and queries give."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from extract.paths import ROOT
from tests.conftest import SAMPLES, Ogi, RunHere
from tests.cookbook import Question, answer, questions
from warehouse.publish import published

EXAMPLE = re.compile(r"```sh\n\.venv/bin/ogi (sql [^\n]+)\n```\n\n```text\n(.*?)```", re.DOTALL)


def examples(name: str) -> list[tuple[str, str]]:
    return EXAMPLE.findall((ROOT / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def samples_home(run_here: RunHere, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("readme")
    status, output = run_here(SAMPLES, home)
    assert status == 0, output
    return home


def test_both_readmes_show_the_same_examples() -> None:
    assert examples("README.md") == examples("README.en.md") != []


@pytest.mark.parametrize(("command", "answer"), examples("README.md"))
def test_an_answer_of_the_readme(ogi: Ogi, samples_home: Path, command: str, answer: str) -> None:
    done = ogi(*shlex.split(command), "--home", samples_home)
    assert done.returncode == 0, done.stderr
    assert done.stdout == answer


def test_the_cookbook_has_twenty_questions_in_both_languages() -> None:
    titles = [question.title for question in questions()]
    assert [title.partition(".")[0] for title in titles] == [str(number) for number in range(1, 21)]
    for title in titles:
        assert re.search("[\u4e00-\u9fff]", title) and re.search("[a-z]{3}", title), title


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.title.partition(".")[0])
def test_an_answer_of_the_cookbook(samples_home: Path, question: Question) -> None:
    warehouse = published(samples_home)
    assert warehouse is not None
    assert answer(warehouse, question.sql) == question.answer, question.title
