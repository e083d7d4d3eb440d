"""The documentation stays true: what it points at, and what it names, is there."""

import re
from pathlib import Path

import pytest

from service.settings import Settings
from tests.conftest import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("models/*.md"), *ROOT.glob("benchmarks/*.md")]
)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, flags=re.MULTILINE))
SETTINGS = {f"VIEWCAST_{name.upper()}" for name in Settings.model_fields}
# What compose itself asks for.
OF_COMPOSE = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def code_lines(page: Path) -> list[str]:
    """Every line of a page that is code: in a fence, indented by four, or between backticks."""
    text = page.read_text(encoding="utf-8")
    fences = re.findall(r"^```.*?\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    return [
        *(line for fence in fences for line in fence.splitlines()),
        *re.findall(r"^ {4}(.+)$", text, flags=re.MULTILINE),
        *re.findall(r"`([^`\n]+)`", text),
    ]


def anchors(page: Path) -> set[str]:
    """The fragments that the headings of a page can be reached by, as GitHub makes them."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ +(.+?) *$", prose, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_page
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    broken = []
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (fragment and fragment not in anchors(target)):
            broken.append(link)
    assert broken == []


def make_targets(page: Path) -> set[str]:
    return {word for line in code_lines(page) for word in re.findall(r"^(?:\$ )?make ([a-z]+)", line)}


@every_page
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    assert make_targets(page) - TARGETS == set()


def test_every_make_target_is_explained_somewhere() -> None:
    assert TARGETS - {"help"} - set().union(*map(make_targets, PAGES)) == set()


def settings_in(text: str) -> set[str]:
    return set(re.findall(r"\bVIEWCAST_[A-Z_]+\b", text))


@every_page
def test_every_setting_that_is_named_exists(page: Path) -> None:
    assert settings_in(page.read_text(encoding="utf-8")) - SETTINGS - OF_COMPOSE == set()


def test_every_setting_is_in_the_list_of_settings() -> None:
    assert SETTINGS - settings_in((ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")) == set()


def test_every_setting_reaches_the_containers_or_is_fixed_there() -> None:
    containers = [(ROOT / name).read_text(encoding="utf-8") for name in ("Dockerfile", "docker-compose.yml")]
    assert settings_in("\n".join(containers)) == SETTINGS | OF_COMPOSE
