"""`python -m training`: the command line is in `commands/`."""

from training.commands.app import main

main()
