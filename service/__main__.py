"""`python -m service`: the command line is in `command_line`. Worker processes import this file again."""

if __name__ == "__main__":
    from service.command_line import main

    main()
