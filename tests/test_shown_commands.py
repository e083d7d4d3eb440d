"""Commands that would take minutes or containers: they are there, and take what the documentation shows."""

import re
import shlex
import shutil
import subprocess
import sys
from functools import cache

import pytest
from typer.main import get_group

from tests.conftest import ROOT
from tests.test_docs import PAGES, TARGETS, code_lines, make_targets
from tests.test_pasted_commands import APPS, parse

COMPOSE = re.compile(r"docker compose (.*)")
BENCHMARK = re.compile(r"python -m (benchmarks[\w.]*)")
OF_OTHERS = {"--profile"}  # options before the verb that take a value
NAMES_A_SERVICE = {"run", "exec", "logs"}

# In one process, because each of many would import the same for a second.
START_EACH = """
import runpy, sys

for name in sys.argv[1:]:
    sys.argv = [name, "--help"]
    try:
        runpy.run_module(name, run_name="__main__")
    except SystemExit as end:
        assert not end.code, name
        print("started:", name)
    except ModuleNotFoundError as error:
        # Peers are no dependencies of the product.
        assert not str(error.name).startswith("benchmarks"), name
        print("without a peer:", name)
"""

needs_compose = pytest.mark.skipif(
    shutil.which("docker") is None
    or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode != 0,
    reason="needs docker compose",
)


def output_of(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


def test_make_knows_what_to_do_for_every_target() -> None:
    named = sorted(set().union(*map(make_targets, PAGES)))
    assert set(named) <= TARGETS
    assert len(named) > 5
    for target in named:
        assert output_of("make", "--dry-run", target)


def shown_with_compose() -> list[list[str]]:
    """The words after `docker compose`, of every command and mention."""
    matches = [COMPOSE.search(line) for page in PAGES for line in code_lines(page)]
    return sorted({tuple(shlex.split(match[1], comments=True)) for match in matches if match})  # type: ignore[misc]


@cache
def options_of(verb: str) -> str:
    return output_of("docker", "compose", verb, "--help")


@needs_compose
def test_compose_knows_every_verb_option_and_service() -> None:
    services = output_of("docker", "compose", "--profile", "*", "config", "--services").split()
    assert len(shown_with_compose()) > 5
    for words in shown_with_compose():
        rest = list(words)
        while rest and rest[0].startswith("--"):
            rest = rest[2:] if rest[0] in OF_OTHERS else rest[1:]
        if not rest:
            continue  # `docker compose` as a name
        verb, options, inner = rest[0], [], []
        for place, word in enumerate(rest[1:], 1):
            if word in services or word in ("|", ">", "<"):
                inner = rest[place:]
                break
            options.append(word)
        for option in (word.partition("=")[0] for word in options if word.startswith("-")):
            assert re.search(rf"{re.escape(option)}\b", options_of(verb)), words
        assert bool(inner) or verb not in NAMES_A_SERVICE, words
        check_inside(inner[1:])


def check_inside(words: list[str]) -> None:
    """A command of ours that runs in a container takes what it is given."""
    for program, app in APPS.items():
        text = " ".join(words)
        if text.startswith(program) and "…" not in text:
            parse(get_group(app), words[3:])


def test_every_benchmark_that_is_named_starts() -> None:
    named = {name for page in PAGES for line in code_lines(page) for name in BENCHMARK.findall(line)}
    assert len(named) > 5
    printed = output_of(sys.executable, "-c", START_EACH, *sorted(named))
    assert re.findall("^(?:started|without a peer): (.*)$", printed, re.MULTILINE) == sorted(named)
