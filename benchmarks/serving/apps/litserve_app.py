"""LitServe: the perceptron as a `LitAPI`, one worker."""

import os
import sys
from pathlib import Path
from typing import Any

import joblib
import litserve


class Perceptron(litserve.LitAPI):
    def setup(self, device: str) -> None:
        self.model = joblib.load(Path(os.environ["BENCHMARK_MODELS"]) / "seven_days.joblib")

    def decode_request(self, request: dict[str, Any]) -> list[float]:
        return request["views"]

    def predict(self, views: list[float]) -> Any:
        return self.model.predict([views])[0]

    def encode_response(self, output: Any) -> dict[str, Any]:
        return {"forecast": output.tolist()}


if __name__ == "__main__":
    server = litserve.LitServer(Perceptron(), accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), num_api_servers=1, generate_client_file=False)
