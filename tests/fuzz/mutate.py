"""Random damage to the bytes and to the structure of a document."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

from lxml import etree

from tests.fuzz import values

Damage = Callable[[bytes, bytes, random.Random], bytes]
"""Content, content of another document of the medium, chance: damaged content."""

_TAG = re.compile(r"<[^<>]{1,400}>")
_ATTRIBUTE = re.compile(r"([\w:-]+)=(\"[^\"]*\"|'[^']*'|[^\s>\"']+)")
_TEXT = re.compile(r"(?<=>)[^<>]{1,200}(?=<)")
_OBJECT = re.compile(rb"\d+ \d+ obj\b.*?endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_PDF_NUMBER = re.compile(rb"(?<![\w#.+-])[-+]?\d+(?:\.\d+)?(?![\w.])")
_OPERATOR = re.compile(rb"(?<=\s)(?:re|l|m|h|f\*?|S|s|n|W|cm|Tm|Td|Tf|Tj|TJ|Tz|Ts|Tr|q|Q|BT|ET|Do|rg|RG)(?=\s)")
_NESTED = (
    "<table>", "</table>", "<tr>", "<td>", "</td>", "<td colspan=0 rowspan=0>", "<template>", "<svg><td>", "<br>",
    "<p>", "<select>", "<!--", "-->", "<script>", "</body>", "<w:tbl>", "<w:tc/>", "<w:p/>", "<w:del>", "<mc:Fallback>",
)  # fmt: skip


def damaged(data: bytes, other: bytes, medium: str, chance: random.Random) -> bytes:
    """``data`` after one to four random damages that suit the medium."""
    for _ in range(chance.choice((1, 1, 2, 3, 4))):
        data = chance.choice(DAMAGES[medium])(data, other, chance)
    return data


# Bytes.


def _span(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice((0, 1, 2, 8, 64, 512, 4096)))


def change_bytes(data: bytes, other: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 4, 32))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.choice((chance.randrange(256), 0, 255, 0x30, 0x3C))
    return bytes(changed)


def truncate(data: bytes, _: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def cut_out(data: bytes, _: bytes, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    return data[:start] + data[end:]


def repeat(data: bytes, _: bytes, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    return data[:end] + data[start:end] * chance.choice((1, 2, 20)) + data[end:]


def splice(data: bytes, other: bytes, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    begin, stop = _span(other, chance)
    return data[:start] + other[begin:stop] + data[end:] if chance.random() < 0.7 else data[:start] + other[begin:]


# Markup.


def _markup(data: bytes, other: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    tags = list(_TAG.finditer(text))
    if not tags:
        return change_bytes(data, other, chance)
    tag, later = chance.choice(tags), chance.choice(tags)
    kind = chance.randrange(6)
    if kind == 0:
        text = text[: tag.start()] + text[tag.end() :]
    elif kind == 1:
        text = text[: later.end()] + tag.group() * chance.choice((1, 3, 200)) + text[later.end() :]
    elif kind == 2:
        start, end = sorted((tag.start(), later.start()))
        text = text[:end] + text[start:end] + text[end:] if end - start < 50_000 else text[:start] + text[end:]
    elif kind == 3:
        text = text[: tag.end()] + chance.choice(_NESTED) * chance.choice((1, 1, 30)) + text[tag.end() :]
    elif kind == 4:
        new = _ATTRIBUTE.sub(lambda match: f'{match[1]}="{values.number(chance)}"', tag.group())
        if new == tag.group():
            spans = (
                f' colspan="{values.number(chance)}" rowspan="{values.number(chance)}" w:val="{values.number(chance)}"'
            )
            new = tag.group()[:-1].rstrip("/") + spans + ">"
        text = text[: tag.start()] + new + text[tag.end() :]
    elif (texts := list(_TEXT.finditer(text))) and (place := chance.choice(texts)):
        text = text[: place.start()] + values.text(chance) + text[place.end() :]
    return text.encode("utf-8", "surrogatepass" if chance.random() < 0.1 else "replace")


# Containers: Word, Excel, OFD.


def _part(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """One part of the package damaged, left out or stored twice."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, zlib.error, NotImplementedError, EOFError, RuntimeError):
        return change_bytes(data, other, chance)
    if not parts:
        return data
    # The larger a part, the likelier it is what the document says.
    place = chance.choices(range(len(parts)), [len(content) + 50 for _, content in parts])[0]
    name, content = parts[place]
    kind = chance.random()
    if kind < 0.8:
        content = _markup(content, content, chance)
        parts[place] = (name, _well_formed(content) if chance.random() < 0.8 else content)
    elif kind < 0.9:
        parts[place] = (name, chance.choice(BYTES)(content, content, chance))
    elif kind < 0.95:
        parts.append((name, content))
    else:
        del parts[place]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # not with the time of day
    return buffer.getvalue()


