"""Three whole nights over 1,000 agencies' reports of five years, and a crawl that is killed again and again.

``OGI_PROVE_AGENCIES`` makes the web smaller. Prints what the note asks for:
filings found, requests by kind, seconds of each night, pages a second.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastwarc.warc import ArchiveIterator

from extract.crawl import warc
from extract.paths import ROOT
from tests.conftest import ENVIRONMENT
from tests.crawled import look, missing
from tests.test_crawl_kill import _CHILD, contents, ends
from tests.web import Options, Web, serve
from warehouse.home import Home

AGENCIES = int(os.environ.get("OGI_PROVE_AGENCIES", "1000"))
KILLS = int(os.environ.get("OGI_PROVE_KILLS", "10"))


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Options:
    folder = tmp_path_factory.mktemp("web")
    return Options(
        folder, agencies=AGENCIES, first_year=2019, last_year=2023, seed="prove", changes=50, crawl_delay=1.0
    )


def night(web: Web, home: Path) -> tuple[dict[str, Any], float]:
    """One ``ogi run``; its record and how long it took."""
    web.forget()
    began = time.monotonic()
    environment = {**ENVIRONMENT, "OGI_CRAWL_TIMEOUT": "10", "OGI_CRAWL_BACKOFF": "0.5"}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "run", "--sources", str(web.sources), "--home", str(home)],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    seconds = time.monotonic() - began
    record: dict[str, Any] = json.loads(max((home / "runs").iterdir()).read_bytes())
    failed = [problem for problem in record["problems"] if "web-refused" not in problem]
    assert not failed, done.stdout + done.stderr
    return record, seconds


def test_three_nights(options: Options, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serve(options) as web:
        first, whole = night(web, home)
        known = look(Home(home))
        lost = missing(web.truth, known)
        documents = {sha256 for filing in web.truth for sha256 in filing["sha256"]}
        pages = {filing["page"] for filing in web.truth}
        others = [v for v in known.versions if v.sha256 not in documents and v.url not in pages]
        spaced = _spacing(web)
        print(f"\nfirst night: {whole:.0f} s, crawl {first['stages']['crawl']} s, {_requests(web)}")
        print(f"  filings {len(web.truth)}, not found {len(lost)}, other documents {Counter(v.source for v in others)}")
        print(f"  shortest time between requests to hosts with a crawl delay: {spaced}")
        assert min(spaced.values()) >= options.crawl_delay
        second, again = night(web, home)
        after = look(Home(home))
        print(
            f"second night: {again:.0f} s ({again / whole:.1%}), crawl {second['stages']['crawl']} s, {_requests(web)}"
        )
        asked = Counter((entry["host"], entry["path"]) for entry in web.access() if entry["method"] == "GET")
        often = {address: times for address, times in asked.items() if times > 1 and address[1] != "/robots.txt"}
        print(f"  addresses asked more than once: {len(often)}, such as {list(often.items())[:5]}")
        assert contents(after) == contents(known)
        # A hostile host may fail otherwise than the night before, which the warehouse then says.
        assert second["new"] == second["changed"] == second["read"] == 0
        assert again < whole / 10
    with serve(replace(options, night=3, port=web.port)) as third:
        changed = [filing for filing in third.truth if filing["changed"]]
        askable = [filing for filing in changed if _validators(third, filing) != "none"]
        _, last = night(third, home)
        now = look(Home(home))
        new = [v for v in now.versions if v.sha256 not in known.contents]
        told = {sha256 for filing in changed for sha256 in filing["sha256"]}
        pages = {filing["page"] for filing in changed}  # and second copies of their reports, beside them
        strange = [v.url for v in new if v.sha256 not in told and v.url not in pages and v.parent not in pages]
        print(
            f"third night: {last:.0f} s, {_requests(third)}, changed {len(changed)}, of which a host can be asked "
            f"about {len(askable)}: {len(missing(askable, now))} of these not found, of all "
            f"{len(missing(changed, now))}, beside them {strange}"
        )
        assert not missing(askable, now) and not strange
        # A host without validators cannot be asked what changed: its documents
        # are fetched whole again when ``refetch_days`` are over, as here.
        for path in third.sources.glob("*.yaml"):
            path.write_text(f"{path.read_text()}\nrefetch_days: 0\n")
        _, week = night(third, home)
        later = look(Home(home))
        print(f"when a week is over: {week:.0f} s, {_requests(third)}, not found {len(missing(changed, later))}")
        assert not missing(changed, later)
    assert not lost
    for path in Home(home).warc.glob("*.gz"):
        with path.open("rb") as file:
            assert all(record.verify_block_digest() for record in ArchiveIterator(file, parse_http=False))


def test_killed_again_and_again(options: Options, tmp_path: Path) -> None:
    chance = random.Random("kills")
    with serve(replace(options, agencies=max(48, AGENCIES // 5))) as web:
        for path in web.sources.glob("*hostile*"):
            path.unlink()
        subprocess.run([sys.executable, "-c", _CHILD, str(tmp_path / "whole"), str(web.sources)], cwd=ROOT, check=True)
        whole, home = look(Home(tmp_path / "whole")), Home(tmp_path / "killed")
        for number in range(KILLS):
            child = subprocess.Popen(
                [sys.executable, "-c", _CHILD, str(home.root), str(web.sources)], cwd=ROOT, start_new_session=True
            )
            time.sleep(chance.uniform(1.0, 12.0))
            over = child.poll() is not None
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            print(f"kill {number + 1}: {'had ended' if over else 'at work'}", flush=True)
        subprocess.run([sys.executable, "-c", _CHILD, str(home.root), str(web.sources)], cwd=ROOT, check=True)
        killed = look(home)
        assert contents(killed) == contents(whole)
        assert ends(killed) == ends(whole)
        assert not list(home.warc.glob(f"*{warc.OPEN}"))


def _validators(web: Web, filing: dict[str, Any]) -> str:
    """What the host of a filing's page says by which one could ask whether it changed."""
    said: str = web.expect["hosts"][urlsplit(filing["page"]).hostname]["validators"]
    return said


def _requests(web: Web) -> str:
    kinds = Counter(
        "conditional, unchanged"
        if entry["status"] == 304
        else "sent"
        if entry["status"] == 200
        else str(entry["status"])
        for entry in web.access()
    )
    return ", ".join(f"{name}: {number}" for name, number in kinds.most_common())


def _spacing(web: Web) -> dict[str, float]:
    slow = {host: facts["crawl_delay"] for host, facts in web.expect["hosts"].items() if facts["crawl_delay"]}
    return {host: round(min(_gaps(web, host)), 3) for host in slow}


def _gaps(web: Web, host: str) -> Iterator[float]:
    moments = [entry["at"] for entry in web.access() if entry["host"] == host][1:]  # the first is for robots.txt
    yield from (later - earlier for earlier, later in pairwise(moments))
