"""Scans of documents: the pages of a PDF as a flatbed scanner and a hurried clerk leave them.

A page is rendered, turned a little, dirtied and compressed; the result is a
PDF of images without text, or the images themselves.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFilter, ImageFont


@dataclass(frozen=True)
class Scanner:
    """How a page is scanned: resolution, degrees by which the paper lies
    askew (counter-clockwise), standard deviation of the grey noise, share of specks,
    blur in pixels, JPEG quality (None: lossless), and whether the lamp leaves
    one side darker."""

    dpi: int = 200
    angle: float = 0.0
    noise: float = 0.0
    specks: float = 0.0
    blur: float = 0.0
    quality: int | None = 85
    shade: bool = False
    seed: int = 1


def scan_pages(pdf: bytes, scanner: Scanner, numbers: Sequence[int] | None = None) -> list[Image.Image]:
    """The pages of ``pdf`` (those of ``numbers``, from 0) as grey images."""
    document = pdfium.PdfDocument(pdf)
    random = np.random.default_rng(scanner.seed)
    images = []
    for number in numbers if numbers is not None else range(len(document)):
        page = document[number].render(scale=scanner.dpi / 72).to_pil().convert("L")
        images.append(_scan(page, scanner, random))
    document.close()
    return images


def _scan(page: Image.Image, scanner: Scanner, random: np.random.Generator) -> Image.Image:
    if scanner.angle:
        page = page.rotate(scanner.angle, Image.Resampling.BICUBIC, fillcolor=255)
    if scanner.blur:
        page = page.filter(ImageFilter.GaussianBlur(scanner.blur))
    grey = np.asarray(page, dtype=np.float32)
    if scanner.shade:
        grey = grey * np.linspace(1.0, 0.72, grey.shape[1], dtype=np.float32)[None, :]
    if scanner.noise:
        grey = grey + random.normal(0, scanner.noise, grey.shape).astype(np.float32)
    if scanner.specks:
        grey = np.where(random.random(grey.shape) < scanner.specks, 60, grey)
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def scan_pdf(pdf: bytes, scanner: Scanner, numbers: Sequence[int] | None = None) -> bytes:
    """``pdf`` as a PDF of page images, without any text."""
    return images_pdf(scan_pages(pdf, scanner, numbers), scanner)


def images_pdf(images: Sequence[Image.Image], scanner: Scanner) -> bytes:
    """Page images as a PDF."""
    pages = [_recompressed(image, scanner) for image in images]
    file = io.BytesIO()
    quality = scanner.quality or 95
    pages[0].save(file, "PDF", resolution=scanner.dpi, save_all=True, append_images=pages[1:], quality=quality)
    return file.getvalue()


def _recompressed(image: Image.Image, scanner: Scanner) -> Image.Image:
    if scanner.quality is None:
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


def draw_table(rows: Sequence[Sequence[str]], colours: dict[tuple[int, int], str] | None = None) -> Image.Image:
    """A page of 1654 × 1000 pixels with one ruled table, a cell 200 × 80 large,
    from (100, 100); ``colours`` are those of the texts that are not black."""
    page = Image.new("RGB", (1654, 1000), "white")
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(34)
    wide, high = 200, 80
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            left, top = 100 + column * wide, 100 + row * high
            draw.rectangle((left, top, left + wide, top + high), outline="black", width=2)
            colour = (colours or {}).get((row, column), "black")
            draw.text((left + wide / 2, top + high / 2), text, fill=colour, font=font, anchor="mm")
    return page
