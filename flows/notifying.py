"""Telling people what is wrong, once, and when it is over: through Apprise (webhooks, e-mail and many others).

Addresses come from the environment alone (``OGI_NOTIFY``, separated by white space), since they hold passwords; one
may name a notification block of Prefect (``prefect-block:slack-webhook/ops``), which keeps its address itself. What was
told already stands in ``notified.json`` in the home.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.record import now
from flows.watching import Trouble
from warehouse.disk import write_atomically
from warehouse.errors import OgiError
from warehouse.home import Home

ADDRESSES = "OGI_NOTIFY"
"""The environment variable that holds the addresses."""

SECONDS = 60.0
"""That telling may take in all; it never keeps a night waiting for longer."""

_BLOCK = "prefect-block:"
_log = logging.getLogger("ogi.notify")


@dataclass(frozen=True)
class Channel:
    """A way to tell somebody; ``name`` shows no secret."""

    name: str
    send: Callable[[str, str], bool]


def channels(environment: Mapping[str, str] = os.environ) -> list[Channel]:
    """The channels of the environment. OgiError, without the address, for one that is none."""
    return [_channel(address, number) for number, address in enumerate(environment.get(ADDRESSES, "").split(), 1)]


def _channel(address: str, number: int) -> Channel:
    if address.startswith(_BLOCK):
        return Channel(address, lambda title, body: _send_by_block(address.removeprefix(_BLOCK), title, body))
    import apprise

    service = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    if service is None:
        raise OgiError(
            f"{ADDRESSES} 的第 {number} 个地址无法使用。写法见 docs/operations.md。",
            f"Address {number} of {ADDRESSES} cannot be used. See docs/operations.md for how they are written.",
        )
    shown = f"{ADDRESSES} {number} ({address.partition(':')[0]})"

    def send(title: str, body: str) -> bool:
        return bool(service.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT))

    return Channel(shown, send)


def _send_by_block(name: str, title: str, body: str) -> bool:
    if not os.environ.get("PREFECT_API_URL"):
        raise RuntimeError("a block needs a Prefect server (PREFECT_API_URL)")
    from prefect.blocks.core import Block

    block: Any = Block.load(name)
    block.notify(body, subject=title)
    return True


def tell(home: Home, found: Sequence[Trouble], given: Sequence[Channel]) -> list[str]:
    """Tells what of ``found`` was not told before, and what was told and is over; returns, in both languages, the
    channels that failed. What no channel took is told the next time."""
    told = _told(home)
    new = [trouble for trouble in found if _gist(trouble) != told.get(trouble.key, {}).get("gist")]
    over = [entry for key, entry in told.items() if key not in {trouble.key for trouble in found}]
    if not given or not (new or over):
        return []
    title, body = _message(home, new, over)
    failed = send(given, title, body)
    if len(failed) < len(given):
        kept = {trouble.key: told.get(trouble.key) or _entry(trouble) for trouble in found}
        kept |= {trouble.key: _entry(trouble) for trouble in new}
        write_atomically(home.notified, json.dumps(kept, ensure_ascii=False, indent=1).encode() + b"\n")
    return failed


def send(given: Sequence[Channel], title: str, body: str) -> list[str]:
    """Sends a message through all channels at once; returns, in both languages, those that failed or took too long."""
    outcomes: dict[str, bool] = {}

    def try_channel(channel: Channel) -> None:
        try:
            outcomes[channel.name] = channel.send(title, body)
        except Exception as error:  # whatever a service does; its message may hold the address
            _log.warning("%s: %s", channel.name, type(error).__name__)
            outcomes[channel.name] = False

    threads = [threading.Thread(target=try_channel, args=(channel,), daemon=True) for channel in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return [
        f"通知未能送出：{channel.name} / a notification could not be sent: {channel.name}"
        for channel in given
        if not outcomes.get(channel.name)
    ]


def _message(home: Home, new: Sequence[Trouble], over: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    title = f"ogi {home.root.name}: {f'{len(new)} 项问题 troubles' if new else '已恢复 over'}"
    lines = [line for trouble in new for line in (f"• {trouble.zh}", f"  {trouble.en}")]
    for entry in over:
        lines += [f"✓ 已恢复 over: {entry['zh']}", f"  {entry['en']}"]
    lines += ["", "运行记录 records: runs/ · 手册 runbooks: docs/runbooks/README.md · ogi doctor"]
    return title, "\n".join(lines)


def _entry(trouble: Trouble) -> dict[str, str]:
    return {"since": now(), "gist": _gist(trouble), "zh": trouble.zh, "en": trouble.en}


def _gist(trouble: Trouble) -> str:
    """What it says but for numbers, which differ from night to night (names of logs among them)."""
    return re.sub(r"[0-9]+\S*", "#", trouble.zh)


def _told(home: Home) -> dict[str, dict[str, str]]:
    """What was told before; nothing where that cannot be read, so that it is told again rather than not at all."""
    try:
        kept = json.loads(home.notified.read_bytes())
        entries = {str(key): {name: str(entry[name]) for name in ("gist", "zh", "en")} for key, entry in kept.items()}
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}
    return {key: {**entry, "since": str(kept[key].get("since"))} for key, entry in entries.items()}
