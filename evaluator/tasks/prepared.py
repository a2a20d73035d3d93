"""Prepared data, as every task keeps it: facts and six parts of rows.

On disk it is a folder of arrays (.npy, never pickled) and facts (JSON) that appears whole or not at all.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluator.intake.split import TEST, TRAIN, VALIDATION
from evaluator.tasks.protocol import PART_NAMES, Part
from scorecards.local_text import LocalText

FACTS_FILE = "facts.json"


class Facts(Protocol):
    """What the arrays mean: a frozen dataclass of the task's own, with at least this."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def sites(self) -> tuple[str, ...]:
        """Return the sites' names in index order, those seen in training first; none where there are no sites."""
        ...

    @property
    def known_sites(self) -> int:
        """Return how many sites are seen in training."""
        ...

    @property
    def repairs(self) -> tuple[LocalText, ...]:
        """Return what was mended or left out while preparing, each with its count."""
        ...


FactsT = TypeVar("FactsT", bound=Facts)
PartT = TypeVar("PartT", bound=Part)


@dataclass(frozen=True, eq=False)
class PreparedData(Generic[FactsT, PartT]):
    """The facts and the rows of the six roles. A task adds its `main_metric`, `scores`, `main_score`."""

    facts: FactsT
    train: PartT
    validation: PartT
    test: PartT
    new_train: PartT
    new_validation: PartT
    new_test: PartT

    @property
    def rows(self) -> int:
        """Return how many rows are used, all parts together."""
        return sum(self.part(name).rows for name in PART_NAMES)

    @property
    def has_sites(self) -> bool:
        """Tell whether the rows belong to sites."""
        return bool(self.facts.sites)

    @property
    def site_names(self) -> tuple[str, ...]:
        """Return the sites' names in index order, those seen in training first."""
        return self.facts.sites

    @property
    def known_sites(self) -> int:
        """Return how many sites are seen in training."""
        return self.facts.known_sites

    @property
    def repairs(self) -> tuple[LocalText, ...]:
        """Return what was mended or left out while preparing, each with its count."""
        return self.facts.repairs

    def part(self, name: str) -> PartT:
        """Return the part called `name`, one of PART_NAMES."""
        if name not in PART_NAMES:
            raise ValueError(f"no part {name!r}; parts are {', '.join(PART_NAMES)}")
        part: PartT = getattr(self, name)
        return part

    def facts_text(self) -> str:
        """Return the facts as JSON text, Japanese left readable."""
        return facts_text(self.facts)


def facts_text(facts: Facts) -> str:
    """Return facts as JSON text, Japanese left readable."""
    return json.dumps(asdict(facts), ensure_ascii=False, indent=1)


def by_role(whole: PartT, roles: NDArray[np.int8]) -> list[PartT]:
    """Return the six parts of `whole`; `roles` (rows,) as in PART_NAMES' order, rows of any other are left out."""
    return [whole.take(roles == role) for role in range(len(PART_NAMES))]


def numbered_sites(
    names: Sequence[str] | None,
    roles: NDArray[np.int8],
    order: Callable[[Iterable[str]], Sequence[str]] = sorted,
) -> tuple[tuple[str, ...], int, NDArray[np.int32]]:
    """Return (sites, how many are known, index (rows,) int32); the sites seen in training first, new ones after.

    names, roles: (rows,) each row's site and role; names None where there are no sites, then every index is -1.
    order: puts the known sites, and the new ones, in order.
    """
    if names is None:
        return (), 0, np.full(len(roles), -1, dtype=np.int32)
    known = {name for name, role in zip(names, roles, strict=True) if role in (TRAIN, VALIDATION, TEST)}
    new = {name for name, role in zip(names, roles, strict=True) if role > TEST} - known
    sites = (*order(known), *order(new))
    index = {name: place for place, name in enumerate(sites)}
    return sites, len(known), np.array([index.get(name, -1) for name in names], dtype=np.int32)


def facts_from_json(text: Mapping[str, Any], make: Callable[..., FactsT]) -> FactsT:
    """Return facts from their JSON form, for facts of numbers, texts and tuples of them; `make`: their class."""
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in text.items()}
    return make(**{**plain, "repairs": texts_from_json(text["repairs"])})


def texts_from_json(texts: Sequence[dict[str, str]]) -> tuple[LocalText, ...]:
    """Return texts, e.g. repairs, from their JSON form."""
    return tuple(LocalText(**text) for text in texts)


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write into that takes `folder`'s place at the end, and only if nothing went wrong."""
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    yield partial
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def save_parts(data: PreparedData[Any, Any], folder: Path, arrays: Sequence[str]) -> None:
    """Write the facts and the `arrays` of each part, named after its fields, into `folder`."""
    for name in PART_NAMES:
        for array in arrays:
            np.save(folder / f"{name}.{array}.npy", getattr(data.part(name), array), allow_pickle=False)
    (folder / FACTS_FILE).write_text(data.facts_text(), encoding="utf-8")


def load_parts(folder: Path, make: Callable[..., PartT], arrays: Sequence[str]) -> list[PartT]:
    """Return the six parts, each `make(*arrays)`; arrays are mapped, not read, until touched."""
    return [
        make(*(np.load(folder / f"{name}.{array}.npy", mmap_mode="r", allow_pickle=False) for array in arrays))
        for name in PART_NAMES
    ]


def load_facts(folder: Path) -> dict[str, Any]:
    """Return the facts as read from their JSON."""
    found: dict[str, Any] = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
    return found
