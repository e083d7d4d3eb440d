"""Routes with names of any text in their path: a slash within a name is sent as %2F."""

from urllib.parse import unquote

from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from service.http.problems import ProblemError


class EncodedPathRoute(APIRoute):
    """A route that matches the path as it was sent, and decodes its parameters afterwards."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match the undecoded path."""
        match, child = super().matches({**scope, "path": scope["raw_path"].decode("latin-1")})
        if match is not Match.NONE:
            child["path_params"] = {name: _decoded(text) for name, text in child["path_params"].items()}
        return match, child


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise ProblemError.at_parameter("id", "is not UTF-8, percent-encoded") from error
