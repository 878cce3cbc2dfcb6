"""`python -m mamctl` is the same as `mamctl`."""

from mamctl.cli.app import main

main()
