"""Yardstick "guarded": the empty endpoint with what FastAPI users bolt on before others may reach it.

An API key, a limit of requests a second, request ids, metrics, and a line of JSON in the log for each
request, each in the way that FastAPI's and prometheus-client's documentation shows.
"""

import hashlib
import json
import logging
import os
import secrets
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response, Security
from fastapi.security import APIKeyHeader
from prometheus_client import Counter, Histogram

from benchmarks.serving.request import ANSWER
from service.schemas import ForecastAnswer, ForecastRequest

MOST_A_SECOND = 1_000_000
REQUESTS = Counter("http_requests", "Requests.", ("path", "method", "status"))
SECONDS = Histogram("http_request_seconds", "How long they took.", ("path",))
KEY_HASH = hashlib.sha256(os.environ["BENCHMARK_KEY"].encode()).hexdigest()

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("access")
app = FastAPI()
answer = ForecastAnswer.model_validate_json(ANSWER)
header = APIKeyHeader(name="X-API-Key")
counts: dict[int, int] = {}


async def checked_key(key: Annotated[str, Security(header)]) -> str:
    if not secrets.compare_digest(hashlib.sha256(key.encode()).hexdigest(), KEY_HASH):
        raise HTTPException(401)
    return key


async def limited(key: Annotated[str, Depends(checked_key)]) -> None:
    second = int(time.monotonic())
    if second not in counts:
        counts.clear()
    counts[second] = counts.get(second, 0) + 1
    if counts[second] > MOST_A_SECOND:
        raise HTTPException(429)


@app.middleware("http")
async def observe(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    begin = time.perf_counter()
    name = request.headers.get("X-Request-ID") or uuid.uuid4().hex
    response = await call_next(request)
    seconds = time.perf_counter() - begin
    response.headers["X-Request-ID"] = name
    REQUESTS.labels(request.url.path, request.method, response.status_code).inc()
    SECONDS.labels(request.url.path).observe(seconds)
    line = {"path": request.url.path, "status": response.status_code, "seconds": seconds, "request_id": name}
    log.info(json.dumps(line))
    return response


@app.post("/predict", dependencies=[Depends(limited)])
async def predict(request: ForecastRequest) -> ForecastAnswer:
    return answer
