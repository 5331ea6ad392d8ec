"""Web pages saved in one file (MHTML), which some systems hand out as .doc."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage

from extract.model import Document, ReadError
from extract.readers import html
from extract.readers.signatures import MHTML


def read(data: bytes) -> Document:
    """The page's first HTML part, read as HTML. ReadError("unreadable") if there is none."""
    return replace(html.read(page_of(data)), media_type=MHTML)


def page_of(data: bytes) -> bytes:
    """The first HTML part. ReadError("unreadable") if there is none."""
    message = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content
    raise ReadError("unreadable", "MHTML 中没有网页 / there is no page in the MHTML file")
