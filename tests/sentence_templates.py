"""The sentences that a package can say, found in its source: with {} where something is put in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# Patterns, and tables of words, have characters in them that no sentence has.
_NO_SENTENCE = re.compile(r"[\\\n]|[^\W\da-zA-Z…]")


def templates(folder: Path) -> Iterator[str]:
    """Give each text of three words or more, but for docstrings and messages to programmers."""
    for path in sorted(folder.glob("*.py")):
        for text in _texts(ast.parse(path.read_text(encoding="utf-8"))):
            if len(re.findall(r" [a-z]{2,}", f" {text}")) > 2 and not _NO_SENTENCE.search(text):
                yield text


def _texts(node: ast.AST) -> Iterator[str]:
    """The outermost texts below a node; what is put into one may hold others."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if isinstance(child, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in child.values
            )
            yield from (text for part in child.values for text in _texts(part))
        elif isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
        else:
            yield from _texts(child)
