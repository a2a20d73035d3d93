"""The slides' typeface inside the PPTX: presentations name embedded fonts and hold each as an EOT file.

EOT ('Embedded OpenType', W3C member submission of 5 March 2008) is a header in little-endian order before the font;
here version 0x00020001 without compression, without XOR and bound to no address. The list in presentation.xml is
ECMA-376's `embeddedFontLst` (Part 1, 19.2.1.9). A program that can't read it falls back to a font of its own.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

from fontTools.ttLib import TTFont
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation

from scorecards.charts.theme import FONT
from scorecards.reports.font_cut import Weight, subset_font

CONTENT_TYPE = "application/x-fontdata"
RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
EOT_VERSION = 0x00020001
EOT_MAGIC = 0x504C
_DEFAULT_CHARSET = 1
_ITALIC_BIT = 0x01
_SHIFT_JIS_CHARSET = -128
"""128 as the signed byte that the list's `charset` is."""
_SWISS_VARIABLE = 34
_FACES: tuple[tuple[str, Weight], ...] = (("regular", "Regular"), ("bold", "Bold"))
_FAMILY, _STYLE, _FULL_NAME, _VERSION_NAME = 1, 2, 4, 5
_ALWAYS = "".join(
    map(chr, (*range(0x20, 0x7F), *range(0x3001, 0x3003), *range(0x3041, 0x3097), *range(0x30A1, 0x30FD)))
)
"""Latin letters, digits, kana and their full stops: a slide may be edited in the meeting."""
_TEXT_TAGS = (qn("a:t"), qn("c:v"))


def embed_fonts(deck: Presentation) -> None:
    """Put the regular and the bold face, cut to the deck's characters, into `deck`, and name them in its list."""
    letters = sorted(set(_ALWAYS).union(*deck_texts(deck)))
    faces, panose = "", b""
    for number, (tag, weight) in enumerate(_FACES, start=1):
        font = subset_font(weight, letters, "truetype")
        panose = panose or font_panose(font)
        uri = PackURI(f"/ppt/fonts/font{number}.fntdata")
        part = Part(uri, CONTENT_TYPE, deck.part.package, eot(font))
        faces += f'<p:{tag} r:id="{deck.part.relate_to(part, RELATIONSHIP)}"/>'
    fonts = parse_xml(
        f"<p:embeddedFontLst {nsdecls('p', 'r')}><p:embeddedFont>"
        f'<p:font typeface="{FONT}" panose="{panose.hex().upper()}" pitchFamily="{_SWISS_VARIABLE}" '
        f'charset="{_SHIFT_JIS_CHARSET}"/>{faces}</p:embeddedFont></p:embeddedFontLst>'
    )
    element = deck.part._element
    element.find(qn("p:notesSz")).addnext(fonts)
    element.set("embedTrueTypeFonts", "1")
    element.set("saveSubsetFonts", "1")


def deck_texts(deck: Presentation) -> Iterator[str]:
    """Yield every text that a reader may see: of slides, tables, notes and charts (names, labels, figures)."""
    for slide in deck.slides:
        yield from _texts(slide.element)
        if slide.has_notes_slide:
            yield from _texts(slide.notes_slide.element)
        for shape in slide.shapes:
            if shape.has_chart:
                yield from _texts(shape.chart._chartSpace)


def eot(font: bytes) -> bytes:
    """Return a TrueType `font` as an EOT file. Raises ValueError where the font forbids to be embedded."""
    with TTFont(io.BytesIO(font), lazy=True) as faces:
        os2, checksum = faces["OS/2"], faces["head"].checkSumAdjustment
        names = [faces["name"].getDebugName(number) or "" for number in (_FAMILY, _STYLE, _VERSION_NAME, _FULL_NAME)]
    if os2.fsType & 0x0002:
        raise ValueError("the font's licence bits forbid embedding")
    head = struct.pack(
        "<II10sBBIHH",
        EOT_VERSION,
        0,  # no flags: neither compressed nor XORed
        _panose(os2),
        _DEFAULT_CHARSET,
        int(bool(os2.fsSelection & _ITALIC_BIT)),
        os2.usWeightClass,
        os2.fsType,
        EOT_MAGIC,
    )
    head += struct.pack("<4I", os2.ulUnicodeRange1, os2.ulUnicodeRange2, os2.ulUnicodeRange3, os2.ulUnicodeRange4)
    head += struct.pack("<2I", os2.ulCodePageRange1, os2.ulCodePageRange2)
    head += struct.pack("<I16x", checksum)
    head += b"".join(_sized(name) for name in names) + _sized("")  # the last: the root string, of no address
    return struct.pack("<II", 8 + len(head) + len(font), len(font)) + head + font


def font_panose(font: bytes) -> bytes:
    """Return the ten bytes that class a TrueType `font`'s design."""
    with TTFont(io.BytesIO(font), lazy=True) as faces:
        return _panose(faces["OS/2"])


def _panose(os2: Any) -> bytes:
    panose = os2.panose
    return bytes(
        (
            panose.bFamilyType,
            panose.bSerifStyle,
            panose.bWeight,
            panose.bProportion,
            panose.bContrast,
            panose.bStrokeVariation,
            panose.bArmStyle,
            panose.bLetterForm,
            panose.bMidline,
            panose.bXHeight,
        )
    )


def _sized(text: str) -> bytes:
    """Return two bytes of padding, the text's size in bytes, the text in UTF-16."""
    data = text.encode("utf-16-le")
    return struct.pack("<HH", 0, len(data)) + data


def _texts(element: Any) -> Iterator[str]:
    return (node.text for node in element.iter(*_TEXT_TAGS) if node.text)
