"""What a family says of a page that is no list."""

from __future__ import annotations


class NotAListing(ValueError):
    """What came is no list: a challenge page in the place of JSON, a broken answer, a stub. In Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en
