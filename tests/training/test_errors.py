"""Errors that a person is meant to read share a base class, and the command line prints them in one line."""

import ast

from tests.test_structure import MODULES

# Raised and caught inside of a package; what leaves it is another error, which says where.
INTERNAL = {"ChangedError", "CountError", "ManifestError", "RefusedPickleError", "TrialError"}
# It ends the process, and no `except Exception` may keep it from doing so.
SIGNALS = {"StoppedError"}


def error_classes() -> dict[str, list[str]]:
    """The bases of each error class in training/, by name."""
    return {
        node.name: [base.id for base in node.bases if isinstance(base, ast.Name)]
        for name, path in MODULES.items()
        if name.startswith("training.")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error") and "Loss" not in ast.unparse(node)
    }


def test_an_error_is_for_a_person_or_stays_inside_of_its_package() -> None:
    classes = error_classes()
    readable = {"ViewcastError"}
    while more := {name for name, bases in classes.items() if set(bases) & readable} - readable:
        readable |= more
    assert classes.keys() - readable == INTERNAL | SIGNALS
    assert len(readable) > 10
