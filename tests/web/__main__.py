"""``python -m tests.web --port 0 --agencies 1000 --years 2019-2023 --seed S --night 1 --out DIR`` serves the web.

Prints ``ready PORT`` when everything is rendered and written (see ``records``), and serves until it is killed.
Where nights are to be compared the port must be the same: it is part of the addresses.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tests.web.http import Server
from tests.web.options import Options
from tests.web.serving import reserve, web


def _years(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


async def _serve(options: Options) -> None:
    port = reserve(options.port)
    hosts = web(options, port)
    with (options.out / "access.jsonl").open("a", encoding="utf-8") as log:
        server = Server(hosts, log)
        await server.listen(port)
        print(f"ready {port}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--agencies", type=int, default=20)
    parser.add_argument("--years", type=_years, default=(2022, 2023))
    parser.add_argument("--seed", default="1")
    parser.add_argument("--night", type=int, choices=(1, 2, 3), default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds between requests that the sources ask for")
    parser.add_argument("--changes", type=int, default=50, help="filings that the third night changes")
    parser.add_argument("--crawl-delay", type=float, default=2.0, help="what one host's robots.txt asks for")
    parser.add_argument("--slow", type=float, default=1.0, help="seconds that the slow host takes to answer")
    parser.add_argument("--only", type=_names, default=(), help="the sources that there are, with commas between them")
    given = vars(parser.parse_args())
    first, last = given.pop("years")
    options = Options(first_year=first, last_year=last, **given)
    options.out.mkdir(parents=True, exist_ok=True)
    asyncio.run(_serve(options))


if __name__ == "__main__":
    main()
