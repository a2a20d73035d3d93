"""Writes scikit-learn's handwritten digits as PNG files in a ZIP of class folders. The same bytes each time."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).resolve().parent / "digit_images.zip"
_DATE = (2024, 1, 1, 0, 0, 0)
_LARGEST = 16
"""scikit-learn's values run from 0 to 16."""


def archive() -> bytes:
    """Return the ZIP: 1,797 grey images of 8 × 8 pixels, `<digit>/<number>.png`."""
    from sklearn.datasets import load_digits

    data = load_digits()
    images = np.round(data.images * (255 / _LARGEST)).astype(np.uint8)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as stream:
        for label in range(10):
            for number in np.flatnonzero(data.target == label):
                name = zipfile.ZipInfo(f"{label}/{number:04d}.png", _DATE)
                stream.writestr(name, png(images[number]))
    return out.getvalue()


def png(image: NDArray[np.uint8]) -> bytes:
    """Return a grey image (height, width) uint8 as a PNG file."""
    height, width = image.shape
    rows = b"".join(b"\0" + row.tobytes() for row in image)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


if __name__ == "__main__":
    FILE.write_bytes(archive())
    print(f"{FILE.name}  {FILE.stat().st_size:,} B")
