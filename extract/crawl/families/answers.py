"""What answers in JSON hold: values by name wherever they stand, dates in any of their forms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from extract.crawl.families.paging import LARGEST
from extract.figures import squeeze
from extract.identity.dates import ANY_DATE, parse_date

_DEPTH = 4
_CHINA = timedelta(hours=8)
_FIRST_SECOND, _LAST_SECOND = 946_684_800, 4_102_444_800  # 2000 to 2100


def value_of(answer: Any, *names: str, depth: int = _DEPTH) -> Any:
    """The first value that one of these names has, in the answer itself before
    what it holds; None where none has one. Names are compared without case."""
    wanted = {name.lower() for name in names}
    level = [answer]
    for _ in range(depth):
        objects = [value for value in level if isinstance(value, dict)]
        for value in objects:
            for key, held in value.items():
                if str(key).lower() in wanted and held is not None:
                    return held
        level = [held for value in objects for held in value.values() if isinstance(held, dict)]
    return None


def count_of(answer: Any, *names: str) -> int | None:
    """A number of entries or pages by name; None where there is none, or one beyond belief."""
    value = value_of(answer, *names)
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 9:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST else None


def text_of(value: Any) -> str:
    """A text without white space at its ends and without characters that are none; "" for what is no text."""
    return value.encode("utf-8", "ignore").decode("utf-8").strip() if isinstance(value, str) else ""


def date_of(values: Iterable[Any]) -> str | None:
    """The first of some values that tells a day, as ISO date in China: 2024-01-18 …, seconds or milliseconds since
    1970; None where none does."""
    for value in values:
        if isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) in (10, 13):
            value = int(value)
        if isinstance(value, str):
            match = ANY_DATE.search(squeeze(value))
            found = parse_date(match.group()) if match else None
            if found is not None:
                return found.isoformat()
        elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
            seconds = value / 1000 if value > _LAST_SECOND else value
            if _FIRST_SECOND <= seconds <= _LAST_SECOND:
                return (datetime.fromtimestamp(seconds, UTC) + _CHINA).date().isoformat()
    return None


def objects_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list in an answer; none for what is no list."""
    return [held for held in value if isinstance(held, dict)] if isinstance(value, list) else []
