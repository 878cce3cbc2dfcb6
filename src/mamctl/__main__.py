"""`mamctl`, and `python -m mamctl`: garbage is collected rarely before Typer, half of a start, is imported."""

from mamctl.cli.garbage import spare_the_start


def main() -> None:
    """The console script."""
    spare_the_start()
    from mamctl.cli.app import main as run

    run()


if __name__ == "__main__":
    main()
