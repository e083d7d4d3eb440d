"""The tables' history; `revisions` runs it. A new table is a new file in `versions/`."""
