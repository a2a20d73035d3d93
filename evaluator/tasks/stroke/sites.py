"""Which drawing belongs to which site: by a field, by the trace's number, or by its place; small ones become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluator.errors import DataError
from evaluator.intake.findings import Finding
from evaluator.intake.names import is_site_name, words
from evaluator.intake.remarks_wording import count_of
from evaluator.intake.strokes_forms import Drawing
from evaluator.tasks.stroke.options import NONE
from scorecards.local_text import LocalText

OTHERS = "(others)"
LEAST_DRAWINGS = 20
"""A site with fewer drawings is too small to be trained and tested on."""
MOST_DISTINCT = 2_000
"""A field with more values than this tells single drawings apart, not who drew them."""
DRAWER = "drawer"
PLACES = ("top_folder", "folder", "file")
"""Labels that come from where a file lies; 'folder' is every folder down to the file."""
_PEOPLE = frozenset({"writer", "author", "user", "participant", "person", "drawer", "artist", "subject", "hand"})
_CLASSES = frozenset({"word", "alphabet", "class", "category", "label", "script", "language", "group"})


@dataclass(frozen=True)
class Sites:
    """Each drawing's site ('' without sites), their names in order, and what was merged. `found`: sites at first."""

    of: tuple[str, ...]
    names: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def own(self) -> tuple[str, ...]:
        """Return the sites but for the one that gathers the small ones."""
        return tuple(name for name in self.names if name != OTHERS)


def propose(drawings: Sequence[Drawing]) -> tuple[str, LocalText]:
    """Return the label that may play the site ('none' if none may) and why: people first, then places, then classes."""
    large = {name: count for name, count in _large_sites(drawings).items() if count > 1}
    people = [name for name in large if _means_people(name) and name != DRAWER]
    if people:
        return people[0], LocalText(
            ja=f"項目「{people[0]}」が書き手を表すとみられるためです。",
            en=f"The field '{people[0]}' seems to tell who drew.",
        )
    if DRAWER in large:
        return DRAWER, LocalText(
            ja=f"ファイル名の末尾の番号が {large[DRAWER]:,} 人の書き手を表すとみられるためです"
            " (同じ番号は同じ書き手とします)。",
            en=f"The numbers that end the files' names seem to tell {large[DRAWER]:,} drawers apart (the same number "
            "is taken for the same drawer).",
        )
    for name in (*PLACES[:1], PLACES[2]):
        if name in large:
            return name, LocalText(
                ja=f"描画が {large[name]:,} 個の{_place(name).ja}に分かれているためです。",
                en=f"The drawings lie in {large[name]:,} {_place(name).en}.",
            )
    classes = [name for name in large if set(words(name)) & _CLASSES]
    if classes:
        return classes[0], LocalText(
            ja=f"書き手の項目がなく、「{classes[0]}」で分けられるためです。",
            en=f"There is no field of writers; '{classes[0]}' divides the drawings.",
        )
    return NONE, LocalText(ja="書き手の区別が見つからないためです。", en="Nothing was found that tells writers apart.")


def by_site(drawings: Sequence[Drawing], label: str, most: int) -> Sites:
    """Return each drawing's site by `label`. `most`: sites kept; those beyond, and those too small, become OTHERS.

    Raises DataError where there is no such label, or fewer than two sites have enough drawings.
    """
    if label == NONE:
        return Sites(("",) * len(drawings), (), ())
    named = [one.labels.get(label, "") for one in drawings]
    if not any(named):
        raise _no_label(drawings, label)
    counts = Counter(name for name in named if name)
    by_size = sorted(
        (name for name in counts if counts[name] >= LEAST_DRAWINGS), key=lambda name: (-counts[name], name)
    )
    kept = set(by_size[:most])
    if len(kept) < 2:
        raise _too_few(label, len(counts), len(by_size))
    of = tuple(name if name in kept else OTHERS for name in named)
    gathered = of.count(OTHERS)
    names = tuple(sorted(kept)) + ((OTHERS,) if gathered else ())
    findings = (_merged(len(counts) - len(kept), most, gathered),) if gathered else ()
    return Sites(of, names, findings)


def _large_sites(drawings: Sequence[Drawing]) -> dict[str, int]:
    """Return by label how many of its values have enough drawings; labels with too many values are left out."""
    counts: dict[str, Counter[str]] = {}
    for one in drawings:
        for name, value in one.labels.items():
            own = counts.setdefault(name, Counter())
            if value in own or len(own) <= MOST_DISTINCT:
                own[value] += 1
    return {
        name: sum(count >= LEAST_DRAWINGS for count in values.values())
        for name, values in counts.items()
        if len(values) <= MOST_DISTINCT
    }


def _means_people(name: str) -> bool:
    return bool(set(words(name)) & _PEOPLE) or is_site_name(name)


def _place(name: str) -> LocalText:
    places: Mapping[str, LocalText] = {
        "top_folder": LocalText(ja="フォルダー", en="folders"),
        "file": LocalText(ja="ファイル", en="files"),
    }
    return places[name]


def _merged(sites: int, most: int, drawings: int) -> Finding:
    return Finding(
        "strokes_small_sites",
        "",
        "info",
        LocalText(
            ja=f"描画が {LEAST_DRAWINGS} 枚に満たない拠点、または多い順に {most:,} 番目より後の拠点 {sites:,} か所と、"
            f"拠点の書かれていない描画 (合わせて {drawings:,} 枚) を 1 つの拠点「{OTHERS}」にまとめました。",
            en=f"{count_of(sites, 'site')} with less than {LEAST_DRAWINGS} drawings, or beyond the {most:,} largest, "
            f"and drawings without a site became one site '{OTHERS}' ({drawings:,} drawings).",
        ),
        LocalText(ja="上限は設定 max_sites で変えられます。", en="The option max_sites changes the limit."),
    )


def _no_label(drawings: Sequence[Drawing], label: str) -> DataError:
    known = ", ".join(sorted({name for one in drawings[:1_000] for name in one.labels}) or ["-"])
    return DataError(
        LocalText(ja=f"描画に項目「{label}」はありません。", en=f"The drawings have no field '{label}'."),
        where="options.sites",
        cure=LocalText(
            ja=f"次のいずれか、または none を指定してください: {known}", en=f"Choose one of these, or none: {known}."
        ),
    )


def _too_few(label: str, found: int, large: int) -> DataError:
    return DataError(
        LocalText(
            ja=f"拠点にできるものが足りません。「{label}」は {found:,} 種類ありますが、"
            f"{LEAST_DRAWINGS} 枚以上の描画があるのは {large:,} 種類だけです。",
            en=f"There are too few sites: '{label}' has {found:,} values, of which {large:,} have {LEAST_DRAWINGS} "
            "drawings or more.",
        ),
        where=f"options.sites: {label}",
        cure=LocalText(
            ja="別の項目を選ぶか、設定 sites を none にしてください。",
            en="Choose another field, or set the option sites to none.",
        ),
    )
