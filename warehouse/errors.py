"""Failures that a user can do something about."""

from __future__ import annotations


class OgiError(Exception):
    """A failure with a message in both languages; the command line prints it and ends with ``status``.

    Status 1 is a failure, 2 wrong usage. ``zh`` and ``en`` each say what is wrong and what to do about it.
    """

    def __init__(self, zh: str, en: str, status: int = 1) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en
        self.status = status
