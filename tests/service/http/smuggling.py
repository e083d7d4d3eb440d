"""Requests within requests: each is told apart from what follows in another way, or in two at once."""

from collections.abc import Iterator
from itertools import product

from tests.service.http.hostile import CHUNKS, LENGTHS, REQUEST_LINES, SMUGGLED

LINE = b"POST /predict HTTP/1.1"
COMMON = b"Host: localhost\r\nContent-Type: application/json\r\n"
N = len(SMUGGLED)
CHUNKS_OF_IT = b"%x\r\n%b\r\n0\r\n\r\n" % (N, SMUGGLED)
# What a reader of lengths takes for the whole body, and what a reader of chunks does.
BODIES = [SMUGGLED, CHUNKS_OF_IT, b"0\r\n\r\n" + SMUGGLED, b"4\r\n{}\r\n\r\n0\r\n\r\n" + SMUGGLED]
LENGTH = b"Content-Length: %d\r\n" % N
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LAST = b"GET /end HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_CHUNKED_SOMEHOW = [
    *(b"Transfer-Encoding:chunked", b"Transfer-Encoding:\tchunked", b"Transfer-Encoding: \t chunked \t"),
    *(b"transfer-encoding: CHUNKED", b"Transfer-Encoding: cHuNkEd", b"Transfer_Encoding: chunked"),
    *(b"Transfer-Encoding: chunked\r\n ", b"Transfer-Encoding:\r\n chunked", b"Transfer-Encoding:\n chunked"),
    *(
        b"Transfer-Encoding: x\r\n chunked",
        b"X: y\r\n Transfer-Encoding: chunked",
        b"Transfer-Encoding\r\n: chunked",
    ),
    *(
        b"X: y\nTransfer-Encoding: chunked",
        b"X: y\rTransfer-Encoding: chunked",
        b"\nTransfer-Encoding: chunked",
    ),
    *(b"Transfer-Encoding\t: chunked", b"\tTransfer-Encoding: chunked", b"Transfer-Encoding: ,chunked"),
    *(
        b"Transfer-Encoding: chunked,chunked",
        b"Transfer-Encoding: gzip, chunked",
        b'Transfer-Encoding: "chunked"',
    ),
    *(
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
    ),
    *(
        b"Transfer-Encoding: chunked\x0b",
        b"Transfer-Encoding: \xa0chunked",
        b"Transfer-Encoding: chunked\x85",
    ),
    *(b"X-Transfer-Encoding: chunked", b"Transfer-Encoding : chunked", b"Transfer-Encoding:: chunked"),
    *(
        b"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
        b"TE: chunked",
        b"Trailer: Content-Length",
    ),
]
_LENGTH_SOMEHOW = [
    *(
        b"Content-Length: 0",
        b"Content-Length: 00",
        b"Content-Length: 5, 5",
        b"Content-Length: 5\r\nContent-Length: 5",
    ),
    *(
        b"Connection: Content-Length\r\nContent-Length: %d" % N,
        b"Content_Length: %d" % N,
        b"Content-Length:%d" % N,
    ),
    *(
        b"Content-Length: 4\r\n ",
        b"Content-Length:\r\n %d" % N,
        b"X: y\nContent-Length: %d" % N,
        b"Content-Length: %d\n" % N,
    ),
    *(
        b"Content-Length: \x0b4",
        b"Content-Length: 18446744073709551616",
        b"Content-Length: 4294967300",
        b"Content-Length: 4.0",
    ),
    *(
        b"Expect: 100-continue\r\nContent-Length: %d" % N,
        b"Expect: 100-continue\r\nTransfer-Encoding: chunked",
    ),
    *(b"Expect: 200-ok\r\nContent-Length: %d" % N, b"Expect : 100-continue\r\nContent-Length: %d" % N),
    *(
        b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMA\r\nContent-Length: %d"
        % N,
    ),
    *(b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==",),
    *(
        b"Upgrade: TLS/1.0\r\nConnection: Upgrade\r\nTransfer-Encoding: chunked",
        b"Connection: close, keep-alive",
    ),
]
_LINES = [
    *(b"POST http://localhost/predict HTTP/1.1", b"POST http://other.example/predict HTTP/1.1"),
    *(
        b"POST http://a@localhost:99/predict HTTP/1.1",
        b"POST //predict HTTP/1.1",
        b"POST /predict#a HTTP/1.1",
    ),
    *(b"POST /predict?a=%0d%0aX:1 HTTP/1.1", b"POST /%2e%2e/predict HTTP/1.1", b"POST /predict HTTP/1.0"),
    *(b"GET /healthz HTTP/1.1", b"HEAD /healthz HTTP/1.1", b"OPTIONS * HTTP/1.1", b"TRACE / HTTP/1.1"),
    *(b"CONNECT localhost:80 HTTP/1.1", b"PRI * HTTP/2.0", b"GET /healthz", b"post /predict HTTP/1.1"),
    *(
        b"\r\n\r\nPOST /predict HTTP/1.1",
        b"POST /predict HTTP/1.1\nX: 1",
        b"POST /predict  HTTP/1.1",
        b"DELETE /x HTTP/1.1",
    ),
]
_CHUNKS = [
    *(b"%x;a=b\r\n%b\r\n0;c\r\n\r\n" % (N, SMUGGLED), b'%x;a="\r\n%b\r\n0\r\n\r\n' % (N, SMUGGLED)),
    *(
        b"%x;\n%b\r\n0\r\n\r\n" % (N, SMUGGLED),
        b"%x\n%b\n0\n\n" % (N, SMUGGLED),
        b"%x\r%b\r\n0\r\n\r\n" % (N, SMUGGLED),
    ),
    *(
        b"%x\r\n%b\r\n0\n\n" % (N, SMUGGLED),
        b"%x\r\n%bxx0\r\n\r\n" % (N, SMUGGLED),
        b"00000000000000%x\r\n%b\r\n0\r\n\r\n" % (N, SMUGGLED),
    ),
    *(b"%x\r\n%b\r\n00\r\n\r\n" % (N, SMUGGLED), b"%x;%b\r\n%b\r\n0\r\n\r\n" % (N, b"a" * 20_000, SMUGGLED)),
    *(
        b"%b\r\n%b\r\n0\r\n\r\n" % (size, SMUGGLED)
        for size in (b"ffffffffffffffff", b"10000000000000004", b"80000000", b"7fffffffffffffff")
    ),
    *(
        b"%b%x\r\n%b\r\n0\r\n\r\n" % (before, N, SMUGGLED)
        for before in (b"\r\n", b" ", b"\t", b"0x", b"+", b"\x00")
    ),
    *(
        b"%x%b\r\n%b\r\n0\r\n\r\n" % (N, after, SMUGGLED)
        for after in (b" ", b"\t", b"\r", b"\x00", b" 0", b"_0", b"h")
    ),
    *(b"0\r\n%b: x\r\n\r\n%b" % (trailer, SMUGGLED) for trailer in (b"Content-Length", b"Host", b"X y", b"")),
    *(b"0\r\n" + SMUGGLED, b"0\r\nX: 1\r\n" + SMUGGLED, b"0\r\n\r" + SMUGGLED, b"\r\n" + SMUGGLED),
]
# Requests that are right, with the beginning of another one: nobody else may end it.
_LEFT_OVER = [
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /smuggled HTTP/1.1\r\nX: ",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nPOST /smuggled HTTP/1.1\r\n%bContent-Length: 9\r\n\r\n"
    % COMMON,
    b"%b\r\n%bContent-Length: 2\r\n\r\n{}GET /smuggled HTTP/1.1\r\nX: " % (LINE, COMMON),
    b"%b\r\n%bContent-Length: 900\r\n\r\n%b" % (LINE, COMMON, SMUGGLED),
    b"%b\r\n%bTransfer-Encoding: chunked\r\n\r\nfff\r\n%b" % (LINE, COMMON, SMUGGLED),
]


def forms() -> Iterator[bytes]:
    """Every form of request, with another one for `/smuggled` where its body is, or where it ends."""
    framings = [*LENGTHS, *(field + b"\r\n" for field in [*_CHUNKED_SOMEHOW, *_LENGTH_SOMEHOW])]
    for framing, before, body in product(framings, (b"", LENGTH), BODIES):
        yield LINE + b"\r\n" + COMMON + before + framing + b"\r\n" + body + LAST
    lengths = [
        (LENGTH, SMUGGLED),
        (b"Content-Length: 0\r\n", SMUGGLED),
        (b"", SMUGGLED),
        (CHUNKED, CHUNKS_OF_IT),
    ]
    for line, (framing, body) in product([*REQUEST_LINES, *_LINES], lengths):
        yield line + b"\r\n" + COMMON + framing + b"\r\n" + body + LAST
    for body in [*CHUNKS, *_CHUNKS]:
        yield LINE + b"\r\n" + COMMON + CHUNKED + b"\r\n" + body + LAST
    yield from _LEFT_OVER
