"""Every command that the documentation shows can be pasted as it stands."""

import re
import shlex
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from pathlib import Path

import pytest
from typer import TyperException
from typer.core import TyperGroup
from typer.main import get_group

from service.command_line import commands as service_app
from tests.conftest import Service, serving
from tests.test_docs import PAGES
from tests.training.publisher import publish
from training.commands.app import app as training_app
from training.store.model_store import ModelStore

APPS = {"python -m training": training_app, "python -m service": service_app}
# What ends a command.
SHELL = ("&&", "|", ">")
ADDRESS = "http://127.0.0.1:8000"
VERSION = re.compile(r"2026-11-24T09-36-25Z-71e3ed")
JOB = re.compile(r"[0-9a-f]{32}")


def commands(page: Path, program: str) -> list[str]:
    """Commands of the code on a page that begin with a program, whole where they take several lines."""
    fenced = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
    text = page.read_text(encoding="utf-8")
    # A session has its answers between its commands; an indented block has none.
    sessions = [block for kind, block in fenced.findall(text) if kind in ("", "console", "bash")]
    indented = re.findall(r"^ {4}(.*\S.*)$", fenced.sub("", text), re.MULTILINE)
    lines = [line.removeprefix("$ ") for line in [*indented, *"\n".join(sessions).splitlines()]]
    lines_pasted = []
    for i, line in enumerate(lines):
        if re.match(rf"(?:\.venv/bin/|\w+=\S+ )*{program}\b", line):
            command = [line]
            while not is_whole("\n".join(command)):
                command.append(lines[i + len(command)])
            lines_pasted.append("\n".join(command))
    return lines_pasted


def is_whole(command: str) -> bool:
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("program", APPS)
def test_every_command_of_a_terminal_is_understood(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in "history.csv", "views.csv", "viewcast.tar":
        (tmp_path / name).touch()
    shown = [command for page in PAGES for command in commands(page, program)]
    assert len(shown) > 5
    for command in shown:
        words = takewhile(lambda word: word not in SHELL, shlex.split(command, comments=True))
        _, _, *words_of_program = dropwhile(lambda word: word != "-m", words)
        if words_of_program:  # `python -m service` alone serves
            parse(get_group(APPS[program]), words_of_program)


def parse(group: TyperGroup, words: list[str]) -> None:
    """Parse words as a group of commands does, which fails for an option or a command that there is not."""
    context = group.make_context(group.name, list(words))
    _, command, rest = group.resolve_command(context, [*context._protected_args, *context.args])
    assert command is not None
    if isinstance(command, TyperGroup):
        parse(command, rest)
    else:
        command.make_context(command.name, rest)


@pytest.mark.parametrize("words", [["fitt"], ["fit", "--historie", "a"], ["models", "unwanted", "words"]])
def test_what_there_is_not_is_not_understood(words: list[str]) -> None:
    with pytest.raises(TyperException):
        parse(get_group(training_app), words)


@pytest.fixture(scope="module")
def pasted(trained_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service that the commands are pasted for, with the versions, series and files that they name."""
    folder = tmp_path_factory.mktemp("pasted")
    shutil.copytree(trained_models, folder / "models")
    for seed in 1, 2, 3:
        publish(folder / "models", seed)
    days = [f"2026-{month:02}-{day:02}" for month in (8, 9, 10) for day in range(1, 31)]
    rows = "".join(f"{day},{1000 + i % 7}\n" for i, day in enumerate(days))
    (folder / "views.csv").write_text("date,views\n" + rows)
    with zipfile.ZipFile(folder / "export.zip", "w") as export:
        export.writestr("views.csv", "date,views\n" + rows)
    views = [1000 + i % 7 for i in range(60)]
    (folder / "series.ndjson").write_text(f'{{"id": "a", "views": {views}, "last_date": "2026-11-20"}}\n')
    (folder / ".curlrc").write_text("fail-with-body\nmax-time = 60\n")
    with serving(folder / "models") as service:
        body = {"views": views, "last_date": "2026-11-20"}
        service.client.put("/series/some%20video/days", json=body).raise_for_status()
        yield service


def test_every_command_of_curl_is_answered(pasted: Service) -> None:
    trained, *published = ModelStore(pasted.models).version_names()[::-1]
    shown = [command for page in PAGES for command in commands(page, "curl")]
    assert len(shown) > 20
    for command in shown:
        if '"campaign"' in command:
            continue  # of a model that has learned what campaigns do
        job = JOB.search(command)
        if job is not None:
            jobs = pasted.client.get("/retrain").json()["jobs"]
            command = command.replace(job[0], jobs[0 if "DELETE" in command else -1]["id"])
        command = VERSION.sub(published[-1] if "DELETE" in command else trained, command)
        done = subprocess.run(
            ["bash", "-c", command.replace(ADDRESS, pasted.url)],
            cwd=pasted.models.parent,
            env={"CURL_HOME": str(pasted.models.parent), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == (22 if is_refused(command) else 0), (command, done.stdout, done.stderr)


def is_refused(command: str) -> bool:
    """Whether the page shows what is answered to a body that is wrong."""
    return '"views": [1312, 1254, -5' in command or command.endswith("[1312, 1254'")
