"""What the window brings into its process: nothing slow before it is seen, TensorFlow never."""

from __future__ import annotations

import subprocess
import sys


def test_the_window_imports_nothing_slow_before_it_is_on_screen() -> None:
    found = modules_after(
        """
studio.show()
application.processEvents()
"""
    )
    slow = {"keras", "tensorflow", "sklearn", "cv2", "pyqtgraph", "rich", "ruamel", "PIL", "scipy"}
    assert not found & slow


def test_no_stage_brings_tensorflow_into_the_window() -> None:
    found = modules_after(
        """
studio.open(resources.path("samples/shapes/experiment.yaml"))
for id in studio.window.stage_ids:
    studio.window.show_stage(id)
    application.processEvents()
while studio.document.reading:
    application.processEvents()
"""
    )
    assert not found & {"keras", "tensorflow", "cnnstudio.training"}
    assert "cnnstudio.gui.stages.data_stage" in found


def modules_after(steps: str) -> set[str]:
    """Names of the modules of a fresh process after these steps with a window."""
    script = f"""
import sys
from cnnstudio import resources
from cnnstudio.app import Studio, make_application
application = make_application()
studio = Studio(application)
studio.window.painted.disconnect()
{steps}
names = list(sys.modules)
studio.close()
print("\\n".join(names))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stdout.split())
