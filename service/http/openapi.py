"""What `/docs` shows beyond what FastAPI finds out: routes that it does not run, errors as problems."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.types import ASGIApp

from service.http.problems import MEDIA_TYPE

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
    # Routes are tried in their order, and those of the documentation's pages came first.
    app.router.routes.insert(0, app.router.routes.pop())


def correct_openapi(app: FastAPI, *more_models: type[BaseModel]) -> None:
    """Correct what FastAPI supposes of errors: their content type, and some of its own that never come.

    Parameters
    ----------
    app : the application
    more_models : models that the document refers to and FastAPI does not find in a route
    """
    make = app.openapi
    # Optional fields of an answer are always there, as FastAPI has it for the models that it finds.
    _, definitions = models_json_schema(
        [(model, "serialization") for model in more_models], ref_template=REFERENCE
    )

    def openapi() -> dict[str, Any]:
        document = deepcopy(make())  # FastAPI keeps what it has made
        for operations in document["paths"].values():
            for operation in operations.values():
                responses = operation["responses"]
                for status, response in list(responses.items()):
                    if status >= "400":
                        _correct_error(responses, status)
                    elif content := response.get("content", {}).pop("application/json", None):
                        response["content"] = {"application/json": content, **response["content"]}
        for name in "HTTPValidationError", "ValidationError":
            document["components"]["schemas"].pop(name, None)
        document["components"]["schemas"] = definitions["$defs"] | document["components"]["schemas"]
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _correct_error(responses: dict[str, Any], status: str) -> None:
    """Document an error as problem details, and drop one that FastAPI supposes."""
    # FastAPI files an error under the content type of the route's answer.
    content = next(iter(responses[status]["content"].values()))
    if content["schema"].get("$ref", "").endswith("ProblemDetails"):
        responses[status]["content"] = {MEDIA_TYPE: content}
    else:
        del responses[status]
