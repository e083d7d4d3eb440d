"""Which URLs can name a database; nothing is connected to."""

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

_EXAMPLES = "sqlite:////srv/views.sqlite or postgresql+psycopg://user:password@host/database"


def url_problem(url: str) -> str | None:
    """Say what is wrong with the URL of a database, without showing its password; None when it is valid."""
    try:
        parsed = sa.make_url(url)
        parsed.get_dialect()
    except (ArgumentError, ValueError):  # the latter of a port that is no number
        return f"it is no SQLAlchemy URL; write one such as {_EXAMPLES}"
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        return f"only sqlite and postgresql are supported; write a URL such as {_EXAMPLES}"
    return None
