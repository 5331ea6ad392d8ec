"""Where documents come from: the files under ``data/sources``.

One YAML file is one source. A folder of documents::

    source: samples          # identifier: lower-case letters, digits, hyphens
    kind: folder
    path: ../samples         # relative to the file, or absolute
    name_zh: 随附样例
    name_en: bundled samples
    samples: true            # fictitious; never in one home with other sources

WARC files that somebody else has made, a file or a folder of them::

    source: crawl-2024
    kind: warc
    path: /data/crawl-2024
    name_zh: 他人的网页存档
    name_en: an archive of web pages
    hosts: [www.example.gov.cn]   # whose pages are taken; without it, all under gov.cn

Sites that are crawled (kind ``site``) are described in ``extract/crawl/site.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from extract.crawl.site import Site, SiteError, site_from_mapping
from extract.paths import DATA
from flows.inbox import is_sidecar
from warehouse.errors import OgiError

FOLDER = DATA / "sources"
"""The project's own sources."""

INBOX = "inbox"
"""Identifier of a plain folder that is given in the place of a source."""

_NAMES: dict[str, type] = {"source": str, "kind": str, "name_zh": str, "name_en": str}
_KINDS: dict[str, dict[str, type]] = {
    "folder": {"path": str, "samples": bool},
    "site": {},  # checked where sites are described
    "warc": {"path": str, "hosts": list},
}
_OPTIONAL = frozenset({"samples", "hosts"})
_IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


Kind = Literal["folder", "site", "warc"]


@dataclass(frozen=True)
class Source:
    """A source of documents; ``samples`` marks fictitious ones.

    ``path`` is the folder, the archive, or a site's own file; ``hosts`` an
    archive's; ``site`` what a site's file says, ``described`` the file as it stands.
    """

    source: str
    path: Path
    name_zh: str
    name_en: str
    samples: bool = False
    kind: Kind = "folder"
    hosts: frozenset[str] = frozenset()
    site: Site | None = None
    described: Mapping[str, Any] = field(default_factory=dict)


def load(path: Path) -> Source:
    """Reads one source file; OgiError names the file and what is wrong in it."""
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _invalid(path, f"无法读取：{error}", f"cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise _invalid(path, "内容应为键值映射", "is no mapping of keys to values")
    kind = _kind(path, data)
    if not _IDENTIFIER.fullmatch(str(data.get("source", ""))) or data["source"] == INBOX:
        raise _invalid(
            path,
            f"source: {data.get('source')!r} 应由小写字母、数字和连字符组成，且不能是 {INBOX}",
            f"source: {data.get('source')!r} must be lower-case letters, digits and hyphens, and not {INBOX}",
        )
    if kind == "site":
        return _site(path, data)
    return Source(
        source=data["source"],
        path=(path.parent / data["path"]).resolve(),
        name_zh=data["name_zh"],
        name_en=data["name_en"],
        kind=kind,
        samples=data.get("samples", False),
        hosts=frozenset(str(host).lower() for host in data.get("hosts", ())),
    )


def _kind(path: Path, data: Mapping[Any, Any]) -> Kind:
    """The source's kind, its keys checked."""
    kind = data.get("kind")
    if kind not in _KINDS:
        raise _invalid(
            path,
            "缺少 kind" if kind is None else f"kind: {kind} 不是已知的来源种类（可用：{'、'.join(_KINDS)}）",
            "kind is lacking"
            if kind is None
            else f"kind: {kind} is no known kind of source (known: {', '.join(_KINDS)})",
        )
    if kind != "site":
        _check_keys(path, data, {**_NAMES, **_KINDS[kind]})
    return cast(Kind, kind)


def _site(path: Path, data: Mapping[str, Any]) -> Source:
    try:
        site = site_from_mapping(data)
    except SiteError as error:
        raise _invalid(path, error.zh, error.en) from error
    return Source(site.source, path.resolve(), site.name_zh, site.name_en, kind="site", site=site, described=dict(data))


def _check_keys(path: Path, data: Mapping[Any, Any], types: Mapping[str, type]) -> None:
    for key in types:
        if key not in data and key not in _OPTIONAL:
            raise _invalid(path, f"缺少 {key}", f"{key} is lacking")
    for key, value in data.items():
        if key not in types:
            raise _invalid(path, f"未知的键 {key}", f"unknown key {key}")
        if not isinstance(value, types[key]):
            kind = types[key].__name__
            raise _invalid(path, f"{key} 的类型应为 {kind}", f"{key} must be of type {kind}")


def _invalid(path: Path, zh: str, en: str) -> OgiError:
    return OgiError(f"{path}: {zh}", f"{path}: {en}")


def files(folder: Path) -> list[Path]:
    """The source files that stand directly in ``folder``, by name."""
    found = [path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file()]
    return sorted(path for path in found if not is_sidecar(path.name))


def chosen(option: Path | None) -> list[Source]:
    """The sources of a run.

    ``option`` is a source file, a folder of source files, or a plain folder
    of documents, which then is the source itself. Without it: the project's
    sources other than the samples where there are any, else the samples.
    OgiError where a source is invalid, an identifier is used twice, or
    samples and real sources would mix.
    """
    if option is None:
        everything = [load(path) for path in files(FOLDER)]
        found = [source for source in everything if not source.samples] or everything
    elif option.is_file():
        found = [load(option)]
    else:
        found = [load(path) for path in files(option)] or [_inbox(option)]
    check_together(found)
    return found


def check_together(found: Sequence[Source]) -> None:
    """OgiError where sources that are each valid cannot be used together."""
    if not found:
        raise OgiError(f"{FOLDER} 中没有来源文件。", f"There is no source file in {FOLDER}.")
    for number, source in enumerate(found):
        if source.source in {other.source for other in found[:number]}:
            raise OgiError(f"来源标识 {source.source} 出现两次。", f"The source {source.source} is defined twice.")
    _check_lists(found)
    if len({source.samples for source in found}) > 1:
        raise OgiError(
            "虚构样例不能与真实来源一起运行。", "The fictitious samples cannot run together with real sources."
        )


def _check_lists(found: Sequence[Source]) -> None:
    """OgiError where two sources walk the same list: each would have half of it."""
    owners: dict[str, str] = {}
    for source in found:
        for listing in source.site.listings if source.site is not None else ():
            other = owners.setdefault(listing.url, source.source)
            if other != source.source:
                raise OgiError(
                    f"来源 {other} 和 {source.source} 都列有 {listing.url}，请只保留一处。",
                    f"The sources {other} and {source.source} both have the list {listing.url}: keep one.",
                )


def check_folder(source: Source) -> None:
    """OgiError where the source's folder (or an archive's file) is not there."""
    if source.kind == "site":
        return
    if not (source.path.is_dir() or (source.kind == "warc" and source.path.is_file())):
        raise OgiError(
            f"来源 {source.source} 的文件夹 {source.path} 不存在。",
            f"The folder {source.path} of the source {source.source} does not exist.",
        )


def _inbox(folder: Path) -> Source:
    """A plain folder as a source; the samples' folder stays the samples."""
    for path in files(FOLDER):
        known = load(path)
        if known.samples and known.path == folder.resolve():
            return known
    return Source(INBOX, folder.resolve(), f"文件夹 {folder.name}", f"folder {folder.name}")
