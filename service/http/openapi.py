"""Additions to FastAPI's OpenAPI document: routes of ASGI applications, and errors as problem details."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.types import ASGIApp

from service.http.links import add_links
from service.http.problem_examples import common_problems, problem_examples
from service.http.problems import MEDIA_TYPE, problem_responses
from service.problem_schemas import ProblemDetails

REFERENCE = "#/components/schemas/{model}"


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
    # Routes are tried in order, and those of the documentation were added first.
    app.router.routes.insert(0, app.router.routes.pop())


def correct_openapi(app: FastAPI, *more_models: type[BaseModel]) -> None:
    """Document all errors as problem details, with an example of each kind.

    Parameters
    ----------
    app : the application
    more_models : models that the document refers to and FastAPI does not find in a route
    """
    make = app.openapi
    models: list[type[BaseModel]] = [ProblemDetails, *more_models]
    # Optional fields are always present in answers, as in FastAPI's own documentation of models.
    _, definitions = models_json_schema(
        [(model, "serialization") for model in models], ref_template=REFERENCE
    )

    def openapi() -> dict[str, Any]:
        document = deepcopy(make())  # FastAPI keeps what it has made
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                responses = operation["responses"]
                for response in responses.values():
                    if content := response.get("content", {}).pop("application/json", None):
                        response["content"] = {"application/json": content, **response["content"]}
                _document_problems(responses, common_problems(method.upper(), path))
        add_links(document)
        components = document["components"]
        for name in "HTTPValidationError", "ValidationError":
            components["schemas"].pop(name, None)
        components["schemas"] = definitions["$defs"] | components["schemas"]
        components["examples"] = problem_examples()
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _document_problems(responses: dict[str, Any], more: Iterable[str]) -> None:
    """Add the problems that every route can have to a route's own, and remove FastAPI's defaults."""
    kinds = set(more)
    for status in [status for status in responses if status >= "400"]:
        content = responses.pop(status)["content"]
        kinds.update(content.get(MEDIA_TYPE, {}).get("examples", ()))
    responses.update({str(status): response for status, response in problem_responses(*kinds).items()})
