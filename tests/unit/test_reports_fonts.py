"""The slides carry their typeface: the PPTX's parts are read back here without the code that wrote them."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from lxml import etree

from scorecards.local_text import LANGUAGES, Language
from scorecards.reports import render
from scorecards.reports.embedded_font import eot
from scorecards.reports.font_cut import subset_font
from tests.example_record import Kind, example_record

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
FONT_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
BEFORE_FONTS = ("sldMasterIdLst", "notesMasterIdLst", "handoutMasterIdLst", "sldIdLst", "sldSz", "notesSz", "smartTags")
INVISIBLE = "\n\r\t\v"


@dataclass(frozen=True)
class EotHead:
    size: int
    font_size: int
    version: int
    flags: int
    panose: bytes
    charset: int
    italic: int
    weight: int
    licence: int
    magic: int
    ranges: tuple[int, ...]
    checksum: int
    names: tuple[str, ...]
    root: str
    end: int


def read_eot(data: bytes) -> EotHead:
    """Read the header as the W3C member submission of 2008 lays it out, section 'Version 0x00020001'."""
    size, font_size, version, flags = struct.unpack_from("<4I", data, 0)
    charset, italic = data[26], data[27]
    weight, licence, magic = struct.unpack_from("<IHH", data, 28)
    ranges = struct.unpack_from("<6I", data, 36)
    checksum, *reserved = struct.unpack_from("<5I", data, 60)
    assert reserved == [0, 0, 0, 0]
    texts, place = [], 80
    for _ in range(5):  # family, style, version, full name, root string
        padding, length = struct.unpack_from("<HH", data, place)
        assert padding == 0
        texts.append(data[place + 4 : place + 4 + length].decode("utf-16-le"))
        place += 4 + length
    return EotHead(
        size, font_size, version, flags, data[16:26], charset, italic, weight, licence, magic,
        ranges, checksum, tuple(texts[:4]), texts[4], place,
    )  # fmt: skip


@cache
def deck(kind: Kind, language: Language) -> bytes:
    return render(example_record(kind), "pptx", language)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def embedded(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return face → EOT file, as presentation.xml and its relationships name them."""
    links = {
        link.get("Id"): link
        for link in etree.fromstring(files["ppt/_rels/presentation.xml.rels"])
        if link.get("Type") == FONT_RELATIONSHIP
    }
    listed = etree.fromstring(files["ppt/presentation.xml"]).find(f"{P}embeddedFontLst/{P}embeddedFont")
    assert listed.find(f"{P}font").get("typeface") == "Noto Sans JP"
    faces = [face for face in listed if face.get(f"{R}id")]
    return {
        etree.QName(face).localname: files[f"ppt/{links[face.get(f'{R}id')].get('Target').removeprefix('/ppt/')}"]
        for face in faces
    }


def inner_font(data: bytes) -> TTFont:
    return TTFont(io.BytesIO(data[read_eot(data).end :]))


def shown_texts(files: dict[str, bytes]) -> dict[str, str]:
    """Return part → everything in it that a reader sees: runs of slides, tables and notes, and what charts cache."""
    wanted = ("ppt/slides/slide", "ppt/notesSlides/notesSlide", "ppt/charts/chart")
    return {
        name: "".join(node.text or "" for node in etree.fromstring(data).iter(f"{A}t", f"{C}v"))
        for name, data in files.items()
        if name.startswith(wanted) and name.endswith(".xml")
    }


@pytest.mark.parametrize("kind", ["conditional", "infinite"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_of_the_slides_has_a_glyph_in_both_embedded_faces(kind: Kind, language: Language) -> None:
    files = parts(deck(kind, language))
    texts = shown_texts(files)
    assert sum(name.startswith("ppt/charts/") for name in texts) >= 5
    assert sum(name.startswith("ppt/notesSlides/") for name in texts) >= 8
    faces = embedded(files)
    assert set(faces) == {"regular", "bold"}
    for data in faces.values():
        with inner_font(data) as font:
            glyphs, outlines = font.getBestCmap(), font["glyf"]
            for name, text in texts.items():
                missing = {letter for letter in text if ord(letter) not in glyphs} - set(INVISIBLE)
                assert missing == set(), name
            drawn = (letter for text in texts.values() for letter in text if not letter.isspace())
            assert all(outlines[glyphs[ord(letter)]].numberOfContours != 0 for letter in set(drawn))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_header_tells_of_the_font_that_follows_it(language: Language) -> None:
    for face, weight in (("regular", 400), ("bold", 700)):
        data = embedded(parts(deck("conditional", language)))[face]
        head = read_eot(data)
        assert head.size == len(data) and head.end + head.font_size == len(data)
        assert (head.version, head.flags, head.magic, head.charset) == (0x00020001, 0, 0x504C, 1)
        assert (head.root, head.italic, head.weight) == ("", 0, weight)
        with inner_font(data) as font:
            os2 = font["OS/2"]
            assert head.licence == os2.fsType == 0  # may be embedded and installed
            assert head.checksum == font["head"].checkSumAdjustment
            assert head.names == tuple(str(font["name"].getDebugName(number)) for number in (1, 2, 5, 4))
            assert head.names[0] == "Noto Sans JP"
            assert head.panose[:3] == bytes((os2.panose.bFamilyType, os2.panose.bSerifStyle, os2.panose.bWeight))
            assert head.ranges == (
                os2.ulUnicodeRange1, os2.ulUnicodeRange2, os2.ulUnicodeRange3, os2.ulUnicodeRange4,
                os2.ulCodePageRange1, os2.ulCodePageRange2,
            )  # fmt: skip


def test_the_list_of_fonts_stands_where_the_schema_wants_it() -> None:
    files = parts(deck("conditional", "ja"))
    root = etree.fromstring(files["ppt/presentation.xml"])
    order = [etree.QName(child).localname for child in root]
    place = order.index("embeddedFontLst")
    assert set(order[:place]) <= set(BEFORE_FONTS) and "notesSz" in order[:place]
    assert set(order[place + 1 :]) & set(BEFORE_FONTS) == set()
    assert b'Extension="fntdata" ContentType="application/x-fontdata"' in files["[Content_Types].xml"]


def test_a_deck_with_its_fonts_stays_small_and_is_the_same_each_time() -> None:
    content = deck("conditional", "ja")
    fonts = embedded(parts(content))
    assert len(content) < 1_000_000 and sum(len(data) for data in fonts.values()) < 600_000
    again = embedded(parts(render(example_record("conditional"), "pptx", "ja")))
    assert again == fonts


def test_a_font_that_forbids_embedding_is_refused() -> None:
    buffer = io.BytesIO()
    with TTFont(io.BytesIO(subset_font("Regular", "ab", "truetype"))) as font:
        font["OS/2"].fsType = 0x0002
        font.save(buffer)
    with pytest.raises(ValueError, match="licence"):
        eot(buffer.getvalue())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_slides(tmp_path: Path) -> None:
    (tmp_path / "deck.pptx").write_bytes(deck("conditional", "en"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "deck.pptx")], check=True, capture_output=True, timeout=120)
    pages = pypdfium2.PdfDocument((tmp_path / "deck.pdf").read_bytes())
    texts = [page.get_textpage().get_text_range() for page in pages]
    assert len(texts) == sum(name.startswith("ppt/slides/slide") for name in parts(deck("conditional", "en")))
    assert "Conditional" in texts[0]
