"""Routes whose path holds a name of any text: a slash in it is sent as %2F, and is no boundary."""

from urllib.parse import unquote

from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from service.http.problems import ProblemError


class EncodedPathRoute(APIRoute):
    """A route that is matched against the path as it was sent, and decodes its parameters by itself."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match, as every route does."""
        match, child = super().matches({**scope, "path": scope["raw_path"].decode("latin-1")})
        if match is not Match.NONE:
            child["path_params"] = {name: _decoded(text) for name, text in child["path_params"].items()}
        return match, child


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise ProblemError.at_parameter("id", "is not UTF-8, percent-encoded") from error
