from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evaluator.errors import DataError
from evaluator.intake.archives import open_archive
from evaluator.intake.images import list_images
from evaluator.intake.images_decode import Decoded, decode
from evaluator.intake.images_folders import by_folders, split_masks
from evaluator.intake.images_remarks import findings, repair_text
from tests.image_data import CLASSES, class_folders, file_of, picture, write_folder, write_zip


def decoded(content: bytes, size: int | None = None, colour: str = "rgb") -> Decoded:
    found = decode(content, size, colour)  # type: ignore[arg-type]
    assert isinstance(found, Decoded), found
    return found


def test_a_zip_of_class_folders_gives_classes(tmp_path: Path) -> None:
    listing = list_images([write_zip(tmp_path / "a.zip", class_folders())])
    assert listing.classes == CLASSES
    assert len(listing.names) == 36
    assert listing.site == listing.label == ""
    assert all(name.split("/")[0] == label for name, label in zip(listing.names, listing.labels, strict=True))


def test_a_folder_gives_the_same_as_its_zip(tmp_path: Path) -> None:
    files = class_folders(top="everything/")
    zipped = list_images([write_zip(tmp_path / "a.zip", files)])
    folder = list_images([write_folder(tmp_path / "open", files)])
    assert (folder.labels, folder.sites) == (zipped.labels, zipped.sites)
    again = list_images([Path(name) for name in folder.data_source().files])  # as a PoC finds them again
    assert (again.names, again.labels) == (folder.names, folder.labels)


def test_top_folders_with_the_same_classes_are_sites(tmp_path: Path) -> None:
    files = class_folders(top="north/") | class_folders(top="south/")
    path = write_zip(tmp_path / "a.zip", files)
    listing = list_images([path])
    assert listing.site == "top_folder"
    assert set(listing.sites) == {"north", "south"}
    assert listing.classes == CLASSES
    assert list_images([path], site="").site == ""
    assert list_images([path], sites="none").classes == CLASSES  # the folders' classes are still the same ones


def test_train_and_test_are_neither_sites_nor_classes(tmp_path: Path) -> None:
    files = class_folders(top="data/train/") | class_folders(top="data/test/")
    listing = list_images([write_zip(tmp_path / "a.zip", files)])
    assert listing.site == ""
    assert listing.classes == CLASSES
    assert listing.merged == ("test", "train")


def test_folders_in_folders_count_as_of_their_class() -> None:
    found = by_folders(["cat/a.png", "cat/monday/b.png", "dog/c.png"], "auto", "x.zip")
    assert found.labels == ("cat", "cat", "dog")
    assert found.nested == 1
    apart = by_folders(["greek/alpha/a.png", "latin/a/a.png"], "auto", "x.zip")
    assert apart.labels == ("greek/alpha", "latin/a")


def test_top_folders_asked_for_as_sites_must_be_there() -> None:
    with pytest.raises(DataError):
        by_folders(["cat/a.png", "dog/c.png"], "top_folder", "x.zip")


def test_masks_are_told_from_images_by_the_image_beside_them() -> None:
    names = ["a/x.png", "a/x_mask.png", "a/x_mask_1.png", "a/y_mask.png", "b/benign (1).jpg", "b/benign (1)_mask.png"]
    kept, masks = split_masks(names)
    assert kept == ("a/x.png", "a/y_mask.png", "b/benign (1).jpg")
    assert masks == 3


def test_a_list_tells_labels_and_sites_of_images_beside_it(tmp_path: Path) -> None:
    write_folder(tmp_path, class_folders(top="pictures/"))
    rows = [f"pictures/{label}/{i:03d}.png,{label},{'ab'[i % 2]}" for label in CLASSES for i in range(12)]
    table = tmp_path / "list.csv"
    table.write_text("file,label,clinic\n" + "\n".join([*rows, "pictures/gone.png,bar,a", rows[0]]) + "\n")
    listing = list_images([table])
    assert (listing.label, listing.site) == ("label", "clinic")
    assert listing.classes == CLASSES
    assert set(listing.sites) == {"a", "b"}
    assert listing.left_out["missing"] == 1
    assert listing.left_out["twice"] == 1
    assert len(listing.data_source().files) == 37


