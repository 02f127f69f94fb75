"""Trains run folders with the processor divided into two devices, one run after another.

Started by its path with CNNSTUDIO_CPU_DEVICES=2 and the folders; one that has checkpoints goes on
from them. How the processor is divided is settled once in the life of a process.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import EventLog
from cnnstudio.training.session import conduct
from cnnstudio.training.snapshot import Checkpoints


def main(paths: list[str]) -> None:
    for path in paths:
        folder = RunFolder(Path(path))
        resume = Checkpoints(folder).trained()
        log = EventLog(folder.events_file)
        conduct(folder.experiment(), folder, log.write, lambda: False, resume)
        log.close()


if __name__ == "__main__":
    main(sys.argv[1:])
