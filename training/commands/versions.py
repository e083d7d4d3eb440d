"""`models`, `activate`, `rollback`: the versions, and which of them is current."""

from typing import Annotated

import typer
from rich.console import Console

from training.commands.console import output, print_line, print_versions
from training.commands.options import MODELS, Models, plain_errors
from training.store.model_store import ModelStore


def list_models(models: Models = MODELS) -> None:
    """List the versions, oldest first: what they were learned from, how good they are, which is current."""
    store, console = ModelStore(models), output()
    with plain_errors():
        print_versions(console, store)


def activate(
    version: Annotated[str, typer.Argument(help="Name of the version, as `models` lists it.")],
    models: Models = MODELS,
) -> None:
    """Make a version the current one; a running service follows by itself."""
    with plain_errors():
        manifest = ModelStore(models).activate(version)
    print_line(output(), f"{manifest.version} is the current version now.")


def rollback(models: Models = MODELS) -> None:
    """Make the version current that was current before this one; a running service follows by itself."""
    with plain_errors():
        loaded = ModelStore(models).roll_back()
    for refusal in loaded.refused:
        print_line(Console(stderr=True), f"passed over: {refusal.reason}")
    print_line(output(), f"{loaded.manifest.version} is the current version now.")
