"""Where networks compute: the processor, or the accelerator that BLUEPRINT_DEVICE names (e.g. `cuda`)."""

from __future__ import annotations

import os

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

VARIABLE = "BLUEPRINT_DEVICE"


def device() -> torch.device:
    """Return the device of this process's networks; the same for every variant of a PoC."""
    return torch.device(os.environ.get(VARIABLE, "cpu"))


def tensor_of(array: NDArray[np.generic], kind: torch.dtype) -> Tensor:
    """Return a copy of `array` as a tensor of `kind` on the device; mapped arrays are read here."""
    return torch.from_numpy(np.array(array)).to(device=device(), dtype=kind)
