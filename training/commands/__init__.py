"""The commands that have a file of their own; `command_line` puts all of them together."""
