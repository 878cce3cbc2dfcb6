"""`mamctl notify test`: whether a message arrives at every address."""

from __future__ import annotations

import typer

from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result, Status
from mamctl.errors import ConfigInvalidError
from mamctl.output.screen import Screen, Tone

app = typer.Typer()
_TITLE = "mamctl: a test message"
_BODY = "This is how mamctl reaches you. Nothing is wrong, and nothing needs to be done."


@dataclass(frozen=True, slots=True)
class SentData:
    """How many addresses there are, and whether every one of them took the message; None in a dry run."""

    addresses: int
    sent: bool | None


def render_test(screen: Screen, data: SentData) -> None:
    """One line."""
    many = "1 address" if data.addresses == 1 else f"{data.addresses} addresses"
    if data.sent is None:
        screen.line(f"A test message would go to {many}")
    else:
        refused = "no test message was sent" if data.addresses == 0 else "the test message did not reach every address"
        screen.line(f"a test message went to {many}" if data.sent else refused, Tone.GOOD if data.sent else Tone.BAD)


@command(app, "test", schema="mamctl.notify.test/1", render=render_test, dry_run=True)
def test_message(runtime: Runtime) -> Result:
    """Send a test message to every address of notify.urls."""
    urls, left_out = runtime.addresses
    problems = (left_out,) if left_out else ()
    if not urls:
        if left_out:
            return Result(SentData(0, False), problems, Status.ATTENTION)
        raise ConfigInvalidError(
            "no address for messages is configured",
            subject="notify.urls",
            remedy='set notify.urls, such as urls = ["ntfy://topic"]; without one cron\'s mail is the message',
        )
    if runtime.options.dry_run:
        return Result.of(SentData(len(urls), None), problems)
    failed = runtime.notifier.notify(_TITLE, _BODY)
    found = (*problems, *((failed,) if failed else ()))
    return Result.of(SentData(len(urls), failed is None), found)
