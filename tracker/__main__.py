"""`python -m tracker` is `track`."""

from tracker.cli.main import main

main()
