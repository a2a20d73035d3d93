"""How well the variant answers: the task's scores on the test part, which is scored once, and the main one a site."""

from __future__ import annotations

import numpy as np

from evaluator.measure.context import TrialContext
from evaluator.tasks.protocol import Floats
from scorecards.record import Measurement


def measure(context: TrialContext) -> list[Measurement]:
    """Return `quality.*` on the test part, and the main score of each of its sites where it is defined.

    A variant with `predict_whole` makes here, and only here, what the scores beside the main one ask for.
    """
    predict = getattr(context.fitted, "predict_whole", context.fitted.predict)
    prediction = predict(context.data.test)
    scores = context.scores(context.data.test, prediction)
    return [context.row(metric, value) for metric, value in scores.items()] + _of_each_site(context, prediction)


def _of_each_site(context: TrialContext, prediction: Floats) -> list[Measurement]:
    part = context.data.test
    rows = []
    for index, name in enumerate(context.data.site_names):
        of_site = np.flatnonzero(part.site == index)
        if not len(of_site):
            continue
        value = context.main_score(part.take(of_site), prediction[of_site])
        if value is not None:
            rows.append(context.row(context.main_metric, value, site=name))
    return rows
