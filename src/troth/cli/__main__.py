"""`python -m troth.cli`: the same as `troth`."""

from troth.cli.main import main

main()
