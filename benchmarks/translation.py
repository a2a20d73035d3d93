"""HyperLSTM against LSTM in translation: at equal steps, beside the paper's table.

    python -m benchmarks.translation [--steps 600] [--hidden 64] [--seeds 2] [--rate 0.01] [--unit subwords] [--swap]

Data: small_parallel_enja (10,000 of its 50,000 pairs, Japanese to English) from the folder named by BLUEPRINT_DATA
(default ../shared/data); where it is absent, the synthetic business sentences that come along. 16 pairs a step, one
thread. `small_dense` is the LSTM of as many parameters as the HyperLSTM. Columns: stored values, mean log-perplexity of
the test part after the steps (nats a token), BLEU and chrF of greedy translations, milliseconds of CPU a step.
Without tuning: every variant has the same learning rate.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from statistics import mean
from typing import Any, cast

from evaluator.measure.threads import fixed_threads
from evaluator.networks.registry import variant
from evaluator.poc_new import new_poc
from evaluator.records import Limits
from evaluator.tasks import translation
from evaluator.tasks.translation import TranslationData

ROOT = Path(__file__).resolve().parents[1]
VARIANTS = ("hyper_dynamic", "dense", "small_dense")
PAPER = """
The paper's (Ha, Dai, Le 2017, WMT'14 English to French, GNMT): LSTM 38.95 BLEU, HyperLSTM 40.03.
Other data, sizes and lengths of training: only the order may be compared."""


def data_files() -> list[Path]:
    """Return the pairs' files, the source's first."""
    folder = Path(os.environ.get("BLUEPRINT_DATA", ROOT.parent / "shared" / "data")) / "small_parallel_enja"
    if folder.is_dir():
        return [folder / "train.ja", folder / "train.en"]
    print(f"{folder} is absent: the synthetic sample is used instead")
    return [ROOT / "sample_data" / "business_pairs" / "business_pairs.tsv"]


def trained(name: str, data: TranslationData, seed: int, steps: int, rate: float) -> tuple[int, dict[str, float]]:
    """Return stored values, and the test scores and the CPU milliseconds a step of a variant after so many steps."""
    limits = Limits(7_200.0, 10**6, 10**6, 60.0, 6, max_steps=steps)
    model = variant(name, "translation").train(data, {"learning_rate": rate}, seed=seed, limits=limits, target=None)
    scores = data.scores(data.test, cast("Any", model).predict_whole(data.test))
    return model.parameters(), {**scores, "step": model.trace.cpu_seconds / steps * 1e3}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--unit", default="subwords", choices=("subwords", "characters"))
    parser.add_argument("--swap", action="store_true", help="translate the second file into the first")
    parser.add_argument("--layer-norm", action="store_true")
    asked = parser.parse_args()
    options = {"hidden": asked.hidden, "unit": asked.unit, "swap": asked.swap, "layer_norm": asked.layer_norm}
    new = new_poc(data_files(), task="translation", site="", options=options)
    with tempfile.TemporaryDirectory() as folder, fixed_threads(1):
        data = translation.prepare(new.poc, Path(folder) / "data")
        target = translation.references(data)[0].target
        print(
            f"{data.train.rows:,} pairs to learn from, {data.test.rows:,} to test on; BLEU by {data.facts.bleu_tokens}"
        )
        print(f"target (trigram): log-perplexity {-target:.3f}\n")
        print(f"{'variant':16}{'values':>10}{'log-ppl':>10}{'BLEU':>8}{'chrF':>8}{'CPU ms':>9}")
        for name in VARIANTS:
            runs = [trained(name, data, seed, asked.steps, asked.rate) for seed in range(1, asked.seeds + 1)]
            found = {key: mean(scores[key] for _, scores in runs) for key in runs[0][1]}
            print(
                f"{name:16}{runs[0][0]:>10,}{found['quality.log_perplexity']:>10.3f}{found['quality.bleu']:>8.3f}"
                f"{found['quality.chrf']:>8.3f}{found['step']:>9.1f}"
            )
    print(PAPER)


if __name__ == "__main__":
    main()
