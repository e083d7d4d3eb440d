"""What is said over HTTP when something is wrong (RFC 9457)."""

from pydantic import BaseModel, ConfigDict, Field


class FieldError(BaseModel):
    """One thing that is wrong with the input."""

    field: str = Field(
        description="Where it is, such as `series[3].views[0]`; empty for the body as a whole."
    )
    detail: str = Field(description="What is wrong there, and what would be right.")
    pointer: str | None = Field(
        None,
        description="The place in a JSON body as a JSON pointer (RFC 6901) in a URI fragment, such as "
        "`#/series/3/views/0`. What is wrong elsewhere, or with the body as a whole, has none.",
    )


class ProblemDetails(BaseModel):
    """What every error answers (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:viewcast:invalid-input",
                "title": "The input is not valid",
                "status": 422,
                "detail": "views[3] is -5; a number of at least 0 would be right",
                "instance": "/predict",
                "errors": [
                    {
                        "field": "views[3]",
                        "detail": "is -5; a number of at least 0 would be right",
                        "pointer": "#/views/3",
                    },
                ],
            }
        }
    )

    type: str = Field(description="The kind of problem, stable over releases.")
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong in this case, and what would be right.")
    instance: str = Field(description="The path of the request.")
    errors: list[FieldError] | None = Field(None, description="All errors of the input.")
