"""`python -m viewcast` runs the command `viewcast`."""

if __name__ == "__main__":
    from viewcast.command_line import main

    main()