def _well_formed(xml: bytes) -> bytes:
    """XML mended as far as it goes, so that more than the parser sees it."""
    try:
        root = etree.fromstring(xml, etree.XMLParser(recover=True, resolve_entities=False))
    except etree.XMLSyntaxError:  # nothing is left to mend
        return xml
    return xml if root is None else etree.tostring(root, encoding="utf-8", xml_declaration=True)


# PDF.


def _object(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """An object left out, repeated under another's number, or with other numbers in it."""
    objects = list(_OBJECT.finditer(data))
    if not objects:
        return change_bytes(data, other, chance)
    chosen, second = chance.choice(objects), chance.choice(objects)
    kind = chance.randrange(4)
    if kind == 0:
        return data[: chosen.start()] + data[chosen.end() :]
    if kind == 1:
        return data[: chosen.start()] + second.group() + data[chosen.end() :]
    head, mark, tail = chosen.group().partition(b"stream")
    number = values.number(chance).encode()
    if kind == 2:
        numbers = list(_PDF_NUMBER.finditer(head))
        place = chance.choice(numbers) if numbers else None
        new = head[: place.start()] + number + head[place.end() :] if place else head
    else:
        boxes = (
            b"/Rotate " + number + b" /CropBox [" + b" ".join(values.number(chance).encode() for _ in range(4)) + b"]"
        )
        new = head.replace(b"/Type /Page", boxes + b" /Type /Page", 1)
    return data[: chosen.start()] + new + mark + tail + data[chosen.end() :]


def _content(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """A compressed stream with other numbers, or with an operator left out, repeated or changed."""
    streams = [match for match in _STREAM.finditer(data) if _unpacked(match[1])]
    if not streams:
        return _object(data, other, chance)
    stream = chance.choice(streams)
    content = _unpacked(stream[1]) or b""
    for _ in range(chance.choice((1, 5, 50))):
        found = list((_PDF_NUMBER if chance.random() < 0.6 else _OPERATOR).finditer(content[:200_000]))
        if not found:
            break
        place, another = chance.choice(found), chance.choice(found)
        new = chance.choice(
            (b"", another.group(), place.group() + b" " + place.group(), values.number(chance).encode())
        )
        content = content[: place.start()] + new + content[place.end() :]
    return data[: stream.start(1)] + zlib.compress(content) + data[stream.end(1) :]


def _unpacked(stream: bytes) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(stream, 4_000_000)
    except zlib.error:
        return None


# Text.


def _lines(data: bytes, _: bytes, chance: random.Random) -> bytes:
    """Lines or columns left out, repeated, changed places, or filled with something else."""
    lines = data.decode("utf-8", "replace").split("\n")
    place, later = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.randrange(6)
    if kind == 0:
        del lines[place]
    elif kind == 1:
        lines[place] = "\n".join([lines[place]] * chance.choice((2, 3, 300)))
    elif kind == 2:
        lines[place], lines[later] = lines[later], lines[place]
    elif kind == 3:
        lines[place] += lines.pop(later) if later > place else values.text(chance)
    else:
        mark = "\t" if "\t" in lines[place] else "|" if "|" in lines[place] else " "
        fields = lines[place].split(mark)
        column = chance.randrange(len(fields))
        fields[column : column + chance.choice((0, 1, 1, 1, 3))] = [values.text(chance)] * chance.choice((0, 1, 1, 2))
        lines[place] = chance.choice((mark, mark, mark, "\t", "|")).join(fields)
    return "\n".join(lines).encode("utf-8", "replace")


BYTES: tuple[Damage, ...] = (change_bytes, truncate, cut_out, repeat, splice)
DAMAGES: dict[str, tuple[Damage, ...]] = {
    "txt": (*BYTES, *[_lines] * 10),
    "html": (*BYTES, *[_markup] * 10),
    "docx": (*BYTES, *[_part] * 20),
    "xlsx": (*BYTES, *[_part] * 20),
    "ofd": (*BYTES, *[_part] * 20),
    "zip": (*BYTES, *[_part] * 20),
    "xls": BYTES,
    "mht": (*BYTES, *[_markup] * 5, *[_lines] * 5),
    "pdf": (*BYTES, *[_object] * 6, *[_content] * 10),
}
