"""What a budget buys: seeds, looks, tuning trials and limits, and which trials follow from that. Torch-free.

The plan depends on the PoC alone, so that a run that was cut off finds the same trials in the same order again.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from evaluator.errors import InputError
from evaluator.networks.registry import ON_REQUEST, VARIANTS
from evaluator.records import Budget, OptionValue, PoC, SettingValue, TrialPurpose, TrialRequest
from evaluator.store.codec import encode, poc_hash
from evaluator.tasks import task as find_task
from evaluator.tasks.targets import Reference
from scorecards.local_text import LocalText
from scorecards.record import Json

TUNING_SEED = 0
SITE_VARIANTS = ("dense_site",)
"""Variants that only make sense where the data has sites."""
BUDGET_NAMES = ("quick", "standard", "thorough")
"""Every task knows them; what they buy is the task's own (its BUDGETS)."""
FINETUNING_RUNS = 8
"""Whole fine-tunings that a trial's methods and their grids of learning rates usually come to."""
SITE_RIVAL = "dense_site"
"""Knows the sites without generating weights: where sites are known, `hyper` has to be measured against it."""


def budget(name: str, task: str = "table") -> Budget:
    """Return what the budget `name` buys for `task`. Raises InputError when there is none."""
    budgets = find_task(task).BUDGETS
    if name not in budgets:
        known = ", ".join(budgets)
        raise InputError(
            LocalText(ja=f"予算「{name}」はありません。", en=f"There is no budget '{name}'."),
            where="budget",
            cure=LocalText(ja=f"次のいずれかを指定してください: {known}", en=f"Choose one of: {known}."),
        )
    return budgets[name]


def variants_for(site: str, task: str = "table", options: Mapping[str, OptionValue] | None = None) -> tuple[str, ...]:
    """Return the variants that a new PoC of `task` runs; `site`: as in a PoC, '' where there are no sites.

    Those in ON_REQUEST are left out: a PoC's author may add them. A task with a function `unfit_variants(options)`
    leaves out those that its options make pointless.
    """
    left_out = ON_REQUEST if site else (*ON_REQUEST, *SITE_VARIANTS)
    unfit = getattr(find_task(task), "unfit_variants", lambda _options: ())(options or {})
    return tuple(name for name in VARIANTS[task] if name not in left_out and name not in unfit)


def has_price(task: str) -> bool:
    """Tell whether a point of the task's main score can be worth money by itself (a log-likelihood's isn't)."""
    return bool(getattr(find_task(task), "SCORE_HAS_PRICE", True))


def candidate_of(task: str) -> str:
    """Return the variant of `task` that a scorecard judges unless it says otherwise."""
    return str(getattr(find_task(task), "CANDIDATE", "hyper"))


@dataclass(frozen=True)
class Plan:
    """The trials of a PoC. `data`: the folder of prepared data, `folder`: where the trials' own folders go."""

    poc: PoC
    budget: Budget
    data: Path
    folder: Path
    threads: int = 1

    @property
    def trials_total(self) -> int:
        """Return how many trials there are if the last look is needed."""
        return len(self.poc.variants) * (1 + self.budget.looks[-1])

    def tuning(self) -> tuple[TrialRequest, ...]:
        """Return one tuning trial a variant: the same number of trainings for each."""
        return tuple(
            replace(
                self._request(variant, TUNING_SEED, f"{variant}-tune"),
                purpose="tune",
                limits=self.budget.tuning_limits,
                tuning_trials=self.budget.tuning_trials,
            )
            for variant in self.poc.variants
        )

    def measuring(
        self,
        look: int,
        settings: Mapping[str, Mapping[str, SettingValue]],
        targets: tuple[float | None, float | None],
    ) -> tuple[TrialRequest, ...]:
        """Return the measured trials up to the look at `look` seeds: seed by seed, the variants in a random order.

        `targets`: main scores that training and fine-tuning have to reach.
        """
        return tuple(
            replace(
                self._request(variant, seed, f"{variant}-{seed}"),
                settings=settings.get(variant, {}),
                target=targets[0],
                finetune_target=targets[1],
            )
            for seed in range(1, look + 1)
            for variant in self.order(seed)
        )

    def order(self, seed: int) -> tuple[str, ...]:
        """Return the variants in the order in which `seed` runs: random, but the same at every start."""
        variants = list(self.poc.variants)
        random.Random(f"{poc_hash(self.poc)}-{seed}").shuffle(variants)
        return tuple(variants)

    def _request(self, variant: str, seed: int, trial: str) -> TrialRequest:
        return TrialRequest(
            poc=self.poc.id,
            trial=trial,
            purpose="measure",
            task=self.poc.task,
            variant=variant,
            seed=seed,
            data=str(self.data),
            folder=str(self.folder / trial),
            limits=self.budget.limits,
            threads=self.threads,
        )

    def protocol(self, confidences: Sequence[float], references: tuple[Reference, Reference]) -> dict[str, Json]:
        """Return what is fixed before the first trial, as it goes into the record."""
        training, finetuning = references
        content = {
            "budget": self.budget.name,
            "variants": self.poc.variants,
            "looks": self.budget.looks,
            "look_confidences": list(confidences),
            "seeds": list(range(1, self.budget.looks[-1] + 1)),
            "tuning_trials": self.budget.tuning_trials,
            "limits": self.budget.limits,
            "tuning_limits": self.budget.tuning_limits,
            "threads": self.threads,
            "split": self.poc.split,
            "target": _known(training.target),
            "finetune_target": _known(finetuning.target),
            "reference": _told(training),
            "finetune_reference": _told(finetuning),
            "order": [self.order(seed) for seed in range(1, self.budget.looks[-1] + 1)],
            "timed_trials_run_alone": True,
        }
        encoded = encode(content)
        assert isinstance(encoded, dict)
        return encoded


