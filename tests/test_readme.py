"""What the README tells people to type works as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from cnnstudio.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

# What the examples take for granted, and what has to be true once they are declared.
_FOR_MEMBERS = """
from typing import Annotated, Literal
import numpy as np
from pydantic import Field
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.operations.operation import Dice, Draw, Levels, ToneOperation
from cnnstudio.spec.operations.ranges import Limits, Range, up_to
from cnnstudio.spec.schedules import DecaySteps, Rate, Rates, Schedule, Steps
"""
_FOR_RULES = """
from collections.abc import Iterator
from cnnstudio.doctor.case import Case
from cnnstudio.doctor.finding import finding
from cnnstudio.doctor.rules.registry import static_rule
from cnnstudio.doctor.static import static_findings
from cnnstudio.runs.findings import Finding
from cnnstudio.spec.facts import DatasetFacts
"""
_AFTER = """
from pathlib import Path
from cnnstudio import resources
from cnnstudio.spec import files

sample = resources.path("samples/shapes/experiment.yaml")
text = sample.read_text("utf-8")
text = text.replace("kind: Dropout, rate: 0.2", "kind: GaussianNoise, stddev: 0.3")
text = text.replace("kind: RandomBrightness, fraction: 0.1", "kind: RandomFade")
text = text.replace(text[text.index("{kind: ExponentialDecay"):].splitlines()[0],
                    "{kind: HalfwayDrop}")
experiment = files.loads(text, sample.parent)
assert experiment.model.layers[9].stddev == 0.3
operation = experiment.augmentation.operations[-1]
draw = operation.draw(np.random.default_rng(0))
curve = operation.curve(np.arange(256.0), draw)
assert curve[0] >= 0 and curve[255] == 255 and (np.diff(curve) > 0).all(), operation.label(draw)
schedule = experiment.training.optimizer.learning_rate.resolved(10)
assert schedule.value(np.arange(10)).tolist() == [0.001] * 5 + [0.0001] * 5
counts = {"train": {"a": 40, "b": 40}, "validation": {"a": 10, "b": 10}, "test": {}}
facts = DatasetFacts(class_names=("a", "b"), counts=counts, median_short_side=64,
                     aspect_p10=1, aspect_p90=1, gray=False, own_split=False)
assert [f for f in static_findings(experiment, facts) if f.cause == "M7"]

from cnnstudio.training.build import build_member
assert type(build_member(experiment.model.layers[9])).__name__ == "GaussianNoise"
"""


def test_the_examples_of_how_to_add_things_can_be_trained_and_drawn() -> None:
    """In a process of its own: declaring a class is registering it."""
    examples = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(examples) == 4
    # The experiment takes the members that are there when it is first imported.
    code = "\n".join([_FOR_MEMBERS, *examples[:3], _FOR_RULES, examples[3], _AFTER])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_file_that_the_readme_points_at_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_readme_names_the_installers_two_commands() -> None:
    assert "python3 installer/bootstrap.py run" in README
    assert "python3 installer/bootstrap.py test" in README


def test_the_map_shows_every_room() -> None:
    rooms = {path.parent.name for path in (ROOT / "cnnstudio").glob("*/__init__.py")}
    assert [room for room in sorted(rooms) if f"  {room}/" not in README] == []


def test_the_table_of_commands_is_the_terminals_own() -> None:
    shown = set(re.findall(r"^\| `cnnstudio (\w+)", README, re.MULTILINE))
    assert shown == set(COMMANDS)
