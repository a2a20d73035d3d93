"""One trial: a variant and a seed, trained and measured in a process of its own. Reads from top to bottom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.measure import measure_all
from evaluator.measure.context import TrainingCost, TrialContext, known_target
from evaluator.measure.energy import EnergyMeter
from evaluator.measure.failures import check_trained, told_as_trial_error
from evaluator.measure.finetuning import fine_tune
from evaluator.measure.memory import MemoryMeter
from evaluator.measure.threads import fixed_threads
from evaluator.measure.tuning import measure_tuning
from evaluator.networks.protocol import AnyFitted, AnyVariant, ReportPoint, TracePoint
from evaluator.networks.registry import variant as find_variant
from evaluator.records import TrialRequest, TrialResult
from evaluator.tasks import task as find_task
from scorecards.record import CurvePoint, Json

if TYPE_CHECKING:
    from evaluator.tasks.protocol import TaskData

FIT = "fit"  # the setting of a training's learning curve; those of fine-tuning carry their method
MODEL_FOLDER = "model"
EXHIBIT_SEED = 1

ReportCurve = Callable[[CurvePoint], None]


def run_trial(request: TrialRequest, report: ReportCurve | None = None) -> TrialResult:
    """Tune a variant, or train and measure it, as `request.purpose` says; `report` sees learning curves as they grow.

    Call it in a process of its own: threads, memory and warm-up are this process's. Raises TrialError, and only that,
    when the trial ends without a result.
    """
    with told_as_trial_error(request), fixed_threads(request.threads):
        data = find_task(request.task).load(Path(request.data))
        variant = find_variant(request.variant, request.task)
        if request.purpose == "tune":
            return _tuned(request, variant, data, report)
        return _measured(request, variant, data, report)


def _tuned(request: TrialRequest, variant: AnyVariant, data: TaskData, report: ReportCurve | None) -> TrialResult:
    """Find the best settings within the tuning budget; what that cost is measured too."""
    from evaluator.tuning import tune  # Optuna takes a while to import, and only this purpose needs it

    trials, reporter = request.tuning_trials, _telling(request, report)
    settings, trace = tune(variant, data, seed=request.seed, limits=request.limits, trials=trials, report=reporter)
    return TrialResult(request.trial, tuple(measure_tuning(request, trace)), (), settings)


def _measured(request: TrialRequest, variant: AnyVariant, data: TaskData, report: ReportCurve | None) -> TrialResult:
    """Train, save, fine-tune, measure."""
    fitted, cost = train_watched(request, variant, data, report)
    check_trained(fitted, fitted.predict(data.validation))

    folder = Path(request.folder) / MODEL_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    files = fitted.save(folder)
    fine_tuned = fine_tune(fitted, data, request)

    context = TrialContext(request, data, variant, fitted, cost, folder, files, fine_tuned)
    rows, curves = tuple(measure_all(context)), _curves(context)
    return TrialResult(request.trial, rows, curves, request.settings, _exhibit(context))


def train_watched(
    request: TrialRequest, variant: AnyVariant, data: TaskData, report: ReportCurve | None
) -> tuple[AnyFitted, TrainingCost]:
    """Train once, with memory and energy watched from outside."""
    with MemoryMeter() as memory, EnergyMeter() as energy:
        fitted = variant.train(
            data,
            {**variant.defaults(data), **request.settings},
            seed=request.seed,
            limits=request.limits,
            target=known_target(request.target),
            report=_telling(request, report),
        )
    return fitted, TrainingCost(memory.use, energy.joules)


def _exhibit(context: TrialContext) -> Json:
    """Return what the first seed's variant makes for people to look at, where the task shows anything."""
    show = getattr(find_task(context.request.task), "exhibit", None)
    if show is None or context.request.seed != EXHIBIT_SEED:
        return None
    shown: Json = show(context.data, context.fitted)
    return shown


def _curves(context: TrialContext) -> tuple[CurvePoint, ...]:
    """Return the learning curves of the training and of each fine-tuning."""
    traces = {FIT: context.fitted.trace} | {method: tuned.trace for method, tuned in context.fine_tuned.items()}
    return tuple(
        _curve_point(context.request, setting, point) for setting, trace in traces.items() for point in trace.curve
    )


def _telling(request: TrialRequest, report: ReportCurve | None) -> ReportPoint | None:
    """Return a reporter that passes on the points of the training, None where nobody listens."""
    if report is None:
        return None
    return lambda point: report(_curve_point(request, FIT, point))


def _curve_point(request: TrialRequest, setting: str, point: TracePoint) -> CurvePoint:
    return CurvePoint(
        request.trial, request.variant, request.seed, setting, point.step, point.seconds, float(point.score)
    )
