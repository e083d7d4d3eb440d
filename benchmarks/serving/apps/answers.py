"""What the yardsticks "plain" and "day by day" answer."""

from datetime import date

from pydantic import BaseModel


class Day(BaseModel):
    date: date
    views: float


class Answer(BaseModel):
    forecast: list[Day]
