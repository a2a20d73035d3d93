"""One image file → an array: whatever its mode, upright, the first frame, of the size and channels asked for."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")
"""Raster formats whose decoders are in wide use; anything else is not even tried."""
IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".gif", ".tif", ".tiff", ".webp")
MAX_PIXELS = 50_000_000
"""An image that claims more pixels is refused by its header; nothing of it is decoded."""

Fault = Literal["empty", "damaged", "too_large"]
Mend = Literal["turned", "sixteen_bit", "transparent", "cmyk", "animated"]
Colour = Literal["grey", "rgb"]

_ORIENTATION = 0x0112
_ON_ITS_SIDE = 5


@dataclass(frozen=True)
class Decoded:
    """An image's pixels (size, size, channels) uint8, the width and height it had, and what had to be mended.

    grey: whether it has no colour.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    grey: bool
    mended: tuple[Mend, ...]


def decode(content: bytes, size: int | None, colour: Colour) -> Decoded | Fault:
    """Return the image in `content`, resized to a square of `size` pixels (None: as it is), or what is wrong with it.

    16 bits become 8, transparency white, CMYK and palettes the colours they stand for; an animation gives its first
    frame; a photograph is turned upright as its EXIF data says.
    """
    if not content:
        return "empty"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd metadata; what matters is caught below
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _decode(content, size, colour)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
            return "too_large"
        except (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, struct.error, zlib.error):
            return "damaged"


def _decode(content: bytes, size: int | None, colour: Colour) -> Decoded | Fault:
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            return "too_large"
        mended: list[Mend] = ["animated"] if getattr(image, "is_animated", False) else []
        if size is not None and image.format == "JPEG":
            image.draft(image.mode, (2 * size, 2 * size))  # decodes a large photograph at a fraction of its size
        image.load()
        upright: Image.Image = image
        if (orientation := image.getexif().get(_ORIENTATION, 1)) in range(2, 9):
            mended.append("turned")
            upright = ImageOps.exif_transpose(image)
            width, height = (height, width) if orientation >= _ON_ITS_SIDE else (width, height)
        plain = _plain(upright, mended)
        grey = plain.mode == "L" or _is_grey(plain)
        plain = plain.convert("L" if colour == "grey" else "RGB")
        if size is not None and plain.size != (size, size):
            plain = plain.resize((size, size), Image.Resampling.BILINEAR)
        pixels = np.asarray(plain, dtype=np.uint8)
        return Decoded(pixels.reshape(*pixels.shape[:2], -1), width, height, grey, tuple(mended))


def _plain(image: Image.Image, mended: list[Mend]) -> Image.Image:
    """Return the image in mode L or RGB."""
    if image.mode.startswith(("I", "F")):
        mended.append("sixteen_bit")
        return _eight_bits(image)
    if image.mode in ("1", "L", "RGB"):
        return image.convert("L") if image.mode == "1" else image
    if image.mode == "CMYK":
        mended.append("cmyk")
        return image.convert("RGB")
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        return _on_white(image.convert("RGBA"), mended)
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image, dtype=np.float64)
    if image.mode.startswith("I"):
        scaled = values / 257.0 if values.size and values.max() > 255 else values
    else:
        scaled = values * 255.0 if values.size and np.nanmax(values) <= 1 else values
    return Image.fromarray(np.clip(np.nan_to_num(scaled), 0, 255).round().astype(np.uint8))


def _on_white(image: Image.Image, mended: list[Mend]) -> Image.Image:
    lowest, _ = image.getchannel("A").getextrema()
    if isinstance(lowest, int | float) and lowest < 255:
        mended.append("transparent")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")


def _is_grey(image: Image.Image) -> bool:
    """Tell whether all channels agree, looked at on a small copy; JPEG's rounding is allowed for."""
    small = np.asarray(image.reduce(max(1, min(image.size) // 64)), dtype=np.int16)
    return bool((small.max(axis=2) - small.min(axis=2)).max(initial=0) <= 8)