def _told(reference: Reference) -> dict[str, float | None]:
    return {name: _known(value) for name, value in asdict(reference).items()}


def _known(score: float) -> float | None:
    return None if math.isnan(score) else score


def make_plan(poc: PoC, folder: Path) -> Plan:
    """Return the plan of `poc`, its files below `folder`.

    Raises InputError when the scorecard compares variants that the PoC doesn't run, when `hyper` would run on data with
    sites without its deciding rival, or when the budget is unknown.
    """
    missing = [name for name in (poc.scorecard.candidate, poc.scorecard.baseline) if name not in poc.variants]
    if missing:
        raise InputError(
            LocalText(
                ja=f"スコアカードが比べる方式 {', '.join(missing)} が、PoC の variants にありません。",
                en=f"The scorecard compares {', '.join(missing)}, which the PoC's variants don't include.",
            ),
            where="variants",
            cure=LocalText(
                ja="variants に書き足すか、別の方式を比べるスコアカードを選んでください。",
                en="Add it to variants, or choose a scorecard that compares others.",
            ),
        )
    _check_site_rival(poc)
    return Plan(poc, budget(poc.budget, poc.task), folder / "data", folder / "trials")


def _check_site_rival(poc: PoC) -> None:
    """Raise InputError when sites could make `hyper` look good for knowing them alone."""
    if SITE_RIVAL not in VARIANTS[poc.task]:
        return
    if poc.site and "hyper" in poc.variants and SITE_RIVAL not in poc.variants:
        raise InputError(
            LocalText(
                ja=f"拠点の列があるのに、hyper と比べるべき方式 {SITE_RIVAL} が PoC の variants にありません。"
                "拠点を知っているだけの効果と、重みを生成する効果を区別できません。",
                en=f"The data has sites, but the PoC's variants lack {SITE_RIVAL}, the rival that decides about hyper: "
                "without it, knowing the sites can't be told from generating weights.",
            ),
            where="variants",
            cure=LocalText(
                ja=f"variants に {SITE_RIVAL} を書き足すか、拠点の列を指定しないでください。",
                en=f"Add {SITE_RIVAL} to variants, or name no site column.",
            ),
        )


def estimate_seconds(
    rows: int, columns: int, variants: int, budget_name: str, task: str = "table", *, effort: float = 1.0
) -> tuple[float, float]:
    """Return (low, high): about how many seconds a PoC takes on two cores of an ordinary machine.

    `low`: trainings end early and the first look decides; `high`: the last look does, with many sites to fine-tune.
    effort: how many times the usual work a step is (see `Question`).
    """
    bought = budget(budget_name, task)
    work = rows * max(columns, 1)
    whole = effort * trial_seconds(bought, "measure", work, task)
    tuning = effort * trial_seconds(bought, "tune", work, task)
    by_steps = bought.limits.max_steps > 0  # such trainings hardly depend on the size, and vary less
    prepare = 4.0 + work / (5_000_000 if by_steps else 1_000_000)
    low, high = (0.55, 1.5) if by_steps else (0.6, 1.9)

    def total(share: float, seeds: int) -> float:
        return prepare + share * variants * (tuning / 2 + seeds * whole)

    return round(total(low, bought.looks[0])), round(total(high, bought.looks[-1]))


def trial_seconds(bought: Budget, purpose: TrialPurpose, work: float, task: str = "table") -> float:
    """Return about how many seconds a trial takes; `work`: rows × columns."""
    limits = bought.limits if purpose == "measure" else bought.tuning_limits
    training = find_task(task).training_seconds(work, limits)
    if purpose == "tune":
        return 1.0 + bought.tuning_trials * training
    if limits.max_steps:  # a step of fine-tuning costs about one of training, and about eight runs are made
        return training * (1 + FINETUNING_RUNS * limits.finetune_max_steps / limits.max_steps) + 1.2
    return training + 1.2 + 4 * min(limits.finetune_max_seconds, 1e-6 * work * limits.finetune_max_steps / 60)
