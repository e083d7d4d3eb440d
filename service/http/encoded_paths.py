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


def encoded_name(scope: Scope, folder: str) -> str:
    """Give the name after a folder in the path of a request, decoded, as such a route reads it.

    It is empty when the folder was sent in another encoding, which no such route matches.

    Parameters
    ----------
    scope : of the request
    folder : what stands before the name, with a slash at both ends
    """
    path: str = scope["raw_path"].decode("latin-1")
    return _decoded(path.removeprefix(folder).partition("/")[0])


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise ProblemError.at_parameter("id", "is not UTF-8, percent-encoded") from error
