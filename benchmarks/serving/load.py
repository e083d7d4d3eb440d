"""Load from `wrk`, on the other core."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
{headers}
local file = io.open({body}, "rb")
wrk.body = file:read("*a")
file:close()
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\nRESULT {{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "failed": %d}}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """What a round of load found; latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    failed: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def load(
    port: int,
    path: str,
    body: bytes,
    connections: int,
    seconds: int,
    cores: set[int] | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Load:
    """Send requests as fast as answers come, on so many connections."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "body").write_bytes(body)
        script = Path(folder) / "load.lua"
        lines = "\n".join(
            f"wrk.headers[{json.dumps(name)}] = {json.dumps(headers[name])}" for name in headers
        )
        script.write_text(SCRIPT.format(body=json.dumps(f"{folder}/body"), headers=lines))
        options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script)]
        done = subprocess.run(
            ["wrk", *options, f"http://127.0.0.1:{port}{path}"],
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
        )
    return Load(**json.loads(done.stdout.rpartition("RESULT ")[2]))
