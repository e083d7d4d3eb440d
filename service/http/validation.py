"""Convert pydantic's errors to messages for the sender of a body."""

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from fastapi import Request as HttpRequest
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json

from service.http.places import Location, place, pointer
from service.http.problems import ProblemError
from service.problem_schemas import FieldError

Request = TypeVar("Request", bound=BaseModel)

MOST_ERRORS = 20
MOST_FIELDS = 100
# More than a series of 4,096 views needs.
MOST_BYTES_AT_ONCE = 128 * 1024

# pydantic's error type -> the message, with placeholders for values of its `ctx` and for the input
_DETAILS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field that is known here",
    "model_type": "is {sent}; a JSON object would be right",
    "list_type": "is {sent}; a list would be right",
    "dict_type": "is {sent}; an object would be right",
    "float_type": "is {sent}; a number, or null for a missing day, would be right",
    "finite_number": "is {sent}; a finite number, or null for a missing day, would be right",
    "bool_parsing": "is {sent}; true or false would be right",
    "bool_type": "is {sent}; true or false would be right",
    "int_type": "is {sent}; a whole number would be right",
    "int_parsing": "is {sent}; a whole number would be right",
    "int_parsing_size": "is {sent}; a whole number of fewer digits would be right",
    "int_from_float": "is {sent}; a whole number would be right",
    "literal_error": "is {sent}; {expected} would be right",
    "string_type": "is {sent}; a text would be right",
    "date_from_datetime_parsing": "is {sent}; a date of the calendar in the form YYYY-MM-DD would be right",
    "date_parsing": "is {sent}; a date of the calendar in the form YYYY-MM-DD would be right",
    "greater_than_equal": "is {sent}; a number of at least {ge:.16g} would be right",
    "less_than_equal": "is {sent}; a number of at most {le:.16g} would be right",
    "too_short": "has {actual_length} entries; at least {min_length} are needed",
    "too_long": "has more than {max_length} entries, the most that is read here",
}


def read_json(body: bytes) -> Any:
    """Read a JSON body; NaN and Infinity are read here, and refused when their field is checked.

    Raises `ProblemError` when it is not JSON.
    """
    try:
        return from_json(body)
    except ValueError as error:
        raise ProblemError("malformed-body", f"the body is not JSON: {error}") from None


def read(model: type[Request], body: bytes) -> Request:
    """Read and validate JSON, in one pass when it is valid.

    Raises `ProblemError` when it is not JSON, or not what `model` describes.
    """
    try:
        return model_from_json(model, body)
    except ValidationError:
        # The input value is known only after reading the JSON separately.
        return validate(model, read_json(body))


def model_from_json(model: type[Request], body: bytes) -> Request:
    """Read and validate JSON in one pass; raises pydantic's `ValidationError`."""
    if len(body) > MOST_BYTES_AT_ONCE:
        # An unknown field is no error here: a million of them would give a million errors.
        raise ValidationError.from_exception_data(model.__name__, [])
    # Same as `model_validate_json` for bytes, without its overhead for every series of a batch.
    return model.__pydantic_validator__.validate_json(body)  # type: ignore[no-any-return]


def validate(model: type[Request], parsed: Any, *location: int | str, in_body: bool = True) -> Request:
    """Validate parsed JSON.

    Parameters
    ----------
    model : what it should be
    parsed : what it is, as `read_json` gives it
    location : where in the body it stands
    in_body : whether it stands there; it is the query otherwise

    Raises
    ------
    ProblemError
        When it is not what `model` describes; names each field that is wrong, up to 20.
    """
    # pydantic would make an error for each unknown field, which takes seconds for some megabytes.
    if isinstance(parsed, dict) and len(parsed) > MOST_FIELDS:
        known = ", ".join(model.model_fields)
        raise ProblemError.at(place(location), f"has {len(parsed)} fields; there are {known}")
    try:
        return model.model_validate(parsed)
    except ValidationError as error:
        raise _problem_of(error.errors(include_url=False), location, in_body) from None


def check_unique(ids: list[str], field: str = "series[{}].id") -> None:
    """Check that no two series have the same id.

    Raises `ProblemError`, naming the second one; `field` is where ids stand.
    """
    if len(set(ids)) == len(ids):
        return
    first: dict[str, int] = {}
    for i, name in enumerate(ids):
        if first.setdefault(name, i) != i:
            raise ProblemError.at(
                field.format(i), f'is "{name[:40]}", as {field.format(first[name])} is; make it unique'
            )


async def parameter_problem(request: HttpRequest, error: Exception) -> Response:
    """Convert FastAPI's errors about the parameters of a request."""
    assert isinstance(error, RequestValidationError)
    # Each location begins with its source: path, query or header.
    errors = [{**detail, "loc": detail["loc"][1:]} for detail in error.errors()]
    problem = _problem_of(cast(list[ErrorDetails], errors), (), in_body=False)
    return problem.response(request.url.path)


def _problem_of(details: Sequence[ErrorDetails], location: Location, in_body: bool) -> ProblemError:
    errors = []
    for detail in details[:MOST_ERRORS]:
        where = (*location, *detail["loc"])
        at = pointer(where) if in_body else None
        errors.append(FieldError(field=place(where)[:200], detail=_detail(detail), pointer=at))
    return ProblemError(
        "invalid-input", ". ".join(f"{e.field or 'the body'} {e.detail}" for e in errors), errors=errors
    )


def _detail(error: ErrorDetails) -> str:
    wording = _DETAILS.get(error["type"])
    if wording is None:
        return error["msg"]
    return wording.format(sent=_sent(error["input"]), **error.get("ctx", {}))


def _sent(value: Any) -> str:
    """Show the input, shortened."""
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'the text "{value[:40]}"' if value else "an empty text"
        case _:
            return str(value)[:40]
