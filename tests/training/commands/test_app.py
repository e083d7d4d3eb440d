"""What the command line promises: its exit codes, its messages, and what it leaves behind."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.command_lines import training, training_process
from tests.conftest import ROOT, environment
from tests.training.publisher import publish
from training.commands.app import app
from training.history.files import read_history
from training.store.model_store import ModelStore


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_a_sample_is_a_history_that_can_be_read(tmp_path: Path) -> None:
    out = tmp_path / "sample.csv"
    ended = training("sample", "--out", out, "--series", 3, "--days", 40, "--random-state", 7)
    assert "3 series" in ended.stdout
    history = read_history(out)
    assert len(history.series) == 3
    assert max(series.views.size for series in history.series) == 40


def test_the_same_seed_makes_the_same_sample(tmp_path: Path) -> None:
    for name in "one", "two":
        training("sample", "--out", tmp_path / name, "--series", 2, "--days", 30, "--random-state", 7)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("command", [["training", "models", "--models"], ["service", "keys", "list"]])
def test_output_that_cannot_be_written_is_one_line(models: Path, command: list[str]) -> None:
    publish(models, 0)
    arguments = [*command, str(models)] if command[-1] == "--models" else command
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=environment(models),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == "error: standard output: No space left on device\n"


def test_a_name_that_the_output_has_no_letters_for_is_spelt_out(tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    history.write_text("series,date,views\n视频,2026-11-19,5\n视频,2026-11-20,6\n", encoding="utf-8")
    assert "\\u89c6\\u9891" in training_process("read", history, PYTHONIOENCODING="latin1").stdout


@pytest.mark.parametrize("command", ["sample", "lecture"])
def test_a_file_in_a_folder_that_is_not_there_is_named_as_it_was_given(tmp_path: Path, command: str) -> None:
    history = tmp_path / "history.csv"
    training("sample", "--out", history, "--series", 1, "--days", 70)
    out = tmp_path / "none" / "out.file"
    ended = training(command, *([] if command == "sample" else [history]), "--out", out, code=1)
    assert ended.stderr == f"error: {out}: No such file or directory\n"


def test_versions_are_listed_activated_and_rolled_back(models: Path) -> None:
    first, second = publish(models, 0), publish(models, 1)
    listed = training("models", "--models", models).stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["version", first, second]
    assert listed[2].rstrip().endswith("current")

    assert first in training("rollback", "--models", models).stdout
    assert ModelStore(models).current_version() == first
    assert second in training("activate", second, "--models", models).stdout
    assert ModelStore(models).current_version() == second


def test_a_damaged_version_is_listed_with_the_reason(models: Path) -> None:
    version = publish(models, 0)
    (models / version / "model.joblib").unlink()
    listed = training("models", "--models", models).stdout
    assert version in listed
    assert "refused" in listed


def test_the_models_folder_can_come_from_the_environment(models: Path) -> None:
    version = publish(models, 0)
    assert version in training("models", VIEWCAST_MODELS=str(models)).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["activate", "2026-11-24T08-00-00Z-000000"], "there is no version 2026-11-24T08-00-00Z-000000"),
        (["activate", "../../etc"], "'../../etc' is no version's name"),
        (["rollback"], "there is no earlier version to roll back to"),
        (["sample", "--out", "/no/such/folder/sample.csv"], "/no/such/folder/sample.csv: No such file"),
        (["fit", "/no/such/history.csv"], "/no/such/history.csv"),
        (["fit", "--archive", "mysql://localhost/views"], "archive mysql://localhost/views"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_said_in_one_line_and_ends_with_1(
    models: Path, arguments: list[str], message: str
) -> None:
    ended = training(*arguments, code=1, VIEWCAST_MODELS=str(models))
    assert ended.stdout == ""
    (line,) = (line for line in ended.stderr.splitlines() if not re.match(r" *\d+%", line))
    assert line.startswith("error: ")
    assert message in line
    assert ModelStore(models).version_names() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["forecast"],
        ["fit", "--speed", "high"],
        ["fit", "--only"],
        ["fit", "--random-state", "-1"],
        ["fit", "--random-state", "many"],
        ["fit", "--job", "../../etc/passwd"],
        ["sample"],
        ["sample", "--out", "x.csv", "--series", "0"],
        ["activate"],
    ],
    ids=" ".join,
)
def test_what_is_asked_wrongly_ends_with_2(models: Path, arguments: list[str]) -> None:
    ended = training(*arguments, code=2, VIEWCAST_MODELS=str(models))
    assert "Error" in ended.stderr
    assert not (models / "current").exists()


def help_of(*command: str) -> str:
    """What is printed; without a process for each, which takes most of its time to start."""
    return CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"}, terminal_width=200).stdout


def test_every_command_and_every_option_says_what_it_is_for() -> None:
    commands = re.findall(r"^  (\w+)  +\w", help_of(), flags=re.MULTILINE)
    assert {"fit", "forecast", "ladder", "backtest", "sample", "prior", "models", "rollback"} <= set(commands)
    for command in commands:
        text = help_of(command)
        described = re.findall(r"^  (--[\w-]+|\w+) (?:<.+?>)? +(\w.*)$", text, flags=re.MULTILINE)
        named = re.findall(r"^  (--[\w-]+|\w+) ", text, flags=re.MULTILINE)
        assert len(described) >= len([name for name in named if name.startswith("--")])
