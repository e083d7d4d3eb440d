"""Requests that nobody well-meaning sends: made up without end, from a seed."""

import json
from random import Random
from typing import NamedTuple

from tests.service.http.hostile_zips import flipped
from tests.service.requests import LAST_DATE, WEEK, batch, single, views

FORECAST = {
    "model": "viewcast",
    "inputs": [
        {
            "type": "univariate_time_series",
            "name": "a",
            "series": WEEK,
            "frequency": "day",
            "start_timestamp": "2026-11-14T00:00:00Z",
        }
    ],
    "options": {"horizon": 3, "quantiles": [0.1, 0.5]},
}
BODIES = {
    "/predict": [single(), single(horizon=365, levels=[50]), batch(3), {"id": "unknown"}],
    "/explain": [single()],
    "/v1/timeseries/forecast": [FORECAST],
}
# What JSON's readers stumble over.
PIECES = [
    *("{", "}", "[", "]", ",", ":", '"', "\\", "\\u00", "\\ud800", "\\x", "'", "//", "/**/", "\x00", "\x1f"),
    *("NaN", "-Infinity", "1e999", "-0", "01", "1.", ".5", "+1", "0x1", "1" * 400, "1e-400", "tru", "null"),
    *("\ufeff", "\u2028", "é", "\U0001f4a9", '{"a":' * 120, "[" * 300, "{}" * 50, '"views"', '"series":['),
]


class Request(NamedTuple):
    """A request by HTTP as it should be, with a body that is not."""

    path: str
    kind: str
    body: bytes


def broken_json(random: Random) -> Request:
    """A right body with something wrong about it, mostly."""
    path = random.choice(list(BODIES))
    return Request(path, "application/json", _spoilt(random, json.dumps(random.choice(BODIES[path]))))


def broken_lines(random: Random) -> Request:
    """Lines of NDJSON of which some are not right."""
    lines = [json.dumps({"id": str(i), "views": WEEK, "last_date": LAST_DATE}) for i in range(4)]
    spoilt = [_spoilt(random, line) if random.random() < 0.6 else line.encode() for line in lines]
    return Request("/predict", "application/x-ndjson", random.choice([b"\n", b"\r\n", b"\n\n"]).join(spoilt))


def _spoilt(random: Random, text: str) -> bytes:
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(text) + 1)
        piece = random.choice(PIECES)
        # What is put there, and how much of what stood there goes.
        put, n_gone = random.choice(
            [("", len(text)), ("", random.randrange(1, 9)), (piece, 0), (piece, 3), (text[at // 2 : at], 0)]
        )
        text = text[:at] + put + text[at + n_gone :]
    content = text.encode("utf-8", "surrogatepass")
    return flipped(random, content, most=2) if random.random() < 0.2 else content


BODY = json.dumps(single(views=views(14))).encode()
# A second request, where a body should be: whoever answers it has lost count of the bytes.
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
_CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED)
N = len(SMUGGLED)

# How long the body is, said in ways that two readers could understand differently.
LENGTHS = [
    b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % N,
    b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    b"Content-Length: %d\r\nContent-Length: 4\r\n" % N,
    *(b"Content-Length: %b\r\n" % value for value in (b"+4", b"0x4", b"4_4", b"-1", b"4 4", b"4;", b"1e1")),
    *(b"Content-Length: %b\r\n" % value for value in (b"", b"4,5", b"4\x00", b"\xd9\xa4", b"9" * 30, b"'4'")),
    *(
        b"Transfer-Encoding: %b\r\n" % value
        for value in (b"xchunked", b"chunked, xchunked", b"identity", b"gzip", b"chunked;q=1", b"chunked, ")
    ),
    *(b"Transfer-Encoding: %b\r\n" % value for value in (b"\x0bchunked", b"chunked\x00", b"'chunked'", b"c")),
    b"Transfer-Encoding : chunked\r\n",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    b"Transfer-Encoding: identity\r\nContent-Length: %d\r\n" % N,
    b"Content-Length : %d\r\n" % N,
    b" Content-Length: %d\r\n" % N,
    b"Content-Length\x00: %d\r\n" % N,
    b"X: a\rContent-Length: %d\r\n" % N,
]
# Chunks that no reader should guess at.
CHUNKS = [
    *(
        b"%b\r\n%b\r\n0\r\n\r\n" % (size, SMUGGLED)
        for size in (b"g", b"-1", b"0x5", b"", b" ", b"f" * 17, b"+5")
    ),
    b"%x\r\n%b0\r\n\r\n" % (N, SMUGGLED),
    b"%x\r\n%b\r\n0\r\nContent-Length: 4\r\n\r\n" % (N, SMUGGLED),
    b"%x \x00\r\n%b\r\n0\r\n\r\n" % (N, SMUGGLED),
    b"%x\r\n%b\r\n0\r\n%b" % (N - 2, SMUGGLED, SMUGGLED),
]
REQUEST_LINES = [
    *(b"POST  /predict HTTP/1.1", b"POST /predict", b"POST /predict HTTP/9.9", b"POST /predict HTTP/1.1 x"),
    *(
        b"P\x00ST /predict HTTP/1.1",
        b"POST /pre\x00dict HTTP/1.1",
        b"\x16\x03\x01 / HTTP/1.1",
        b" / HTTP/1.1",
    ),
    *(
        b"PRI * HTTP/2.0",
        b"POST\t/predict\tHTTP/1.1",
        b"POST /predict HTTP/1.1\r",
        b"POST /predict HTTTP/1.1",
    ),
]


def ambiguous(random: Random) -> bytes:
    """A request whose end cannot be told, with another one where its body should be."""
    head = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    kind = random.randrange(3)
    if kind == 0:
        more, body = random.choice(LENGTHS), random.choice([SMUGGLED, _CHUNKED, b"0\r\n\r\n" + SMUGGLED])
    elif kind == 1:
        more, body = b"Transfer-Encoding: chunked\r\n", random.choice(CHUNKS)
    else:
        line = random.choice(REQUEST_LINES)
        head, more, body = head.replace(b"POST /predict HTTP/1.1", line), b"Content-Length: 4\r\n", SMUGGLED
    noise = b"X-%d: %b\r\n" % (random.randrange(99), bytes(random.choices(b"ab \t;,=", k=9)).strip())
    before, after = random.choice([(noise, b""), (b"", noise), (b"", b"")])
    return head + before + more + after + b"\r\n" + body


def pipelined(random: Random) -> tuple[bytes, list[int]]:
    """Right requests on one connection, in odd pieces; and what each has to be answered."""
    sent, statuses = b"", []
    for _ in range(random.randrange(1, 5)):
        head = b"POST /predict HTTP/1.1\r\nhOST: localhost\r\nContent-Type: application/json\r\n"
        body, status = random.choice([(BODY, 200), (b"{", 400), (b"{}", 422), (b"[]", 422)])
        if random.random() < 0.5:
            sent += head + b"Content-Length:  %d \r\n\r\n" % len(body) + body
        else:
            cut = random.randrange(1, len(body) + 1)
            pieces = [piece for piece in (body[:cut], body[cut:]) if piece]
            extension = random.choice([b"", b";a=b", b';a="b;c"'])
            chunks = b"".join(b"%04X%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in pieces)
            trailer = random.choice([b"", b"X-Sum: 1\r\n"])
            sent += head + b"Transfer-Encoding: CHUNKED\r\n\r\n" + chunks + b"0\r\n" + trailer + b"\r\n"
        statuses.append(status)
    return sent, statuses
