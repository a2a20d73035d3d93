"""What a user is told of images that were left out or mended: each with its count."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.intake.findings import Finding, Severity
from scorecards.local_text import LocalText

_LEFT_OUT: Mapping[str, tuple[str, str]] = {
    "mask": (
        "元の画像に付随するマスク画像 (*_mask、masks フォルダーなど)",
        "masks of other images (*_mask, a folder masks and the like)",
    ),
    "empty": ("0 バイト", "empty (0 bytes)"),
    "damaged": (
        "壊れている、途中で切れている、または対応していない形式",
        "damaged, cut short, or in no format that is read",
    ),
    "too_large": ("大きすぎる (5,000 万画素超)", "too large (more than 50 million pixels)"),
    "small_class": ("画像が 5 枚に満たないクラス", "in classes of fewer than 5 images"),
    "copy": ("ほかの画像と画素がすべて同じ", "the same in every pixel as another one"),
    "loose": ("どのフォルダーにも入っていない", "in no class folder"),
    "missing": ("一覧表にあるが見つからない", "listed, but not found"),
}
_FILES: Mapping[str, tuple[str, str]] = {
    "nested_archive": ("アーカイブの中のアーカイブ (開きません)", "archives within, which are not opened"),
    "link": ("リンク (たどりません)", "links, which are not followed"),
    "twice": ("同じ名前やパスの重複", "named twice"),
    "no_label": ("パス・クラス・拠点のいずれかが空の行", "rows without path, label or site"),
    "other_file": ("画像以外のファイル", "no images"),
    "rubbish": (
        "OS が残した不要ファイル (__MACOSX など)",
        "left behind by an operating system (__MACOSX and the like)",
    ),
}
_MENDED: Mapping[str, tuple[str, str]] = {
    "turned": ("EXIF の向きに合わせて回転しました", "turned upright as the EXIF data says"),
    "sixteen_bit": ("8 ビットを超える階調を 8 ビットにしました", "reduced to 8 bits"),
    "transparent": ("透明な部分を白にしました", "transparent parts made white"),
    "cmyk": ("CMYK を RGB に変換しました", "converted from CMYK to RGB"),
    "animated": (
        "アニメーションや複数ページの先頭だけを使います",
        "animated or of many pages, of which the first is used",
    ),
    "resized": ("大きさをそろえました", "resized to one size"),
}
_INFO = ("other_file", "rubbish", "twice", "resized")


def repair_text(code: str, count: int, total: int) -> LocalText:
    """Return e.g. '37 of 5,000 images skipped: damaged…'; `total`: images looked at. Raises KeyError for no code."""
    if code in _MENDED:
        ja, en = _MENDED[code]
        return LocalText(ja=f"画像 {total:,} 枚中 {count:,} 枚: {ja}。", en=f"{count:,} of {total:,} images: {en}.")
    if code in _FILES:
        ja, en = _FILES[code]
        return LocalText(ja=f"{count:,} 件を除外しました: {ja}。", en=f"Files or rows left out: {count:,} ({en}).")
    ja, en = _LEFT_OUT[code]
    return LocalText(
        ja=f"画像 {total:,} 枚中 {count:,} 枚を除外しました: {ja}。", en=f"{count:,} of {total:,} images skipped: {en}."
    )


def repairs(counts: Mapping[str, int], total: int) -> tuple[LocalText, ...]:
    """Return a text for everything counted, in a fixed order."""
    codes = [code for code in (*_LEFT_OUT, *_FILES, *_MENDED) if counts.get(code)]
    return tuple(repair_text(code, counts[code], total) for code in codes)


def findings(counts: Mapping[str, int], total: int) -> tuple[Finding, ...]:
    """Return a finding for everything counted; what may be a surprise is a warning."""
    codes = [code for code in (*_LEFT_OUT, *_FILES, *_MENDED) if counts.get(code)]
    return tuple(_finding(code, repair_text(code, counts[code], total)) for code in codes)


def _finding(code: str, text: LocalText) -> Finding:
    severity: Severity = "info" if code in _INFO or code in _MENDED else "warning"
    cure = LocalText(
        ja="このまま進められます。意図と異なる場合は、元のファイルをご確認ください。",
        en="You can go on as it is; look at the files where this isn't what you meant.",
    )
    return Finding(f"images_{code}", "", severity, text, cure)
