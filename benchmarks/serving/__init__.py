"""What serving costs, beside an empty endpoint and other model servers: `python -m benchmarks.serving`."""
