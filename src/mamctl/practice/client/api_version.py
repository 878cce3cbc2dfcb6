"""What the versions of qBittorrent call things, and how they answer a login."""

from __future__ import annotations

from mamctl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """A version as it speaks: 4.x pauses and resumes, 5.x stops and starts; 5.2 changed the login."""

    major: int
    minor: int

    @classmethod
    def of(cls, version: str) -> ApiVersion:
        """Of a version as the client says it: "v5.1.0"."""
        major, minor, *_ = version.removeprefix("v").split(".")
        return cls(int(major), int(minor))

    @property
    def renamed(self) -> bool:
        """Whether pause and resume are stop and start."""
        return self.major >= 5

    @property
    def stopped(self) -> str:
        """How the state of a torrent that does not run begins."""
        return "stopped" if self.renamed else "paused"

    @property
    def stop(self) -> str:
        """The call that stops."""
        return "torrents/stop" if self.renamed else "torrents/pause"

    @property
    def start(self) -> str:
        """The call that starts."""
        return "torrents/start" if self.renamed else "torrents/resume"

    @property
    def modern_login(self) -> bool:
        """Whether logins are answered with 204 and 401, the cookie bears the port, and API keys are known."""
        return (self.major, self.minor) >= (5, 2)

    @property
    def pauses_session(self) -> bool:
        """Whether the session as a whole can be paused, and says so."""
        return (self.major, self.minor) >= (5, 3)

    @property
    def web_api(self) -> str:
        """The version of the Web API, as the distribution's 4.5, 5.1 and 5.3 say it."""
        return "2.16.2" if self.modern_login else "2.11.4" if self.renamed else "2.8.19"

    def cookie(self, port: int) -> str:
        """The name of the session's cookie."""
        return f"QBT_SID_{port}" if self.modern_login else "SID"
