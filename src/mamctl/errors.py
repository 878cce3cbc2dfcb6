"""Error kinds with stable slugs and exit codes; every message names the thing, and what to do about it."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The process's answer to the shell; docs/exit-codes.md is generated from this class."""

    OK = 0
    BUG = 1
    USAGE = 2
    ATTENTION = 3
    PARTIAL = 4
    FAILED = 5
    CONFIG_INVALID = 10
    LOCKED = 11
    SESSION_REFUSED = 12
    UNREACHABLE = 13
    SHAPE_CHANGED = 14
    INTERRUPTED = 130
    PIPE_CLOSED = 141


EXIT_MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "done, or nothing to do",
    ExitCode.BUG: "a bug, with a trace",
    ExitCode.USAGE: "wrong usage",
    ExitCode.ATTENTION: "done; something needs your attention",
    ExitCode.PARTIAL: "some items failed, others are done",
    ExitCode.FAILED: "failed for a known reason of no special kind",
    ExitCode.CONFIG_INVALID: "configuration invalid",
    ExitCode.LOCKED: "another run holds the lock",
    ExitCode.SESSION_REFUSED: "the tracker refused the session",
    ExitCode.UNREACHABLE: "tracker, client or catalogue unreachable",
    ExitCode.SHAPE_CHANGED: "a page or answer no longer has the known shape",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.PIPE_CLOSED: "the reader of the output has gone (a pipe into head, for example)",
}


class MamctlError(Exception):
    """A failure with a known reason.

    `code` is a stable slug for programs. `message` names the thing, what was found and what was expected;
    `remedy` says what you can do; `subject` is the file, key, host or title concerned.
    No secret may ever be part of any of them.
    """

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(
        self, message: str, *, subject: str | None = None, remedy: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        self.remedy = remedy
        self.slug = code or self.code


class UsageError(MamctlError):
    """The command line asks for something that cannot be."""

    code = "usage"
    exit_code = ExitCode.USAGE


class ConfigInvalidError(MamctlError):
    """The configuration cannot be used; raised once, with every fault in it."""

    code = "config_invalid"
    exit_code = ExitCode.CONFIG_INVALID


class LockedError(MamctlError):
    """Another run of the same job is under way."""

    code = "locked"
    exit_code = ExitCode.LOCKED


class SessionRefusedError(MamctlError):
    """The tracker or client answered, and refused who we are."""

    code = "session_refused"
    exit_code = ExitCode.SESSION_REFUSED


class UnreachableError(MamctlError):
    """No usable answer came: refused, timed out, overloaded, or rate limited."""

    code = "unreachable"
    exit_code = ExitCode.UNREACHABLE


class ShapeChangedError(MamctlError):
    """An answer came that does not have the shape mamctl knows."""

    code = "shape_changed"
    exit_code = ExitCode.SHAPE_CHANGED


class MaintenanceError(ShapeChangedError):
    """A page of maintenance came in place of the answer; it would come for any other request too."""

    code = "site_maintenance"


class StoreError(MamctlError):
    """The database cannot be opened, read or written."""

    code = "store"


class PurchaseUnknownError(MamctlError):
    """A purchase may or may not have taken effect: it was sent, and no answer that can be read came back."""

    code = "purchase_unknown"
    exit_code = ExitCode.UNREACHABLE
