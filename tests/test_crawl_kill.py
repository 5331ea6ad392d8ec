"""A crawl that is killed goes on where it was, and ends as one that was not."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from extract.crawl import warc
from extract.crawl.reindex import reindex
from extract.paths import ROOT
from tests.crawled import Night, crawl, look, missing
from tests.web import Options, Web, serve
from warehouse.home import Home

_CHILD = """
import sys
from pathlib import Path
from warehouse.home import Home
from tests.crawled import crawl
crawl(Home(Path(sys.argv[1])), Path(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serve(Options(tmp_path_factory.mktemp("web"), agencies=34, slow=0.05, crawl_delay=0.1)) as served:
        for path in served.sources.glob("*hostile*"):
            path.unlink()  # their time-outs would only make this longer
        yield served


def contents(night: Night) -> Counter[tuple[str, str]]:
    return Counter((version.key, version.sha256) for version in night.versions)


def ends(night: Night) -> dict[str, str]:
    return {key: "ok" if address.has_content else str(address.outcome) for key, address in night.addresses.items()}


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OGI_CRAWL_TIMEOUT", "5")
        patch.setenv("OGI_CRAWL_BACKOFF", "0.1")
        yield


@pytest.fixture(scope="module")
def whole(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Night:
    return crawl(Home(tmp_path_factory.mktemp("whole")), web.sources)


@pytest.mark.parametrize("loses_ledger", [False, True])
def test_killed_at_random_and_resumed(web: Web, whole: Night, tmp_path: Path, loses_ledger: bool) -> None:
    home = Home(tmp_path / "killed")
    chance = random.Random(1 + loses_ledger)
    killed = 0
    for _ in range(2):
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(home.root), str(web.sources)], cwd=ROOT, start_new_session=True
        )
        deadline = time.monotonic() + 60
        while not list(home.warc.glob("*")) and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(chance.uniform(0.1, 2.0))
        killed += child.poll() is None
        with contextlib.suppress(ProcessLookupError):  # it had ended by itself
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        time.sleep(0.7)  # the crawling process ends itself when its run is gone
        if loses_ledger:
            for path in home.crawl.glob("ledger*"):
                path.unlink()
            reindex(home.warc, home.ledger)
    web.forget()
    resumed = crawl(home, web.sources)
    assert killed
    assert missing(web.truth, resumed) == []
    assert contents(resumed) == contents(whole)
    assert ends(resumed) == ends(whole)
    assert len(web.access()) < len(whole.addresses) + 40  # what had come was not asked for again
    assert not list(home.warc.glob(f"*{warc.OPEN}"))
    for path in home.warc.glob("*.warc.gz"):
        assert list(warc.responses(path)) is not None
    assert look(home).versions == resumed.versions
