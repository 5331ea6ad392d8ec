"""Documents of older or other word processors (DOC, WPS, RTF, ODT), converted
to DOCX by LibreOffice and read as that."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

from extract.model import Document, ErrorCode, ReadError
from extract.readers import docx
from extract.readers.signatures import DOC, ODT, RTF

SECONDS = 90.0
"""A conversion that takes longer is given up; one of a report takes two."""

# Bytes of address space, bytes that a conversion may write, seconds of processor
# time (which end it even where we have been killed ourselves).
_LIMITS = {resource.RLIMIT_AS: 3 << 30, resource.RLIMIT_FSIZE: 256 << 20, resource.RLIMIT_CPU: 120}
_REMEDY = (
    "需要 LibreOffice（soffice）来转换，请安装 libreoffice-writer-nogui，或另存为 DOCX 或 PDF / "
    "conversion needs LibreOffice (soffice): install libreoffice-writer-nogui, or save it as DOCX or PDF"
)
_TYPES = {"rtf": RTF, "odt": ODT, "doc": DOC}
_one_at_a_time = threading.Lock()

# No macros, no links to other documents or pictures elsewhere, no fetching.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel"
 oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link"
 oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def read(data: bytes) -> Document:
    """The document as its DOCX reads; places are locators of tables, rows and columns.

    Raises ReadError: "unsupported" if LibreOffice is not installed,
    "encrypted", "unreadable" if it cannot convert the document or takes
    longer than ``SECONDS``, and what the DOCX reader raises.
    """
    suffix = "rtf" if data.lstrip().startswith(b"{\\rtf") else "odt" if data.startswith(b"PK") else "doc"
    with _one_at_a_time:
        converted = _convert(data, suffix)
    return replace(docx.read(converted), media_type=_TYPES[suffix])


def program() -> str | None:
    """Where LibreOffice stands, None if it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def _convert(data: bytes, suffix: str) -> bytes:
    executable = program()
    if executable is None:
        raise ReadError("unsupported", _REMEDY)
    with tempfile.TemporaryDirectory(prefix="ogi-convert-") as name:
        folder = Path(name)
        source = folder / f"document.{suffix}"
        source.write_bytes(data)
        profile = folder / "profile"  # its own, so that conversions of several processes do not meet
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, "utf-8")
        command = [
            executable,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(folder / "out"),
            str(source),
        ]
        output = _run(command, folder)
        target = folder / "out" / "document.docx"
        if not target.is_file():
            code: ErrorCode = "encrypted" if "password" in output.lower() else "unreadable"
            raise ReadError(code, f"LibreOffice 无法转换 / LibreOffice cannot convert it: {output.strip()[-300:]}")
        return target.read_bytes()


def _run(command: list[str], folder: Path) -> str:
    """Runs LibreOffice in a group of processes of its own, which ends with the time limit."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    for limit, value in _LIMITS.items():
        # It may have ended already, or our own limits may be tighter.
        with contextlib.suppress(ProcessLookupError, ValueError, PermissionError):
            resource.prlimit(process.pid, limit, (value, value))
    try:
        return process.communicate(timeout=SECONDS)[0]
    except subprocess.TimeoutExpired:
        raise ReadError(
            "unreadable",
            f"转换超过 {SECONDS:.0f} 秒，已停止 / the conversion took more than {SECONDS:.0f} s and was stopped",
        ) from None
    finally:
        with contextlib.suppress(ProcessLookupError):  # all have ended
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
