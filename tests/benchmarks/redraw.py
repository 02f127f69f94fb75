"""How long a chart takes to draw 20 runs of 50,000 points in three plots; prints JSON.

Measured without a screen, in a window of the size that the Train stage gives its curves: the
milliseconds from new numbers to painted pixels, of a picture that stays, one that zooms and moves,
and one in which a run grows; those of a moving crosshair; what the levels of least and greatest
values cost to build and to keep.
Run: `python -m tests.benchmarks.redraw`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

RUNS, POINTS, FRAMES = 20, 50_000, 200
SIZE = (776, 640)
COLOURED = 6
TARGETS = {"redraw_p99_ms": 16.0}


def main() -> None:
    """Measure, print JSON."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(json.dumps(measure(), indent=1))


def chart_of_runs() -> tuple[Any, list[Any]]:
    """A chart of three bands, each with a noisy and rising curve of every run."""
    from PySide6.QtCore import Qt

    from cnnstudio.gui.plots.band import Band
    from cnnstudio.gui.plots.chart import Chart
    from cnnstudio.gui.plots.lines import Look
    from cnnstudio.gui.theme import LIGHT

    bands = [Band("Accuracy", share=5), Band("Loss", share=3), Band("Learning rate", height=64)]
    chart = Chart(bands, axis_rows=2)
    chart.resize(*SIZE)
    chart.set_span(0.0, float(POINTS))
    dice = np.random.default_rng(0)
    places = np.arange(1, POINTS + 1)
    lines = []
    for number in range(RUNS):
        few = number < COLOURED
        color = LIGHT.runs[number] if few else "reference"
        look = Look(color, 2.0 if few else 1.0, Qt.PenStyle.SolidLine, 1.0 if few else 0.45)
        for band in bands:
            line = band.line(f"{number}", f"run {number}" if few else "", look)
            rise = (1 - np.exp(-places / 10_000)) * (0.4 + number / 40)
            line.set(places, np.clip(rise + dice.normal(0, 0.04, POINTS), 0, 1))
            line.set_theme(LIGHT)
            lines.append(line)
    return chart, lines


def measure() -> dict[str, object]:
    """Draw the chart again and again."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    from cnnstudio.app import make_application
    from cnnstudio.runs.columns import Pyramid

    application = make_application()
    chart, lines = chart_of_runs()
    chart.show()
    application.processEvents()
    dice = np.random.default_rng(1)
    view = chart.bands[0].view

    def stay(_frame: int) -> None:
        chart.redraw()

    def zoom(frame: int) -> None:
        width = POINTS / (1 + frame % 50)
        begin = float(dice.uniform(0, POINTS - width))
        view.setXRange(begin, begin + width, padding=0)

    def grow(frame: int) -> None:
        for line in lines[:3]:
            line.set(line.x.copy(), np.roll(line.y, frame))
        chart.redraw()

    def point(frame: int) -> None:
        place = QPointF(60.0 + 3 * frame, 200.0)
        button = Qt.MouseButton.NoButton
        QApplication.sendEvent(
            chart.viewport(),
            QMouseEvent(
                QEvent.Type.MouseMove, place, place, button, button, Qt.KeyboardModifier.NoModifier
            ),
        )

    cost: list[float] = []
    took = {
        name: frames(chart, chore, cost)
        for name, chore in (("redraw", stay), ("zoom", zoom), ("live", grow), ("pointer", point))
    }
    whole = [value for name in ("redraw", "zoom", "live") for value in took[name]]
    began = time.perf_counter()
    pyramids = [Pyramid(line.y) for line in lines]
    built = time.perf_counter() - began
    return {
        "runs": RUNS,
        "points": POINTS,
        "plots": len(chart.bands),
        "frames": len(whole),
        "redraw_p50_ms": percentile(whole, 50),
        "redraw_p99_ms": percentile(whole, 99),
        "redraw_max_ms": percentile(whole, 100),
        "processor_p99_ms": percentile(cost, 99),
        **{f"{name}_p99_ms": percentile(values, 99) for name, values in took.items()},
        "pyramid_build_ms": round(1000 * built / len(pyramids), 3),
        "pyramid_share_of_curve": round(
            sum(p.bytes for p in pyramids) / (8 * POINTS * RUNS * 3), 3
        ),
        "pyramids_mb": round(sum(p.bytes for p in pyramids) / 2**20, 1),
        "targets": TARGETS,
    }


def frames(chart: Any, chore: Callable[[int], None], cost: list[float]) -> list[float]:
    """Milliseconds of each drawing, painting included; into `cost` those the processor worked."""
    found: list[float] = []
    for frame in range(FRAMES):
        began, worked = time.perf_counter(), time.thread_time()
        chore(frame)
        chart.viewport().repaint()
        found.append(1000 * (time.perf_counter() - began))
        cost.append(1000 * (time.thread_time() - worked))
    return found


def percentile(values: list[float], share: float) -> float:
    """A percentile, in milliseconds."""
    return round(float(np.percentile(values, share)), 2)


if __name__ == "__main__":
    main()
