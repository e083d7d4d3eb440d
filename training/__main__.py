"""Entry point of `python -m training`; the commands are in `commands/`."""

from training.commands.app import main

main()
