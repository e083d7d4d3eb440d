"""Charts as image files, drawn with matplotlib, which is an optional dependency."""
