"""train, diagnose, export and demo: the engine in the terminal's own process, without a window."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from cnnstudio.runs.control_file import is_alive
from cnnstudio.runs.events import parse
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import read
from tests.cli.conftest import Type

# One process for several commands: TensorFlow is imported once.
ALL = """
import contextlib, io, json, sys
from cnnstudio.cli.main import main
answers = []
for words in json.loads(sys.argv[1]):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(words)
    answers.append({"code": code, "lines": [json.loads(l) for l in out.getvalue().splitlines()]})
print(json.dumps({"answers": answers, "qt": "PySide6" in sys.modules}))
"""


def test_train_diagnose_export_and_runs_speak_json_and_never_load_qt(
    experiment: Path, tmp_path: Path
) -> None:
    run, out = tmp_path / "run", tmp_path / "model"
    commands = [
        ["train", str(experiment), "--run", str(run), "--json"],
        ["train", str(experiment), "--run", str(run), "--json"],
        ["train", str(run), "--run", str(run), "--resume", "--set", "training.epochs=3", "--json"],
        ["runs", str(run), "--json"],
        ["diagnose", str(run), "--budget", "2", "--json"],
        ["export", str(run), "--format", "savedmodel", "--out", str(out), "--json"],
        ["train", str(experiment), "--set", "model.layers=[]", "--json"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", ALL, json.dumps(commands)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    everything = json.loads(done.stdout.splitlines()[-1])
    assert everything["qt"] is False
    trained, again, resumed, listed, diagnosed, exported, refused = everything["answers"]

    assert trained["code"] == 0
    names = [line["event"] for line in trained["lines"]]
    assert names[-1] == "run_finished"
    assert trained["lines"][-1]["reason"] == "completed"
    assert {"run_started", "batch_ended", "epoch_ended", "checkpoint_saved"} <= set(names)
    # With every default, so that a later version with other defaults does not change the run.
    assert "beta_1: 0.9" in RunFolder(run).experiment_file.read_text(encoding="utf-8")
    written = [event.event for event in RunFolder(run).events()]
    assert written[: len(names)] == names
    assert not is_alive(run)

    assert again["code"] == 2
    assert "--resume" in again["lines"][-1]["error"]

    assert resumed["code"] == 0
    assert [e["epoch"] for e in resumed["lines"] if e["event"] == "epoch_ended"] == [3]
    assert [e["epochs"] for e in resumed["lines"] if e["event"] == "extended"] == [3]
    assert "goes on to epoch 3" in done.stderr
    assert RunFolder(run).experiment().training.epochs == 3

    assert listed["lines"][0]["runs"][0]["epochs"] == 3
    assert listed["lines"][0]["runs"][0]["state"] == "completed"

    assert diagnosed["code"] == 0
    last = diagnosed["lines"][-1]
    assert last["event"] == "run_finished"
    assert last["diagnosis"]["sentence"]
    assert len(last["diagnosis"]["forks"]) >= 5
    assert all(parse(json.dumps(line)) for line in diagnosed["lines"][:-1])

    assert exported["code"] == 0
    assert exported["lines"][-1]["event"] == "export_finished"
    assert exported["lines"][-1]["largest_difference"] < 1e-4
    assert (out / "saved_model.pb").is_file()
    end = list(read(RunFolder(run).export / "events.jsonl"))[-1]
    assert (end.event, end.event == "run_finished" and end.reason) == ("run_finished", "completed")

    assert refused["code"] == 1
    assert refused["lines"][-1]["problems"][0]["path"] == "model.layers"


def test_ctrl_c_stops_and_keeps_the_model(experiment: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "cnnstudio", "train", str(experiment), "--run", str(run)),
            *("--set", "training.epochs=5000", "--set", "training.policies=[]", "--json"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1]["event"] == "epoch_ended":
            break
    process.send_signal(signal.SIGINT)
    rest, words = process.communicate(timeout=120)
    last = json.loads(rest.splitlines()[-1])
    assert last["event"] == "run_finished"
    assert last["reason"] == "canceled"
    assert process.returncode == 0
    assert "Stopping" in words
    assert "Ctrl+C again ends at once" in words
    assert "Training on CPU" in words
    assert "Traceback" not in words
    assert any(RunFolder(run).checkpoints.iterdir())


def test_the_demo_trains_draws_exports_and_keeps_what_is_there(
    type_elsewhere: Any, tmp_path: Path
) -> None:
    import platformdirs

    project = Path(platformdirs.user_documents_dir()) / "CNN Studio" / "Sample shapes"
    answer = type_elsewhere("demo", "--headless", "--json")
    assert answer.code == 0, answer.err
    assert "For the window" in answer.err
    assert "Epoch" in answer.err
    result = answer.result
    assert result["training_accuracy"] > 0.9
    assert Path(result["run"]).is_relative_to(project)
    with Image.open(result["curves"]) as picture:
        assert picture.size == (1200, 800)
    assert (Path(result["export"]["path"]) / "saved_model.pb").is_file()
    assert result["export"]["largest_difference"] < 1e-4


def test_the_sample_is_copied_once_and_a_persons_changes_stay() -> None:
    from cnnstudio.cli.demo import copy_sample

    project = copy_sample()
    file = project / "experiment.yaml"
    assert len(list(project.glob("images/*/*"))) > 100
    file.write_text("changed", encoding="utf-8")
    lost = next(project.glob("images/*/*"))
    lost.unlink()
    assert copy_sample() == project
    assert file.read_text(encoding="utf-8") == "changed"
    assert lost.is_file()


def test_train_warns_of_what_check_warns_of(experiment: Path, images: Path, type_in: Type) -> None:
    wild = ("--set", "training.optimizer.learning_rate.initial_learning_rate=5")
    checked = type_in("check", experiment, *wild)
    warned = [line for line in checked.out.splitlines() if ", warning]" in line]
    assert warned
    # The folder is in use, so that nothing is trained.
    trained = type_in("train", experiment, *wild, "--run", images)
    assert trained.code == 2
    assert [line for line in trained.out.splitlines() if ", warning]" in line] == warned
