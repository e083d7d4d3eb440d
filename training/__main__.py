"""`python -m training`: the command line is in `command_line`."""

from training.command_line import main

main()
