"""Images that can't serve, and archives that mean harm: one clear message, or a stated repair with its count."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evaluator.errors import DataError, InputError
from evaluator.intake.archives import ArchiveLimits, open_archive
from evaluator.intake.images import list_images
from evaluator.intake.images_decode import MAX_PIXELS, decode
from evaluator.tasks import image as image_task
from evaluator.tasks.image.prepare import encode
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import Asked, Question
from tests.image_data import class_folders, file_of, picture, poc_for, write_folder, write_zip

pytestmark = pytest.mark.faults

_JAPANESE = re.compile(r"[ぁ-ん]")


def ask(path: Path, **options: object) -> Question:
    return image_task.question([path], Asked(options=checked(image_task, options)))  # type: ignore[arg-type]


def assert_told(error: pytest.ExceptionInfo[InputError], what: str, where: str = "") -> None:
    told = error.value
    assert re.search(what, told.what.en), told.what.en
    assert where in told.where
    assert told.cure is not None
    for text in (told.what, told.cure):
        assert _JAPANESE.search(text.ja), text.ja
        assert not _JAPANESE.search(text.en), text.en
    assert "\n" not in told.line("ja")


def test_a_bomb_is_refused_by_its_directory_alone(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "bomb.zip", {"a/1.png": bytes(30_000_000)})
    with pytest.raises(DataError) as error:
        ask(path)
    assert_told(error, "bomb", "bomb.zip/a/1.png")


def test_many_small_tight_files_are_a_bomb_too(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "bomb.zip", {f"a/{number}.png": bytes(900_000) for number in range(15)})
    with pytest.raises(DataError) as error:
        ask(path)
    assert_told(error, "bomb", "bomb.zip")


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (ArchiveLimits(most_files=3), "files; the limit is 3"),
        (ArchiveLimits(most_bytes=1000), "Unpacked"),
        (ArchiveLimits(largest=100), "One file takes"),
    ],
)
def test_archives_are_held_to_limits(tmp_path: Path, limits: ArchiveLimits, what: str) -> None:
    path = write_zip(tmp_path / "a.zip", class_folders())
    with pytest.raises(DataError) as error, open_archive(path, limits):
        pass
    assert_told(error, what, "a.zip")


def test_entries_that_share_bytes_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a/1.png": b"x" * 1000, "a/2.png": b"y" * 1000})
    content = bytearray(path.read_bytes())
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = (0).to_bytes(4, "little")  # the second entry points at the first one's bytes
    path.write_bytes(content)
    with pytest.raises(DataError) as error, open_archive(path):
        pass
    assert_told(error, "bomb")


@pytest.mark.parametrize(
    "name", ["../a.png", "a/../../b.png", "/etc/a.png", "C:\\a.png", "a\\..\\..\\b.png", "a\x01.png"]
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "a.zip", {**class_folders(), name: file_of(picture("bar", 1))})
    with pytest.raises(DataError) as error:
        ask(path)
    assert_told(error, "refused for safety", "a.zip/")
    assert sorted(tmp_path.iterdir()) == [path]


def test_links_in_an_archive_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", class_folders())
    with zipfile.ZipFile(path, "a") as stream:
        link = zipfile.ZipInfo("bar/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        stream.writestr(link, "/etc/passwd")
    with pytest.raises(DataError) as error:
        ask(path)
    assert_told(error, "link")


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(file_of(picture("dot", 99)))
    folder = write_folder(tmp_path / "in", class_folders())
    (folder / "bar" / "link.png").symlink_to(outside)
    (folder / "all").symlink_to(tmp_path)
    listing = list_images([folder])
    assert listing.left_out["link"] == 2
    assert len(listing.names) == 36


def test_a_list_can_not_reach_out_through_a_link(tmp_path: Path) -> None:
    outside = write_folder(tmp_path / "outside", class_folders())
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "door").symlink_to(outside)
    (folder / "list.csv").write_text("path,label\n" + "".join(f"door/{n},{n[:3]}\n" for n in class_folders()))
    with pytest.raises(DataError) as error:
        ask(folder / "list.csv")
    assert_told(error, "leads out")


def test_a_password_is_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", class_folders())
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        ask(path)
    assert_told(error, "password")


def test_a_cut_archive_is_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", class_folders())
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError) as error:
        ask(path)
    assert_told(error, "damaged", "a.zip")


def test_archives_within_are_counted_and_never_opened(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as stream:
        stream.writestr("../evil.png", b"x")
    path = write_zip(tmp_path / "a.zip", {**class_folders(), "bar/more.zip": inner.getvalue()})
    assert list_images([path]).left_out["nested_archive"] == 1
    only = write_zip(tmp_path / "only.zip", {"more.zip": inner.getvalue()})
    with pytest.raises(DataError) as error:
        ask(only)
    assert_told(error, "Archives within")


def test_rubbish_and_other_files_are_left_out(tmp_path: Path) -> None:
    rubbish = {"__MACOSX/bar/._001.png": b"x", "bar/.DS_Store": b"x", "bar/Thumbs.db": b"x", "README.txt": b"hello"}
    listing = list_images([write_zip(tmp_path / "a.zip", {**class_folders(), **rubbish})])
    assert listing.left_out["rubbish"] == 3
    assert listing.left_out["other_file"] == 1


def test_bad_images_are_skipped_and_counted(tmp_path: Path) -> None:
    good = file_of(picture("bar", 500, 32))
    bad = {
        "bar/empty.png": b"",
        "bar/cut.png": good[: len(good) // 2],
        "bar/text.png": b"hello",
        "bar/odd.svg": b"<svg/>",
        "bar/000_mask.png": file_of(picture("dot", 501)),
        "dot/copy.png": class_folders()["dot/000.png"],
    }
    path = write_zip(tmp_path / "a.zip", {**class_folders(), **bad})
    codes = {finding.code for finding in ask(path).findings}
    assert {"images_empty", "images_damaged", "images_mask", "images_other_file"} <= codes
    data = encode(poc_for(path))
    assert data.rows == 36
    told = " ".join(text.en for text in data.repairs)
    assert "1 of 40 images skipped: empty" in told
    assert "2 of 40 images skipped: damaged" in told
    assert "1 of 40 images skipped: the same in every pixel" in told
    assert "masks" in told


@pytest.mark.parametrize("mask", ["masks/{name}", "Masks/{stem}.tif", "{folder}/masks/{file}"])
def test_folders_of_masks_are_no_sites_and_no_classes(tmp_path: Path, mask: str) -> None:
    images = class_folders()
    top = "images/" if mask[0] != "{" else ""
    files = {top + name: content for name, content in images.items()}
    for name in images:
        folder, file = name.split("/")
        path = mask.format(name=name, folder=folder, file=file, stem=name.removesuffix(".png"))
        files[path] = file_of(picture("dot", 1))
    listing = list_images([write_zip(tmp_path / "a.zip", files)])
    assert (listing.left_out["mask"], listing.site) == (len(images), "")
    assert set(listing.classes) == {"bar", "cross", "dot"}
    assert listing.images_found == 2 * len(images)


def test_a_class_called_masks_is_a_class(tmp_path: Path) -> None:
    files = {name.replace("bar/", "mask/").replace("dot/", "no_mask/"): one for name, one in class_folders().items()}
    assert set(list_images([write_zip(tmp_path / "a.zip", files)]).classes) == {"cross", "mask", "no_mask"}


def test_an_empty_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.touch()
    with pytest.raises(DataError) as error:
        ask(path)
    assert_told(error, "0 bytes", "a.zip")


def test_a_picture_that_claims_too_many_pixels_is_refused_by_its_header() -> None:
    header = bytearray(file_of(picture("bar", 1)))
    side = int(MAX_PIXELS**0.5) + 1
    header[16:24] = side.to_bytes(4, "big") * 2
    import zlib

    header[29:33] = zlib.crc32(bytes(header[12:29])).to_bytes(4, "big")
    assert decode(bytes(header), 8, "grey") == "too_large"


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"\0" * 100, b"II*\0" + b"\xff" * 50, b"GIF89a"]
)
def test_what_is_no_image_is_damaged_not_a_crash(content: bytes) -> None:
    assert decode(content, 8, "rgb") == "damaged"


def test_every_prefix_of_an_image_is_read_or_told(tmp_path: Path) -> None:
    colours = np.random.default_rng(0).integers(0, 255, (16, 16, 3)).astype(np.uint8)
    for form in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"):
        whole = file_of(colours, form)
        for cut in range(1, len(whole), max(1, len(whole) // 40)):
            assert not isinstance(decode(whole[:cut], 8, "rgb"), str) or decode(whole[:cut], 8, "rgb") == "damaged"


def test_one_image_a_class_is_told(tmp_path: Path) -> None:
    files = {f"person{n}/1.png": file_of(picture("dot", n)) for n in range(40)}
    with pytest.raises(DataError) as error:
        ask(write_zip(tmp_path / "a.zip", files))
    assert_told(error, "40 classes, 1 of the fullest")


def test_images_without_class_folders_are_told(tmp_path: Path) -> None:
    files = {f"{n}.png": file_of(picture("dot", n)) for n in range(40)}
    with pytest.raises(DataError) as error:
        ask(write_zip(tmp_path / "a.zip", files))
    assert_told(error, "class folders")


def test_mostly_damaged_images_are_told(tmp_path: Path) -> None:
    files = {name: content[:40] for name, content in class_folders().items()}
    with pytest.raises(DataError) as error:
        ask(write_zip(tmp_path / "a.zip", files))
    assert_told(error, "36 can't be read")


def test_mixed_sizes_are_made_one_and_told(tmp_path: Path) -> None:
    wide = {
        f"bar/wide{n}.png": file_of(Image.fromarray(picture("bar", 700 + n, 40)).resize((60, 20))) for n in range(6)
    }
    path = write_zip(tmp_path / "a.zip", {**class_folders(), **wide})
    assert "images_resized" in {finding.code for finding in ask(path).findings}
    assert encode(poc_for(path)).train.x.shape[1:] == (1, 8, 8)


def test_a_table_without_paths_is_told(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,b\n1,x\n2,y\n")
    with pytest.raises(DataError) as error:
        ask(table)
    assert_told(error, "No column holds paths")


def test_a_list_of_images_that_are_not_there_is_told(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("path,label\n" + "".join(f"{n}.png,{n % 2}\n" for n in range(50)))
    with pytest.raises(DataError) as error:
        ask(table)
    assert_told(error, "only 0 were found")


@pytest.mark.parametrize("options", [{"size": 5}, {"size": 100}, {"depth": 17}, {"colour": "blue"}, {"sides": 3}])
def test_options_that_do_not_fit_are_told(tmp_path: Path, options: dict[str, object]) -> None:
    path = write_zip(tmp_path / "a.zip", class_folders())
    with pytest.raises(InputError) as error:
        ask(path, **options)
    assert "options." in error.value.where
