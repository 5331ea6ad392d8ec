"""What the project is made of: known vulnerabilities, licences and a bill of materials of the locked packages.

``python -m tests.supply audit`` asks a database of vulnerabilities about every package of ``requirements.lock`` and
ends with 1 where one is known; where the database cannot be reached it says so and ends with 0. ``licences`` prints
``docs/licences.md``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import Any

from extract.paths import ROOT

LOCK = ROOT / "requirements.lock"
UNREACHABLE = "remark: no database of vulnerabilities could be reached; the packages were not audited"
_SECONDS = 120
_HEAD = """# 依赖的软件包与许可 Packages and licences

运行所需的软件包（`requirements.lock`），许可取自各包自己的说明。本文由 `make licences` 生成；机器可读的物料清单用
`make sbom`。

The packages that a run needs, with the licence that each states of itself. Made by `make licences`; `make sbom` makes
a bill of materials for programs.

| 软件包 package | 版本 version | 许可 licence |
|---|---|---|
"""


def main(arguments: list[str]) -> int:
    """Runs what is named on the command line."""
    if arguments == ["audit"]:
        return audit()
    if arguments == ["licences"]:
        print(licences(), end="")
        return 0
    print("usage: python -m tests.supply audit|licences", file=sys.stderr)
    return 2


def audit() -> int:
    """1 where a locked package has a known vulnerability; 0 where none has, or none could be asked about."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--disable-pip", "--require-hashes",
        "--format", "json", "--progress-spinner", "off", "--timeout", "10",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        print(UNREACHABLE)
        return 0
    lines = list(told(found))
    print("\n".join(lines))
    return 1 if any(vulnerabilities(found)) else 0


def told(found: dict[str, Any]) -> Iterator[str]:
    """What pip-audit tells as JSON, in words. A package that the database does not know was not audited."""
    yield from vulnerabilities(found)
    skipped = [package["name"] for package in found["dependencies"] if "skip_reason" in package]
    asked = len(found["dependencies"]) - len(skipped)
    if not asked:
        yield UNREACHABLE
        return
    yield f"{asked} packages audited"
    if skipped:
        yield f"remark: not audited, since the database does not know them: {', '.join(skipped)}"


def vulnerabilities(found: dict[str, Any]) -> Iterator[str]:
    """One line per known vulnerability in what pip-audit tells as JSON."""
    for package in found["dependencies"]:
        for each in package.get("vulns", ()):
            fixed = ", ".join(each["fix_versions"]) or "no version yet"
            yield f"{package['name']} {package['version']}: {each['id']}, mended in {fixed}"


def locked() -> list[tuple[str, str]]:
    """Name and version of every package of the lock; one that differs by system stands more than once."""
    return re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", LOCK.read_text("utf-8"), re.MULTILINE)


def licences() -> str:
    """Every locked package with its licence, as Markdown."""
    return _HEAD + "".join(f"| {name} | {version} | {licence_of(name)} |\n" for name, version in locked())


def licence_of(name: str) -> str:
    """The licence that a package states, as an SPDX expression where it gives one."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "（仅其他系统 other systems only）"
    if expression := _first(told, "License-Expression"):
        return expression
    classes = [
        entry.rpartition(" :: ")[2] for entry in told.get_all("Classifier") or () if entry.startswith("License ::")
    ]
    short = _first(told, "License").partition("\n")[0]
    return "; ".join(entry for entry in classes if entry != "OSI Approved") or short[:60] or "未写明 not stated"


def _first(told: metadata.PackageMetadata, field: str) -> str:
    return next(iter(told.get_all(field) or ()), "").strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
