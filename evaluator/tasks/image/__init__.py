"""The image task: an image in, its class out. Torch-free.

`prepare` turns the user's images into arrays of one size that every variant reads; mean and deviation come from the
training images alone.
"""

from __future__ import annotations

from evaluator.intake.images_decode import IMAGE_ENDINGS
from evaluator.intake.images_files import TABLE_ENDINGS
from evaluator.tasks.image.budgets import BUDGETS, training_seconds
from evaluator.tasks.image.data import ImageData, ImageFacts, ImagePart, load
from evaluator.tasks.image.exhibit import exhibit
from evaluator.tasks.image.options import OPTIONS
from evaluator.tasks.image.prepare import prepare
from evaluator.tasks.image.question import question
from evaluator.tasks.image.targets import references
from scorecards.local_text import LocalText

__all__ = [
    "BESIDE",
    "BUDGETS",
    "CANDIDATE",
    "ENDINGS",
    "NAME",
    "OPTIONS",
    "TITLE",
    "ImageData",
    "ImageFacts",
    "ImagePart",
    "exhibit",
    "load",
    "prepare",
    "question",
    "references",
    "training_seconds",
]

NAME = "image"
TITLE = LocalText(ja="画像", en="images")
CANDIDATE = "hyper"
ENDINGS = (".zip", *IMAGE_ENDINGS, *TABLE_ENDINGS)
BESIDE = TABLE_ENDINGS
"""A list alone is first of all a table; with images or a ZIP beside it, it is a list of images."""
