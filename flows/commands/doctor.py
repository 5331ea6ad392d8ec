"""``ogi doctor``: what is wrong with this installation."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module, metadata
from pathlib import Path
from typing import Literal

from extract.model import ReadError
from extract.paths import ROOT
from extract.readers.ocr import model_files
from flows import record as records
from flows.clock import check_clock
from flows.crawling import CONTACT
from flows.lock import holder
from flows.notifying import ADDRESSES, channels
from flows.verifying import sound_sample
from flows.watching import troubles
from warehouse import home as homes
from warehouse.errors import OgiError
from warehouse.extensions import EXTRAS, extension_file
from warehouse.home import Home
from warehouse.remote import VARIABLE, kept_mark, remote_of, stated_owner

Verdict = Literal["ok", "remark", "wrong"]
Finding = tuple[Verdict, str, str]
"""Verdict, what was looked at, what was found."""

_SIGN = {"ok": "✓", "remark": "!", "wrong": "✗"}
_PYTHON = (3, 11)
_LEAST_MIB = 200
_ENOUGH_MIB = 2048
# Where the module is not named like its package.
_MODULES = {
    "pyyaml": "yaml",
    "vl-convert-python": "vl_convert",
    "pillow": "PIL",
    "opencv-python-headless": "cv2",
    "python-docx": "docx",
}
_OPTIONAL = {
    "LibreOffice (DOC, WPS, RTF, ODT)": ("soffice", "libreoffice"),
    "Chromium": ("chromium", "chromium-browser", "google-chrome"),
}


def doctor_command(home_option: Path | None) -> int:
    """Prints one line per thing looked at; 1 when something required is wrong."""
    home, _ = homes.for_reading(home_option)
    status = 0
    for verdict, what, found in _findings(home):
        print(f"{_SIGN[verdict]} {what}: {found}", flush=True)
        if verdict == "wrong":
            status = 1
    print("有必需项不正常。 Something required is wrong." if status else "必需项均正常。 All that is required is well.")
    return status


def _findings(home: Home) -> Iterator[Finding]:
    version = platform.python_version()
    yield ("ok" if sys.version_info >= _PYTHON else "wrong"), "Python", version
    yield from _packages()
    yield from _models()
    yield from _data_files()
    yield from _place(home)
    yield from _published(home)
    yield from _nights(home)
    yield from _store(home)
    yield from _archive(home)
    yield from _contact()
    yield from _telling()
    yield from _orchestration()
    yield from _optional()


def _packages() -> Iterator[Finding]:
    """Each direct dependency: does it import, and is it the locked version."""
    names = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    lines = (ROOT / "requirements.lock").read_text("utf-8")
    # A package may be locked to several versions, for different systems.
    pinned = re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", lines, re.MULTILINE)
    for name in (re.split(r"[<>=!~\[ ;]", entry, maxsplit=1)[0].lower() for entry in names):
        what = f"软件包 package {name}"
        try:
            import_module(_MODULES.get(name, name.replace("-", "_")))
            installed = metadata.version(name)
        except Exception as error:  # a package can fail to import in any way
            yield "wrong", what, f"无法导入 cannot be imported: {error!r}"
            continue
        locked = [version for package, version in pinned if package == name]
        if installed in locked:
            yield "ok", what, installed
        else:
            yield "remark", what, f"{installed}，锁定版本 locked: {', '.join(locked) or None}"


def _models() -> Iterator[Finding]:
    """The models that recognise pictures: files of a package, never downloaded."""
    what = "文字识别模型 recognition models"
    try:
        yield "ok", what, ", ".join(path.name for path in model_files())
    except ReadError as error:
        yield "wrong", what, error.message


def _data_files() -> Iterator[Finding]:
    """Everything under ``data`` that is loaded by the program."""
    from expectations.rules.catalogue import catalogue
    from extract.forms import load_forms
    from flows import sources
    from transform.agencies import load_register
    from transform.contracts import load_contracts, load_enums
    from transform.corrections import load_corrections
    from transform.crosswalk import crosswalk_rows

    checks: dict[str, Callable[[], object]] = {
        "表格 forms": load_forms,
        "数据表 tables": lambda: (load_enums(), load_contracts(), crosswalk_rows()),
        "机关名录 agencies": load_register,
        "规则 rules": catalogue,
        "读数更正 corrections": load_corrections,
        "来源 sources": lambda: [sources.load(path) for path in sources.files(sources.FOLDER)],
    }
    for what, check in checks.items():
        try:
            check()
        except Exception as error:  # each loader has its own
            yield "wrong", what, str(error)
        else:
            yield "ok", what, "有效 valid"


def _place(home: Home) -> Iterator[Finding]:
    """The home (or the nearest folder above it that exists): writable, and with space."""
    folder = home.root
    while not folder.exists():
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            yield "ok", "数据目录 home", f"{home.root} 可写 writable"
    except OSError as error:
        yield "wrong", "数据目录 home", f"{home.root} 不可写 not writable: {error.strerror}"
    free = shutil.disk_usage(folder).free >> 20
    built = home.published.stat().st_size >> 20 if home.published.exists() else 0
    enough = max(_ENOUGH_MIB, 2 * built)
    verdict: Verdict = "wrong" if free < max(_LEAST_MIB, built) else "remark" if free < enough else "ok"
    more = "" if verdict == "ok" else f"，下一次构建需要约 {enough} MiB the next build needs about {enough} MiB"
    yield verdict, "磁盘空间 disk space", f"{free} MiB{more}"


def _published(home: Home) -> Iterator[Finding]:
    from warehouse.publish import published
    from warehouse.query import run_query

    what = "已发布的数据库 published warehouse"
    path = published(home.root)
    if path is None:
        yield "remark", what, f"{home.warehouse} 中还没有 none yet; ogi run"
        return
    try:
        run_query(path, "SELECT count(*) FROM dim_filing")
    except Exception as error:  # whatever keeps it from being read
        yield "wrong", what, f"{path}: {error}"
    else:
        yield "ok", what, path.name
        yield from _unknown_corrections(path)


def _unknown_corrections(published: Path) -> Iterator[Finding]:
    """Corrections of documents that the published warehouse has never seen: they do nothing."""
    from transform.corrections import CorrectionError, load_corrections
    from warehouse.query import run_query

    try:
        corrected = load_corrections().by_document
    except CorrectionError:
        return  # said already
    seen = run_query(published, "SELECT sha256 FROM document", limit=10**9).table.column("sha256").to_pylist()
    if unknown := sorted(set(corrected) - set(seen)):
        shown = "、".join(sha256[:16] for sha256 in unknown[:5])
        yield "remark", "读数更正 corrections", f"{len(unknown)} 份文件未见过 documents never seen: {shown}"


def _nights(home: Home) -> Iterator[Finding]:
    """Whether nights go well: the clock, the records, what is wrong, who holds the home."""
    try:
        check_clock(home)
        yield "ok", "时钟 clock", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    except OgiError as error:
        yield "wrong", "时钟 clock", f"{error.zh} {error.en}"
    known, broken = records.load_all(home), records.damaged(home)
    if broken:
        shown = "、".join(path.name for path in broken[:5])
        yield "remark", "运行记录 run records", f"{len(broken)} 份已损坏，请移走 damaged, take them away: {shown}"
    good = [record.finished_at for record in known if record.state == "completed"]
    last = str(good[-1]) if good else "从未 never"
    yield "ok" if good else "remark", "上一次成功的运行 last run that went well", last
    for trouble in troubles(home, known, datetime.now(UTC)):
        yield "remark", "运行 nights", f"{trouble.zh} {trouble.en}"
    owner = holder(home)
    yield "ok", "数据目录的占用 lock", owner or "无人占用 nobody holds it"


def _store(home: Home) -> Iterator[Finding]:
    """The home's store on object storage, where it has one: that it can be reached and written, and is this home's."""
    try:
        remote = remote_of(home)
        if remote is None:
            return
        what = f"对象存储 store {VARIABLE}"
        owner, mark = stated_owner(remote), kept_mark(home)
        remote.write("doctor", b"")
        if owner is None:
            yield "remark", what, f"{remote.address} 还是空的 is empty yet"
        elif mark is None or mark["home"] != owner["home"]:
            yield (
                "wrong",
                what,
                f"{remote.address} 由 {owner['host']} 写入 is written to from there; ogi run --take-store",
            )
        else:
            yield "ok", what, f"{remote.address} 可读写 can be read and written"
    except OgiError as error:
        yield "wrong", f"对象存储 store {VARIABLE}", f"{error.zh} {error.en}"


def _archive(home: Home) -> Iterator[Finding]:
    """A few documents of the archive, chosen by chance, are what their hashes say."""
    what = "存档 archive"
    if not home.captures.is_dir():
        yield "remark", what, "还没有文件 no document yet"
        return
    try:
        sampled, lost = sound_sample(home, 20)
    except OgiError as error:
        yield "wrong", what, f"{error.zh} {error.en}"
        return
    if lost:
        yield (
            "wrong",
            what,
            f"{sampled} 份中 {len(lost)} 份损坏，见 ogi verify 和恢复手册 of {sampled} damaged: {lost[0]}",
        )
    else:
        yield "ok", what, f"抽查 {sampled} 份，内容与哈希相符 of a sample, all sound"


def _telling() -> Iterator[Finding]:
    """Whether somebody would be told of trouble."""
    what = f"通知 notifications {ADDRESSES}"
    try:
        given = channels()
    except OgiError as error:
        yield "wrong", what, f"{error.zh} {error.en}"
        return
    shown = "、".join(channel.name for channel in given)
    yield ("ok" if given else "remark"), what, f"{shown}；试发 try: ogi notify --test" if given else "未设置 not set"


def _orchestration() -> Iterator[Finding]:
    """The Prefect server that the environment names, where it names one."""
    address = os.environ.get("PREFECT_API_URL")
    if not address:
        return
    import httpx

    what = "Prefect 服务 server"
    try:
        answer = httpx.get(f"{address.rstrip('/')}/health", timeout=5)
        well = answer.status_code < 400
        yield ("ok" if well else "wrong"), what, f"{address}: {answer.status_code}"
    except httpx.HTTPError as error:
        yield "wrong", what, f"{address} 无法连接，请看服务是否在运行 cannot be reached: {type(error).__name__}"


def _contact() -> Iterator[Finding]:
    """Whether hosts that are crawled could complain to somebody."""
    given = os.environ.get(CONTACT, "").strip()
    yield ("ok" if given else "remark"), f"采集联系方式 contact for crawling {CONTACT}", given or "未设置 not set"


def _optional() -> Iterator[Finding]:
    for name, commands in _OPTIONAL.items():
        found = next(filter(None, map(shutil.which, commands)), None)
        yield ("ok" if found else "remark"), f"可选 optional {name}", found or "未安装 not installed"
    for extra, extensions in EXTRAS.items():
        lacking = [name for name in extensions if extension_file(name) is None]
        found = f"未安装 not installed: {', '.join(lacking)}" if lacking else ", ".join(extensions)
        yield ("remark" if lacking else "ok"), f"可选 optional DuckDB 扩展 extensions [{extra}]", found
    lister = shutil.which("fc-list")
    fonts = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, text=True).stdout if lister else ""
    shown = f"{len(fonts.splitlines())}" if fonts else "未找到 none found"
    yield ("ok" if fonts else "remark"), "可选 optional 中文字体 Chinese fonts", shown
