"""What a scenario counts, and what was not as it should be."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.service.requests import views

SERVED, REFUSED, EITHER = {200, 202}, {503}, {200, 202, 503}


@dataclass
class Findings:
    """The answers and checks of a scenario.

    Attributes
    ----------
    counts : of answers, by request and status, and of whatever else
    losses : what should not be as it is
    """

    counts: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)

    def send(
        self, client: httpx.Client, method: str, path: str, expected: set[int], **content: Any
    ) -> httpx.Response | None:
        """Send a request, and check its status; what is refused has to say when to try again.

        Returns
        -------
        Response or None
            None when nobody answered, which is no loss when nothing is expected.
        """
        kind = f"{method} /{path.split('/')[1]}"
        try:
            answer = client.request(method, path, **content)
        except httpx.TransportError as error:
            self.counts[f"{kind} unanswered"] += 1
            self.check(not expected, f"{kind}: {error!r}")
            return None
        self.counts[f"{kind} {answer.status_code}"] += 1
        self.check(answer.status_code in expected, f"{kind}: {answer.status_code} {answer.text[:300]}")
        if answer.status_code == 503:
            self.check("retry-after" in answer.headers, f"{kind}: 503 without Retry-After")
        return answer

    def keep_history(self, client: httpx.Client) -> None:
        """Send enough days of the series `video` to train on."""
        body = {"views": views(120), "last_date": "2026-11-19"}
        self.send(client, "PUT", "/series/video/days", SERVED, json=body)

    def put_day(self, client: httpx.Client, count: float, expected: set[int]) -> bool:
        """Send the count of the day after these; True when it is acknowledged."""
        body = {"views": [count], "last_date": "2026-11-20"}
        answer = self.send(client, "PUT", "/series/video/days", expected, json=body)
        return answer is not None and answer.is_success

    def last_count(self, client: httpx.Client) -> float | None:
        """The last count of that series, as it is kept."""
        answer = self.send(client, "GET", "/series/video", {200})
        return None if answer is None or not answer.is_success else float(answer.json()["views"][-1])

    def check(self, holds: bool, sentence: str) -> None:
        """Note what is not so."""
        if not holds:
            self.losses.append(sentence)

    def __str__(self) -> str:
        counted = ", ".join(f"{n} {name}" for name, n in sorted(self.counts.items()))
        return "\n".join([counted, f"losses: {len(self.losses)}", *self.losses])
