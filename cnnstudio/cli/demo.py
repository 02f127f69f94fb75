"""`cnnstudio demo`: the sample project in the window, or trained in the terminal."""

import argparse
import shutil
from pathlib import Path

from cnnstudio.cli import display
from cnnstudio.cli.experiments import add_json
from cnnstudio.cli.output import Output

SAMPLE = "samples/shapes"
NAME = "Sample shapes"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `demo` takes."""
    parser.add_argument(
        "--headless", action="store_true", help="train in the terminal even if there is a display"
    )
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Copies the sample where the person's documents are, and opens or trains it."""
    project = copy_sample()
    if display.available() and not given.headless:
        return display.show(project / "experiment.yaml")
    return _in_the_terminal(project, output)


def copy_sample() -> Path:
    """The sample project in the documents folder; what a person changed there stays.

    Raises `UserError` when it cannot be written.
    """
    import platformdirs

    from cnnstudio import resources
    from cnnstudio.runs.writing import plainly

    source = resources.path(SAMPLE)
    project = Path(platformdirs.user_documents_dir()) / "CNN Studio" / NAME
    with plainly(project):
        for file in sorted(source.rglob("*")):
            target = project / file.relative_to(source)
            if file.is_dir() or target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    return project


def _in_the_terminal(project: Path, output: Output) -> int:
    from cnnstudio.cli.export import export_run
    from cnnstudio.cli.main import DONE, FAILED
    from cnnstudio.cli.train import conduct_run, judgement
    from cnnstudio.data.stopping import Stopped
    from cnnstudio.runs.folder import RunFolder
    from cnnstudio.runs.picture import save
    from cnnstudio.spec import files

    output.say(f"The sample project is in {project}")
    experiment = files.load(project / "experiment.yaml")
    folder = RunFolder.create(project / "runs", experiment)
    finished, history = conduct_run(experiment, folder, output)
    output.report(finished.sentence)
    if finished.reason == "errored":
        return FAILED
    if not len(history.epochs):
        return DONE
    output.report(judgement(history))
    picture = folder.path / "curves.png"
    save(history, picture, experiment.name)
    output.report(f"Curves: {picture}")
    try:
        exported = export_run(folder, "savedmodel", folder.export / "savedmodel", output)
    except Stopped:
        output.say("The export was stopped; the trained model is kept.")
        return DONE
    output.report(exported.sentence)
    output.report(f"Model: {exported.path}")
    output.report(display.HOW)
    output.result(
        {
            "run": str(folder.path),
            "curves": str(picture),
            "export": exported.model_dump(mode="json"),
            "training_accuracy": history.latest("training_accuracy"),
            "validation_accuracy": history.latest("validation_accuracy"),
        }
    )
    return DONE
