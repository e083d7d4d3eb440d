"""`models`, `activate`, `rollback`, `sign`: list versions, choose the current one, sign one."""

from typing import Annotated

import typer
from rich.console import Console

from training.commands.console import output, print_line, print_versions
from training.commands.options import MODELS, Models, model_store, models_place, plain_errors, signing_key
from training.store.signing import sign_version


def list_models(models: Models = MODELS) -> None:
    """List the versions, oldest first, with their history and error; one of them is marked as current."""
    store, console = model_store(models), output()
    with plain_errors():
        print_versions(console, store)


def activate(
    version: Annotated[str, typer.Argument(help="Name of the version, as `models` lists it.")],
    models: Models = MODELS,
) -> None:
    """Make a version the current one; a running service loads it within seconds."""
    with plain_errors():
        manifest = model_store(models).activate(version)
    print_line(output(), f"{manifest.version} is the current version now.")


def sign(
    version: Annotated[str, typer.Argument(help="Name of the version, as `models` lists it.")],
    models: Models = MODELS,
) -> None:
    """Sign a version that was published without a key, with the key in VIEWCAST_SIGNING_KEY."""
    key = signing_key()
    if key is None:
        raise typer.BadParameter("it is not set", param_hint="VIEWCAST_SIGNING_KEY")
    with plain_errors():
        manifest = sign_version(models_place(models), key, version)
    print_line(output(), f"{manifest.version} is signed.")


def rollback(models: Models = MODELS) -> None:
    """Make the previous version current again; a running service loads it within seconds."""
    with plain_errors():
        loaded = model_store(models).roll_back()
    for refusal in loaded.refused:
        print_line(Console(stderr=True), f"passed over: {refusal.reason}")
    print_line(output(), f"{loaded.manifest.version} is the current version now.")
