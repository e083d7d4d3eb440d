"""How long the database is waited for."""

import socket
import time

import pytest

from training.database.engine import Database, DatabaseError

# The driver itself would wait for more than two minutes.
MOST_SECONDS = 60


def test_a_server_that_never_answers_is_an_error_and_no_endless_wait() -> None:
    pytest.importorskip("psycopg")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(DatabaseError, match="timeout"):
            Database(f"postgresql+psycopg://viewcast@127.0.0.1:{port}/viewcast")
        assert time.monotonic() - began < MOST_SECONDS
