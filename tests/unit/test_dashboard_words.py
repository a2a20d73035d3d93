"""The words files: the same keys and figures in both languages, and exactly those that the pages use."""

from __future__ import annotations

import re
import string
from pathlib import Path

from dashboard.wording import Words, all_words

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard"
# Families of keys that code puts together: `words(f"listing.filters.{name}")`.
BUILT = re.compile(r'f"([a-z_]+(?:\.[a-z_]+)*)\.\{')
PLAIN = re.compile(r"""["']([a-z_]+(?:\.[a-z_]+)+)["']""")


def sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in DASHBOARD.rglob("*.py"))


def figures(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert set(all_words("ja")) == set(all_words("en"))


def test_each_text_names_the_same_figures_in_both_languages() -> None:
    different = [key for key, text in all_words("ja").items() if figures(text) != figures(all_words("en")[key])]
    assert not different


def test_every_key_that_a_page_names_exists() -> None:
    text = sources()
    known = set(all_words("ja"))
    sections = {key.partition(".")[0] for key in known}
    asked = {key for key in PLAIN.findall(text) if key.partition(".")[0] in sections}
    files_and_metrics = {"quality.auc"}
    assert not {key for key in asked - known - files_and_metrics if not key.endswith((".yaml", ".csv"))}


def test_no_text_is_left_over() -> None:
    text = sources()
    families = tuple(f"{family}." for family in BUILT.findall(text))
    named = set(PLAIN.findall(text))
    unused = [key for key in all_words("ja") if key not in named and not key.startswith(families)]
    assert not unused


def test_japanese_is_japanese_and_english_is_english() -> None:
    kana_or_kanji = re.compile(r"[぀-ヿ一-鿿]")
    assert not [key for key, text in all_words("en").items() if kana_or_kanji.search(text)]
    same = {key for key, text in all_words("ja").items() if text == all_words("en")[key]}
    assert all(not re.search(r"[a-z]{4,} [a-z]{3,}", all_words("ja")[key]) for key in same)


def test_words_fill_in_figures_and_refuse_unknown_keys() -> None:
    assert Words("en")("record.sites", count="3,000") == "3,000 sites"
    assert "no.such.key" not in Words("ja")


def test_overlapping_bands_are_not_said_to_decide() -> None:
    """Bands of single variants may overlap where the paired difference is clear, and the other way round."""
    for language, false in (("ja", "はっきりしません"), ("en", "is not clear")):
        said = all_words(language)["evidence.trials_meaning"]
        assert false not in said
        assert all_words(language)["evidence.rivals"] in said
