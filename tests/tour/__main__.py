"""`python -m tests.tour --out DIR [--images DIR] [--size 1440x900] [--quick]`."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from cnnstudio import resources
from tests.tour.driver import Driver
from tests.tour.journey import from_images_to_export, from_stuck_to_fix


def main() -> int:
    """Take the tour; returns 0 when every stage was reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--images", type=Path, help="a folder of images instead of the sample's")
    parser.add_argument("--size", default="1440x900", help="of the window, in pixels")
    parser.add_argument("--quick", action="store_true", help="train two epochs only")
    arguments = parser.parse_args()
    width, height = (int(side) for side in arguments.size.split("x"))
    sample = resources.path("samples/shapes")
    out = arguments.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    images = (arguments.images or sample / "images").absolute()
    with tempfile.TemporaryDirectory(prefix="cnnstudio-tour-") as home:
        driver = Driver(out, Path(home), (width, height))
        try:
            from_images_to_export(driver, images, arguments.quick)
            if arguments.images is None:
                from_stuck_to_fix(driver, sample / "stuck.yaml", arguments.quick)
        finally:
            driver.close()
    for path in driver.taken:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