def test_a_list_tells_labels_of_images_in_a_zip(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", class_folders(top="deep/pictures/"))
    table = tmp_path / "list.csv"
    table.write_text(
        "path,size,answer\n"
        + "\n".join(f"pictures/{c}/{i:03d}.png,{i + 0.5},{len(c)}" for c in CLASSES for i in range(12))
    )
    listing = list_images([table, path], target="answer")
    assert listing.classes == ("3", "5")  # bar and dot are three letters long
    assert len(listing.names) == 36


def test_paths_in_a_list_stay_within_its_folder(tmp_path: Path) -> None:
    for path in ("../secret.png", "/etc/secret.png", "C:\\secret.png", "~/secret.png"):
        table = tmp_path / "list.csv"
        table.write_text(f"path,label\nok.png,a\n{path},b\n")
        with pytest.raises(DataError) as error:
            list_images([table])
        assert "list.csv:3" in error.value.line("en")


def test_japanese_names_written_by_windows_are_read(tmp_path: Path) -> None:
    path, cp932 = tmp_path / "a.zip", "合格".encode("cp932")
    with zipfile.ZipFile(path, "w") as stream:  # plain names first, as no library writes others without the flag
        for name, content in class_folders(12).items():
            stream.writestr(f"XXXX_{name}" if name.startswith("bar") else name, content)
    path.write_bytes(path.read_bytes().replace(b"XXXX", cp932))
    assert "合格_bar" in list_images([path]).classes


def test_small_classes_are_left_out_and_counted(tmp_path: Path) -> None:
    files = class_folders() | {"rare/1.png": file_of(picture("dot", 5))}
    listing = list_images([write_zip(tmp_path / "a.zip", files)])
    assert "rare" not in listing.classes
    assert listing.left_out["small_class"] == 1


def test_an_archive_reads_what_it_declares(tmp_path: Path) -> None:
    with open_archive(write_zip(tmp_path / "a.zip", {"x/a.txt": b"hello", "x/b.txt": b""})) as archive:
        assert [(member.name, archive.read(member)) for member in archive.members] == [
            ("x/a.txt", b"hello"),
            ("x/b.txt", b""),
        ]


def test_sixteen_bits_become_eight() -> None:
    image = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    found = decoded(file_of(Image.fromarray(image)), colour="grey")
    assert found.mended == ("sixteen_bit",)
    assert (found.pixels.min(), found.pixels.max()) == (0, 255)
    assert found.grey


def test_cmyk_palette_and_transparency_become_colours() -> None:
    red = Image.new("RGB", (8, 8), (255, 0, 0))
    cmyk = decoded(file_of(red.convert("CMYK"), "TIFF"))
    assert cmyk.mended == ("cmyk",)
    assert cmyk.pixels[0, 0].tolist() == [255, 0, 0]
    palette = decoded(file_of(red.convert("P", palette=Image.Palette.ADAPTIVE), "GIF"))
    assert abs(palette.pixels[0, 0].astype(int) - [255, 0, 0]).max() < 10
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    see_through = decoded(file_of(clear))
    assert see_through.mended == ("transparent",)
    assert see_through.pixels[0, 0].tolist() == [255, 255, 255]


def test_the_first_frame_of_an_animation_counts() -> None:
    frames = [Image.new("L", (8, 8), shade) for shade in (10, 200, 90)]
    for form in ("GIF", "TIFF", "WEBP"):
        settings = {"lossless": True} if form == "WEBP" else {}
        found = decoded(file_of(frames[0], form, save_all=True, append_images=frames[1:], **settings), colour="grey")
        assert found.mended == ("animated",), form
        assert abs(int(found.pixels[0, 0, 0]) - 10) < 4, form


def test_a_photograph_is_turned_upright() -> None:
    image = np.zeros((8, 16), dtype=np.uint8)
    image[:, :8] = 255  # left is bright
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise: left comes to lie on top
    found = decoded(file_of(Image.fromarray(image), "JPEG", exif=exif, quality=95), colour="grey")
    assert found.mended == ("turned",)
    assert (found.width, found.height) == (8, 16)
    assert found.pixels[2, 4, 0] > 200 > 50 > found.pixels[13, 4, 0]


def test_images_are_resized_and_colour_is_told_from_grey() -> None:
    grey = decoded(file_of(picture("bar", 1, 20)), 12, "rgb")
    assert grey.pixels.shape == (12, 12, 3)
    assert (grey.width, grey.height, grey.grey) == (20, 20, True)
    assert not decoded(file_of(Image.new("RGB", (8, 8), (200, 20, 20)))).grey
    assert decoded(file_of(Image.new("RGB", (8, 8), (90, 90, 90)), "JPEG")).grey


def test_everything_left_out_is_told_with_its_count() -> None:
    found = findings({"damaged": 37, "mask": 2, "turned": 0}, 5000)
    assert [finding.code for finding in found] == ["images_mask", "images_damaged"]
    assert repair_text("damaged", 37, 5000).en.startswith("37 of 5,000 images skipped")
    assert "5,000 枚中 37 枚" in repair_text("damaged", 37, 5000).ja


def test_a_list_without_names_is_read_the_same_when_it_is_prepared(tmp_path: Path) -> None:
    write_folder(tmp_path, class_folders())
    table = tmp_path / "list.csv"
    table.write_text("".join(f"{label}/{i:03d}.png,{label}\n" for label in CLASSES for i in range(12)))
    listing = list_images([table])
    assert len(listing.names) == 36
    assert not listing.data_source().header
    again = list_images([table], target=listing.label, header=False)
    assert again.names == listing.names


def test_more_loose_files_than_a_question_can_name_are_to_be_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluator.intake.images_files.MOST_LOOSE_FILES", 35)
    with pytest.raises(DataError) as error:
        list_images([write_folder(tmp_path, class_folders())])
    assert "ZIP" in error.value.line("ja")
