"""A file for each revision, each going on from the one before."""
