"""A terminal to type into, and a small folder of images to type about."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnstudio.cli.main import main


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines of stdout."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def result(self) -> dict[str, Any]:
        """The last JSON line."""
        return self.lines[-1]


Type = Callable[..., Answer]


@pytest.fixture
def type_in(capfd: pytest.CaptureFixture[str]) -> Type:
    """Runs a command in this process."""

    def run(*words: str | Path) -> Answer:
        capfd.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
        text = capfd.readouterr()
        return Answer(code, text.out, text.err)

    return run


@pytest.fixture
def type_elsewhere() -> Type:
    """Runs a command in a process of its own, as a person's terminal does."""

    def run(*words: str | Path, **options: Any) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "cnnstudio", *(str(word) for word in words)],
            capture_output=True,
            text=True,
            timeout=300,
            **options,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Red and blue pictures of 16×16, forty of each, easy to tell apart."""
    rng = np.random.default_rng(3)
    for name, channel in (("red", 0), ("blue", 2)):
        folder = tmp_path / "images" / name
        folder.mkdir(parents=True)
        for number in range(40):
            pixels = rng.integers(0, 80, (16, 16, 3), dtype=np.uint8)
            pixels[:, :, channel] += 120
            Image.fromarray(pixels).save(folder / f"{number}.png")
    return tmp_path / "images"


@pytest.fixture
def experiment(images: Path, type_in: Type) -> Path:
    """A proposed experiment for these images, made small."""
    file = images.parent / "experiment.yaml"
    answer = type_in(
        "new",
        file,
        "--images",
        images,
        "--set",
        "training.epochs=2",
        "--set",
        "model.layers=[{kind: Conv2D, filters: 4}, {kind: GlobalAveragePooling2D}, "
        "{kind: Dense, units: 2, activation: softmax}]",
    )
    assert answer.code == 0, answer.err
    return file
