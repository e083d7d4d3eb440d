"""Every server in turn, alone on one core, loaded from another; round after round."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.serving.load import Load, load
from benchmarks.serving.running import running
from benchmarks.serving.servers import Server, write_mlserver

CONNECTIONS = (1, 32, 256)
PORT = 9310


@dataclass
class Measured:
    """What the rounds found of one server."""

    server: Server
    loads: dict[int, list[Load]] = field(default_factory=lambda: defaultdict(list))
    cpu: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    megabytes: list[float] = field(default_factory=list)
    seconds_to_first_answer: list[float] = field(default_factory=list)

    def rate(self, connections: int) -> float:
        """Median of the requests a second."""
        return median(round_.rate for round_ in self.loads[connections])

    def p50(self, connections: int) -> float:
        """Median of the median latencies, in ms."""
        return median(round_.p50 for round_ in self.loads[connections])

    def p99(self, connections: int) -> float:
        """Median of the 99th percentiles, in ms."""
        return median(round_.p99 for round_ in self.loads[connections])

    def microseconds(self, connections: int) -> float:
        """Median of the processor's time a request, which a busy machine changes less than the rate."""
        return median(self.cpu[connections]) * 1e6

    def failed(self) -> int:
        """Requests that were not answered, or not by 2xx."""
        return sum(round_.failed for rounds in self.loads.values() for round_ in rounds)


def compare(
    servers: Sequence[Server],
    folder: Path,
    environments: Path,
    rounds: int,
    seconds: int,
    say: Callable[[str], None],
) -> tuple[list[Measured], dict[str, str]]:
    """Load each server in turn, `rounds` times.

    Returns
    -------
    measured : list of Measured
    left_out : dict
        The servers that could not be run, and why.
    """
    measured = {server.name: Measured(server) for server in servers}
    left_out: dict[str, str] = {}
    write_mlserver(folder, PORT)
    for number in range(rounds):
        for server in servers:
            if server.name in left_out:
                continue
            try:
                _round(measured[server.name], folder, environments, seconds)
            except (RuntimeError, OSError) as error:
                left_out[server.name] = str(error)
                measured.pop(server.name)
                say(f"{server.name} is left out: {error}")
                continue
            measurement = measured[server.name]
            rates = ", ".join(f"{load[-1].rate:,.0f} at {n}" for n, load in measurement.loads.items())
            say(f"round {number + 1} of {rounds}, {server.name}: {rates} requests a second")
    return list(measured.values()), left_out


def _round(measured: Measured, folder: Path, environments: Path, seconds: int) -> None:
    server = measured.server
    with running(server, folder, environments, PORT, cores={0}) as started:
        measured.seconds_to_first_answer.append(started.seconds_to_first_answer)
        # The first request makes what all others use.
        load(PORT, server.path, server.body, 8, 1, {1}, server.headers)
        for connections in CONNECTIONS:
            before = started.cpu_seconds()
            under_load = load(PORT, server.path, server.body, connections, seconds, {1}, server.headers)
            measured.loads[connections].append(under_load)
            measured.cpu[connections].append((started.cpu_seconds() - before) / max(under_load.requests, 1))
        measured.megabytes.append(started.resident_megabytes())
