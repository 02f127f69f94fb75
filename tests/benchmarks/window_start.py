"""How long the window takes to be on screen, against the time of `import tensorflow`.

`python -m tests.benchmarks.window_start` prints medians in seconds and their ratio as JSON.
Both sides start a fresh Python in turn, so that a noisy machine is noisy for both.
"""

import json
import os
import statistics
import subprocess
import sys
import time

ROUNDS = 5

WINDOW = """
import time, sys
from PySide6.QtCore import QTimer
from cnnstudio.app import Studio, make_application
application = make_application()
studio = Studio(application)
studio.window.painted.disconnect()
studio.window.painted.connect(application.quit)
studio.show()
application.exec()
assert "tensorflow" not in sys.modules and "keras" not in sys.modules
studio.close()
"""
TENSORFLOW = "import tensorflow"


def seconds(program: str) -> float:
    """Wall time of a fresh Python that runs `program`."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, stderr=-3)
    return time.perf_counter() - began


def main() -> None:
    """Measure in turn, print JSON."""
    window, tensorflow = [], []
    seconds(WINDOW), seconds(TENSORFLOW)  # from now on both come from the disk cache
    for _ in range(ROUNDS):
        window.append(seconds(WINDOW))
        tensorflow.append(seconds(TENSORFLOW))
    result = {
        "window_on_screen_s": round(statistics.median(window), 3),
        "import_tensorflow_s": round(statistics.median(tensorflow), 3),
        "ratio": round(
            statistics.median(w / t for w, t in zip(window, tensorflow, strict=True)), 3
        ),
        "target": 0.3,
        "rounds": ROUNDS,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
