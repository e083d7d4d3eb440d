"""The plan of docs/architecture.md: one direction, no circles, numbers apart from the web, short files."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

LONGEST_FILE = 300
LONGEST_FUNCTION = 40  # its body, without the docstring: a command has a parameter for each of its options
NAMES_OF_NOTHING = {"one", "own", "found", "told", "asked", "wanted"}

# From the ground floor up: a package imports from the floors below it and, within a floor, from the packages
# that stand before it. Imports for annotations count.
FLOORS = {
    "training": [
        "clock errors progress version python_process spread disk sigmoids history",
        "model database",
        "fitting store export",
        "evaluation",
        "html_report plots lecture",
        "jobs",
        "commands",
        "__main__",
    ],
    "viewcast": ["name_clash frames plots client", "forecaster", "command_line", "__main__"],
    "training.sigmoids": [
        "arithmetic",
        "solvers",
        "settings prediction checks",
        "fitting",
        "restarts",
        "estimator",
        "combine lecture",
    ],
}
PACKAGES = [(room, name) for room, floors in FLOORS.items() for names in floors for name in names.split()]
FILES = "babel charset_normalizer pyarrow"
SCALE = "boto3 botocore distributed fsspec"  # of an extra that the default never imports
NUMBERS = (
    "numpy scipy sklearn joblib threadpoolctl sqlalchemy alembic cronsim "
    f"typer rich matplotlib holidays {FILES} {SCALE}"
)
WEB = (
    "numpy fastapi fastapi_offline starlette anyio pydantic pydantic_core pydantic_settings uvicorn "
    "httptools typer prometheus_client opentelemetry"
)
FACE = "anyio httpx matplotlib narwhals numpy pydantic pydantic_core sklearn typer"
MAY_IMPORT = {
    "training": set(NUMBERS.split()),
    "service": {"training", "threadpoolctl", *WEB.split()},
    "viewcast": {"training", "service", *FACE.split()},
}
SOURCES = sorted(path for room in MAY_IMPORT for path in (ROOT / room).rglob("*.py"))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in SOURCES}


def imported_names(path: Path) -> set[str]:
    """What a file imports, anywhere in it: modules of this repository in full, of others by their package."""
    package = list(path.relative_to(ROOT).parts[:-1])
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            members = {f"{origin}.{alias.name}" for alias in node.names}
            names.update((members & MODULES.keys()) or {origin})
    return {name if name in MODULES else name.split(".")[0] for name in names}


IMPORTS = {name: imported_names(path) for name, path in MODULES.items()}


def reached_from(start: str) -> set[str]:
    """The modules of this repository that importing `start` leads to, in however many steps."""
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        new = (IMPORTS[ahead.pop()] & MODULES.keys()) - reached
        reached |= new
        ahead.extend(new)
    return reached


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    allowed = MAY_IMPORT[room] | {room} | sys.stdlib_module_names
    outside = {
        name: foreign
        for name, imported in IMPORTS.items()
        if name.split(".")[0] == room and (foreign := {other.split(".")[0] for other in imported} - allowed)
    }
    assert outside == {}


def modules_of(package: str) -> set[str]:
    """A package's modules, or the module of that name."""
    return {name for name in MODULES if name == package or name.startswith(f"{package}.")}


@pytest.mark.parametrize(("room", "package"), PACKAGES)
def test_a_package_imports_only_from_the_floors_below_it(room: str, package: str) -> None:
    names = [name for place, name in PACKAGES if place == room]
    above = [f"{room}.{name}" for name in names[names.index(package) + 1 :]]
    modules = modules_of(f"{room}.{package}")
    assert modules, f"{room}.{package} is gone; docs/architecture.md and this list should say so"
    imported = {other for name in modules for other in IMPORTS[name]}
    assert {other for higher in above for other in imported & modules_of(higher)} == set()


@pytest.mark.parametrize("room", FLOORS)
def test_every_module_has_a_floor(room: str) -> None:
    homes = {".".join(name.split(".")[: room.count(".") + 2]) for name in modules_of(room) - {room}}
    assert homes == {f"{place}.{name}" for place, name in PACKAGES if place == room}


def test_no_module_leads_back_to_itself() -> None:
    assert {name for name in MODULES if name in reached_from(name)} == set()


def test_a_forecast_needs_no_package_but_these() -> None:
    needed = {
        "clock",
        "errors",
        "disk",
        "history",
        "model",
        "progress",
        "python_process",
        "sigmoids",
        "store",
    }
    reached = {
        name.split(".")[1]
        for name in reached_from("service.predict.endpoint")
        if name.startswith("training.")
    }
    assert reached <= needed


def test_of_the_estimator_a_forecast_needs_its_arithmetic_alone() -> None:
    reached = {name for name in reached_from("service.predict.endpoint") if "sigmoids" in name}
    assert reached
    assert {name for name in reached if not name.startswith("training.sigmoids.arithmetic.")} == set()


def test_the_arithmetic_needs_numpy_alone() -> None:
    imported = {other for name in modules_of("training.sigmoids.arithmetic") for other in IMPORTS[name]}
    outside = {name for name in imported if not name.startswith("training.sigmoids.arithmetic.")}
    assert outside - sys.stdlib_module_names == {"numpy"}


def test_a_first_forecast_waits_for_no_heavy_library() -> None:
    heavy = {"sqlalchemy", "sklearn", "scipy"}
    report = (
        f"import sys, service.app, training.store.model_store; print(*sorted({heavy} & sys.modules.keys()))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


def test_on_one_machine_nothing_of_a_cluster_or_an_object_store_is_imported(tmp_path: Path) -> None:
    """What `fit`, `forecast` and the service import, and what a service does when it starts on a folder."""
    foreign = {"boto3", "botocore", "s3fs", "fsspec", "dask", "distributed"}
    modules = "training.jobs.training_run, training.export.bulk_forecasts, training.commands.app, service.app"
    report = (
        f"import sys, {modules}; from service.settings import Settings; from pathlib import Path; "
        "service.app.create_app(Settings(models=Path(sys.argv[1]))); "
        f"print(*sorted({foreign} & sys.modules.keys()))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", report, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_a_file_is_one_idea_and_short(path: Path) -> None:
    n_lines = path.read_text(encoding="utf-8").count("\n")
    assert n_lines <= LONGEST_FILE


@pytest.mark.parametrize("folder", [*MAY_IMPORT, "benchmarks", "tests"])
def test_a_function_fits_on_a_screen(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
                end = node.body[-1].end_lineno
                assert end is not None
                assert end - first.lineno < LONGEST_FUNCTION, f"{path}: {node.name}"


@pytest.mark.parametrize("folder", [*MAY_IMPORT, "benchmarks", "tests"])
def test_a_name_says_what_it_names(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_read = isinstance(getattr(node, "ctx", None), ast.Load)
            names = (
                set() if is_read else {getattr(node, field, None) for field in ("id", "arg", "attr", "name")}
            )
            assert not names & NAMES_OF_NOTHING, f"{path}, line {getattr(node, 'lineno', None)}"
