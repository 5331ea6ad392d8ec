"""Scans of documents: the pages of a PDF as a flatbed scanner and a hurried clerk leave them.

A page is rendered, turned a little, dirtied and compressed; the result is a
PDF of images without text, or the images themselves.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

_BLACK = 150  # grey from which a black-and-white scanner sees paper
_DATE = time.gmtime(0)


@dataclass(frozen=True)
class Scanner:
    """How a page is scanned: resolution, degrees by which the paper lies
    askew (counter-clockwise), standard deviation of the grey noise, share of specks,
    blur in pixels, JPEG quality (None: lossless), whether the lamp leaves one
    side darker, quarters of a turn by which the paper lies (clockwise), how
    many red seals are stamped on each page, and whether the picture is in
    black and white only."""

    dpi: int = 200
    angle: float = 0.0
    noise: float = 0.0
    specks: float = 0.0
    blur: float = 0.0
    quality: int | None = 85
    shade: bool = False
    quarters: int = 0
    seals: int = 0
    bilevel: bool = False
    seed: int = 1


def scan_pages(pdf: bytes, scanner: Scanner, numbers: Sequence[int] | None = None) -> list[Image.Image]:
    """The pages of ``pdf`` (those of ``numbers``, from 0) as images: grey, in
    colour where there are seals, or black and white."""
    document = pdfium.PdfDocument(pdf)
    random = np.random.default_rng(scanner.seed)
    images = []
    for number in numbers if numbers is not None else range(len(document)):
        page = document[number].render(scale=scanner.dpi / 72).to_pil().convert("RGB" if scanner.seals else "L")
        images.append(_scan(page, scanner, random))
    document.close()
    return images


def _scan(page: Image.Image, scanner: Scanner, random: np.random.Generator) -> Image.Image:
    for _ in range(scanner.seals):
        _stamp(page, scanner.dpi, random)
    if scanner.angle:
        page = page.rotate(scanner.angle, Image.Resampling.BICUBIC, fillcolor="white")
    if scanner.blur:
        page = page.filter(ImageFilter.GaussianBlur(scanner.blur))
    light = np.asarray(page, dtype=np.float32)
    size = (*light.shape[:2], *[1] * (light.ndim - 2))
    if scanner.shade:
        light = light * np.linspace(1.0, 0.72, size[1], dtype=np.float32).reshape(1, -1, *size[2:])
    if scanner.noise:
        light = light + random.normal(0, scanner.noise, size).astype(np.float32)
    if scanner.specks:
        light = np.where(random.random(size) < scanner.specks, 60, light)
    image = Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))
    if scanner.bilevel:
        image = image.convert("L").point(lambda value: 255 * (value > _BLACK), "1")
    return image.rotate(-90 * scanner.quarters, expand=True) if scanner.quarters else image


def _stamp(page: Image.Image, dpi: int, random: np.random.Generator) -> None:
    """A round red seal somewhere on the page, what is under it showing through."""
    wide = round(1.6 * dpi)
    seal = Image.new("RGB", (wide, wide), "white")
    draw = ImageDraw.Draw(seal)
    draw.ellipse((4, 4, wide - 5, wide - 5), outline=(214, 38, 42), width=max(2, dpi // 30))
    draw.regular_polygon((wide / 2, wide / 2, wide / 8), 5, fill=(214, 38, 42))
    for turn in range(0, 360, 30):
        mark = Image.new("RGB", (wide, wide), "white")
        box = wide * 0.45, wide * 0.1, wide * 0.55, wide * 0.22
        ImageDraw.Draw(mark).rectangle(box, outline=(214, 38, 42), width=max(2, dpi // 60))
        seal = ImageChops.multiply(seal, mark.rotate(turn, fillcolor="white"))
    corner = int(random.integers(0, page.width - wide)), int(random.integers(0, page.height - wide))
    under = page.crop((*corner, corner[0] + wide, corner[1] + wide))
    page.paste(ImageChops.multiply(under, seal), corner)


def scan_pdf(pdf: bytes, scanner: Scanner, numbers: Sequence[int] | None = None) -> bytes:
    """``pdf`` as a PDF of page images, without any text."""
    return images_pdf(scan_pages(pdf, scanner, numbers), scanner)


def images_pdf(images: Sequence[Image.Image], scanner: Scanner) -> bytes:
    """Page images as a PDF."""
    pages = [_recompressed(image, scanner) for image in images]
    file = io.BytesIO()
    options = {} if scanner.bilevel else {"quality": scanner.quality or 95}
    dates = {"creationDate": _DATE, "modDate": _DATE}
    pages[0].save(file, "PDF", resolution=scanner.dpi, save_all=True, append_images=pages[1:], **options, **dates)
    return file.getvalue()


def _recompressed(image: Image.Image, scanner: Scanner) -> Image.Image:
    if scanner.quality is None or scanner.bilevel:
        return image
    return Image.open(io.BytesIO(image_bytes(image, "JPEG", quality=scanner.quality)))


def image_bytes(image: Image.Image, kind: str, **options: object) -> bytes:
    """One page image as a file: PNG, JPEG, BMP, TIFF."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def tiff(images: Sequence[Image.Image], dpi: int) -> bytes:
    """Page images as one TIFF of several pages."""
    file = io.BytesIO()
    images[0].save(file, "TIFF", save_all=True, append_images=images[1:], dpi=(dpi, dpi), compression="tiff_lzw")
    return file.getvalue()


def draw_table(
    rows: Sequence[Sequence[str]], colours: dict[tuple[int, int], str] | None = None, font: str | None = None
) -> Image.Image:
    """A page of 1654 × 1000 pixels with one ruled table, a cell 200 × 80 large,
    from (100, 100); ``colours`` are those of the texts that are not black, ``font`` is
    a file."""
    page = Image.new("RGB", (1654, 1000), "white")
    draw = ImageDraw.Draw(page)
    face = ImageFont.truetype(font, 34) if font else ImageFont.load_default(34)
    wide, high = 200, 80
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            left, top = 100 + column * wide, 100 + row * high
            draw.rectangle((left, top, left + wide, top + high), outline="black", width=2)
            colour = (colours or {}).get((row, column), "black")
            draw.text((left + wide / 2, top + high / 2), text, fill=colour, font=face, anchor="mm")
    return page
