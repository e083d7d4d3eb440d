"""The yardsticks' and the peers' applications, each of which runs as a server of its own."""
