"""How long something takes, as people say it: 'about 1 to 2 min', never to the hundredth."""

from __future__ import annotations

import math

from dashboard.wording import Words

_STEPS = ((2 * 3600.0, 3600.0, "hours"), (120.0, 60.0, "minutes"))
_SECONDS = 5.0


def time_span(words: Words, low: float, high: float) -> str:
    """Return a span of seconds in words: the lower end rounded down, the upper end up, equal ends said once."""
    length, name = next(((length, name) for least, length, name in _STEPS if high >= least), (1.0, "seconds"))
    step = _SECONDS if name == "seconds" and high > _SECONDS else 1.0
    first = max(1, int(step * math.floor(low / length / step)))
    last = max(first, int(step * math.ceil(high / length / step)))
    if first == last:
        return words(f"span.{name}_one", low=first)
    return words(f"span.{name}", low=first, high=last)
