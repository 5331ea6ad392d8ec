"""What is written for tests: source files, the register of agencies, the truth, what to expect."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.web.hostile import FORBIDDEN, TRAP
from tests.web.options import Options
from tests.web.site import Site, Truth
from tests.web.world import NETWORK


def source_file(source: str, family: str, name: str, options: Options, more: dict[str, Any]) -> dict[str, Any]:
    """A source of kind ``site``; all may ask the web's own loopback addresses."""
    return {
        "source": source,
        "kind": "site",
        "family": family,
        "name_zh": f"示例站点 {name}",
        "name_en": f"mock site {name}",
        **more,
        "delay": options.delay,
        "private_networks": [NETWORK],
    }


def truth_line(source: str, truth: Truth) -> dict[str, Any]:
    """A filing as one line of ``truth.jsonl``."""
    report = truth.report
    return {
        "source": source,
        "agency": report.office.agency.name,
        "report_year": report.year,
        "scope": report.scope,
        "title": report.title,
        "published_on": report.published_on.isoformat(),
        "page": truth.page,
        "documents": list(truth.documents),
        "medium": report.medium,
        "sha256": list(truth.sha256),
        "changed": report.changed,
        "change": report.state,
    }


def gone_lines(site: Site) -> Iterable[dict[str, Any]]:
    """The filings whose pages are no longer there."""
    for item in site.items:
        if item.report is not None and item.report.state == "gone":
            yield {"source": site.place.source, "agency": item.office.agency.name, "report_year": item.year,
                   "page": site.url(site.address(item))}  # fmt: skip


def write(sites: Sequence[Site], hostile: Sequence[dict[str, Any]], options: Options) -> None:
    """Writes everything into ``options.out``."""
    folder = options.out / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    files = [
        source_file(site.place.source, site.family, site.place.source, options, site.source()) for site in sites
    ] + [source_file(made["source"], "listing", made["source"], options, made["file"]) for made in hostile]
    for content in files:
        _yaml(folder / f"{content['source']}.yaml", content)
    _yaml(options.out / "agencies.yaml", [office.agency.register_entry() for site in sites for office in site.register])
    lines = [truth_line(site.place.source, truth) for site in sites for truth in site.truth]
    (options.out / "truth.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    expected = expect(sites, hostile, options)
    (options.out / "expect.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")


def expect(sites: Sequence[Site], hostile: Sequence[dict[str, Any]], options: Options) -> dict[str, Any]:
    """Counts, and what each host is like."""
    return {
        "night": options.night,
        "years": list(options.years),
        "agencies": sum(len(site.register) for site in sites),
        "reports": sum(len(site.truth) for site in sites),
        "changed": sum(truth.report.changed for site in sites for truth in site.truth),
        "gone": [line for site in sites for line in gone_lines(site)],
        "listings": {site.place.source: site.listings for site in sites},
        "lookalikes": [url for site in sites for url in site.lookalikes],
        "problems": [{"source": site.place.source, **problem} for site in sites for problem in site.problems],
        "hosts": {
            site.place.host: {
                "source": site.place.source,
                "family": site.family,
                "reports": len(site.truth),
                "validators": site.validators,
                **site.habits(),
            }
            for site in sites
        },
        "traps": [{"host": FORBIDDEN, "path": "/"}, {"host": sites[0].place.host, "path": TRAP}],
        "hostile": [made["source"] for made in hostile],
        "hostile_hosts": {made["host"]: made["source"] for made in hostile},
    }


def _yaml(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000), "utf-8")
