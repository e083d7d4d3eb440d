"""What `/docs` shows beyond what FastAPI finds out: routes that it does not run, errors as problems."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp

from service.problems import MEDIA_TYPE


def add_documented(
    app: FastAPI, path: str, served: ASGIApp, documented: Callable[..., Any], **more: Any
) -> None:
    """Add a POST route that an ASGI application serves, documented as if FastAPI ran a function.

    Parameters
    ----------
    app : the application
    path : the route's path
    served : what answers
    documented : never called; its parameters, its answer and its docstring are the documentation
    more : as for `FastAPI.post`
    """

    class DocumentedRoute(APIRoute):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.app = served

    app.router.add_api_route(path, documented, methods=["POST"], route_class_override=DocumentedRoute, **more)


def say_problem_details(app: FastAPI) -> None:
    """Correct the content type of errors in the OpenAPI document; FastAPI gives them that of answers."""
    make = app.openapi

    def openapi() -> dict[str, Any]:
        document = make()
        for operations in document["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if status >= "400" and "application/json" in response.get("content", {}):
                        response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
        return document

    app.openapi = openapi  # type: ignore[method-assign]
