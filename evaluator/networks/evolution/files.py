"""The file that a site receives: the substrate and the CPPN as plain JSON, weights exactly as they were."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evaluator.networks.evolution.activations import ACTIVATIONS
from evaluator.networks.evolution.cppn import Cppn, Node
from evaluator.networks.evolution.substrate import Substrate

FORMAT = 1


def save_network(path: Path, substrate: Substrate, cppn: Cppn) -> int:
    """Write the network to `path` and return the file's size in bytes."""
    text = json.dumps(network_dict(substrate, cppn), separators=(",", ":"), allow_nan=False)
    path.write_text(text, encoding="utf-8")
    return path.stat().st_size


def load_network(path: Path) -> tuple[Substrate, Cppn]:
    """Read what `save_network` wrote. Raises ValueError when it is not such a file."""
    return network_of(json.loads(path.read_text(encoding="utf-8")))


def network_dict(substrate: Substrate, cppn: Cppn) -> dict[str, Any]:
    """Return the network as plain lists, numbers and strings. Python writes floats so that they read back equal."""
    return {
        "format": FORMAT,
        "substrate": {
            "layers": [list(shape) for shape in substrate.layers],
            "threshold": substrate.threshold,
            "weight_range": substrate.weight_range,
            "normalised": substrate.normalised,
            "separate_outputs": substrate.separate_outputs,
        },
        "cppn": {
            "inputs": cppn.inputs,
            "outputs": cppn.outputs,
            "nodes": [
                [node.key, node.activation, node.bias, node.response, [list(link) for link in node.links]]
                for node in cppn.nodes
            ],
        },
    }


def network_of(stored: Mapping[str, Any]) -> tuple[Substrate, Cppn]:
    """Return the network that `network_dict` gave. Raises ValueError when something is missing or of a wrong kind."""
    if stored.get("format") != FORMAT:
        raise ValueError(f"a network of format {FORMAT} is wanted, this is {stored.get('format')!r}")
    try:
        space, network = stored["substrate"], stored["cppn"]
        substrate = Substrate(
            tuple(tuple(int(size) for size in shape) for shape in space["layers"]),
            float(space["threshold"]),
            float(space["weight_range"]),
            bool(space["normalised"]),
            bool(space["separate_outputs"]),
        )
        nodes = tuple(_node(*fields) for fields in network["nodes"])
        cppn = Cppn(int(network["inputs"]), int(network["outputs"]), nodes)
    except (KeyError, TypeError) as error:
        raise ValueError(f"the stored network is incomplete: {error}") from error
    _check_order(cppn)
    return substrate, cppn


def _node(key: int, activation: str, bias: float, response: float, links: list[list[Any]]) -> Node:
    if activation not in ACTIVATIONS:
        raise ValueError(f"there is no activation {activation!r}")
    pairs = tuple((int(source), float(weight)) for source, weight in links)
    return Node(int(key), activation, float(bias), float(response), pairs)


def _check_order(cppn: Cppn) -> None:
    known = set(range(-cppn.inputs, 0))
    for node in cppn.nodes:
        if not known.issuperset(source for source, _ in node.links):
            raise ValueError(f"node {node.key} comes before one of its sources")
        known.add(node.key)
    if not known.issuperset(range(cppn.outputs)):
        raise ValueError("an output is missing")
