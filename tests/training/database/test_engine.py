"""Which servers are waited for, and for how long, and which are refused."""

import socket
import time

import pytest
import sqlalchemy as sa

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


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_name_is_refused(postgresql: str, encoding: str) -> None:
    server = sa.create_engine(postgresql, isolation_level="AUTOCOMMIT")
    name = f"in_{encoding.lower()}"
    with server.connect() as connection:
        options = f"ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
        connection.exec_driver_sql(f"CREATE DATABASE {name} {options}")
        url = sa.make_url(postgresql).set(database=name)
        with pytest.raises(DatabaseError, match=rf"{name}: its encoding is {encoding}; .*'UTF8'"):
            Database(url.render_as_string(hide_password=False))
        connection.exec_driver_sql(f"DROP DATABASE {name}")
    server.dispose()
