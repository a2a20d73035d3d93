"""Which text belongs to which site: files, top folders or speakers; small ones become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evaluator.errors import DataError
from evaluator.intake.findings import Finding
from evaluator.intake.remarks_wording import count_of
from evaluator.intake.text import ReadTexts
from evaluator.intake.text_speakers import Speeches, find_speeches
from scorecards.local_text import LocalText

OTHERS = "(others)"
LEAST_WINDOWS = 30
"""A site with fewer windows of text is too small to be trained and tested on."""

FEWEST_SITES = 2
"""One to learn from and one held out as new; how sites differ is learned from three on."""


@dataclass(frozen=True)
class Streams:
    """The text by site, in a fixed order. Without sites one stream called ''. `sites`: how many were found at first."""

    text: dict[str, str]
    mode: str
    findings: tuple[Finding, ...]

    @property
    def own_sites(self) -> tuple[str, ...]:
        """Return the sites but for the one that gathers the small ones."""
        return tuple(name for name in self.text if name not in ("", OTHERS))


def propose_mode(texts: ReadTexts, length: int) -> tuple[str, LocalText]:
    """Return what may play the sites (file, top_folder, speaker, none) and why."""
    least = LEAST_WINDOWS * length
    folders = {file.folder for file in texts.files}
    if len(folders) > 1:
        return "top_folder", LocalText(
            ja=f"ファイルが {len(folders):,} 個のフォルダーに分かれているためです。",
            en=f"The files lie in {len(folders):,} folders.",
        )
    if sum(len(file.text) >= least for file in texts.files) > 1:
        return "file", LocalText(
            ja=f"{len(texts.files):,} 個のファイルがあるためです。", en=f"There are {len(texts.files):,} files."
        )
    spoken = _by_speaker(texts)
    large = sum(len(text) >= least for text in spoken[0].values())
    if large > 1:
        return "speaker", LocalText(
            ja=f"「名前:」で始まる発言が {spoken[1]:,} 件あり、{large:,} 人に十分な量の文章があるためです。",
            en=f"There are {spoken[1]:,} speeches that begin with 'NAME:', and {large:,} speakers with enough text.",
        )
    return "none", LocalText(
        ja="書き手や話者の区別が見つからないためです。", en="No writers or speakers were found in the text."
    )


def streams(texts: ReadTexts, mode: str, *, length: int, most: int) -> Streams:
    """Return the text by site. `most`: sites kept; those beyond, and those too small, become OTHERS.

    Raises DataError where fewer than two sites have enough text.
    """
    if mode == "none":
        return Streams({"": "\n".join(file.text for file in texts.files)}, mode, ())
    found: dict[str, str] = {}
    findings: list[Finding] = []
    if mode == "speaker":
        found, speeches, before = _by_speaker(texts)
        findings += [_speaker_lines(speeches, before)] if speeches else []
    else:
        times = Counter(file.name for file in texts.files)
        for file in texts.files:
            own = file.name if times[file.name] == 1 or not file.folder else f"{file.folder}/{file.name}"
            name = own if mode == "file" else file.folder or file.name
            found[name] = f"{found[name]}\n{file.text}" if name in found else file.text
    least = LEAST_WINDOWS * length
    by_size = sorted((name for name in found if len(found[name]) >= least), key=lambda name: (-len(found[name]), name))
    kept = set(by_size[:most])
    if len(kept) < FEWEST_SITES:
        raise _too_few_sites(mode, len(found), len(by_size), least)
    small = [name for name in found if name not in kept]
    sites = {name: found[name] for name in sorted(kept)}
    if small:
        gathered = "".join(found[name] for name in small)
        findings.append(_merged(len(small), least, most, len(gathered), kept=len(gathered) >= least))
        if len(gathered) >= least:
            sites[OTHERS] = gathered
    if len(sites) == FEWEST_SITES:
        findings.append(_only_two())
    return Streams(sites, mode, tuple(findings))


def _by_speaker(texts: ReadTexts) -> tuple[dict[str, str], int, int]:
    """Return the text by speaker, the number of speeches, and the characters that belong to no one."""
    spoken: dict[str, str] = {}
    speeches = before = 0
    for file in texts.files:
        divided: Speeches | None = find_speeches(file.text)
        if divided is None:
            before += len(file.text)
            continue
        speeches, before = speeches + divided.speeches, before + divided.before
        for name, text in divided.text.items():
            spoken[name] = spoken.get(name, "") + text
    return spoken, speeches, before


def _speaker_lines(speeches: int, before: int) -> Finding:
    return Finding(
        "text_speakers",
        "",
        "info",
        LocalText(
            ja=f"{speeches:,} 件の発言を話者ごとにまとめました。名前の行は本文に含めません"
            f" (誰の発言でもない {before:,} 文字も除きました)。",
            en=f"{speeches:,} speeches were gathered by speaker; the names themselves are not part of the text"
            f" ({before:,} characters that belong to no speaker were left out).",
        ),
        LocalText(
            ja="名前の行も含めて学習するには、設定 sites を none にしてください。",
            en="To learn the names as well, set the option sites to none.",
        ),
    )


def _merged(count: int, least: int, most: int, characters: int, *, kept: bool) -> Finding:
    what = LocalText(ja=f"1 つの拠点「{OTHERS}」にまとめました", en=f"merged into one site '{OTHERS}'")
    if not kept:
        what = LocalText(ja="除きました", en="left out")
    return Finding(
        "text_small_sites",
        "",
        "info",
        LocalText(
            ja=f"文章が {least:,} 文字に満たない拠点、または多い順に {most:,} 番目より後の拠点 {count:,} か所"
            f" ({characters:,} 文字) を{what.ja}。",
            en=f"{count_of(count, 'site')} with less than {least:,} characters, or beyond the {most:,} largest, "
            f"were {what.en} ({characters:,} characters).",
        ),
        LocalText(ja="上限は設定 max_sites で変えられます。", en="The option max_sites changes the limit."),
    )


def _only_two() -> Finding:
    return Finding(
        "text_two_sites",
        "",
        "warning",
        LocalText(
            ja="拠点が 2 つだけです。1 つを新しい拠点として取り置くため、学習に使えるのは 1 つになり、拠点どうしの違い"
            "は学習できません。拠点の埋め込みの効果は判断できないものとお考えください。",
            en="There are only two sites. One is held out as new, so a single one is learned from, and how sites differ"
            " can't be learned: what a site's embedding brings can't be judged.",
        ),
        LocalText(
            ja="3 つ以上の拠点を用意するか、拠点なし (設定 sites を none) で実行してください。",
            en="Give text of three sites or more, or run without sites (option sites: none).",
        ),
    )


def _too_few_sites(mode: str, found: int, large: int, least: int) -> DataError:
    names: dict[str, Sequence[str]] = {
        "file": ("ファイル", "files"),
        "top_folder": ("フォルダー", "folders"),
        "speaker": ("話者", "speakers"),
    }
    ja, en = names[mode]
    return DataError(
        LocalText(
            ja=f"拠点にできる{ja}が足りません。見つかった {found:,} のうち、"
            f"{least:,} 文字以上あるのは {large:,} だけです。",
            en=f"There are too few {en} to be sites: of {found:,} found, {large:,} have {least:,} characters or more.",
        ),
        where=f"options.sites: {mode}",
        cure=LocalText(
            ja="2 つ以上の拠点に十分な文章を用意するか、設定 sites を none にしてください。",
            en="Give enough text of two sites or more, or set the option sites to none.",
        ),
    )
