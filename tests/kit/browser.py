"""A real Chromium without a window, spoken to over its debugging pipe: pages, their looks, and what they ask for."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any

PROGRAMS = ("chromium-headless-shell", "chromium")


def find_browser() -> str | None:
    """The program; None where there is none."""
    return next((found for name in PROGRAMS if (found := which(name))), None)


@dataclass
class Browser:
    """One tab. `requests` are the addresses that were asked for, `complaints` what the console and the loader said."""

    process: subprocess.Popen[bytes]
    to: Any
    back: Any
    session: str = ""
    number: int = 0
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the protocol, to its answer; events on the way are noted."""
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.to.write(json.dumps(message).encode() + b"\0")
        self.to.flush()
        while True:
            said = self._read()
            if said.get("id") == number:
                assert "error" not in said, said
                return said.get("result", {})

    def until(self, event: str) -> None:
        """Wait for an event."""
        while self._read().get("method") != event:
            pass

    def open(self, page: Path, *, width: int, dark: bool = False, height: int = 900) -> None:
        """Load a page at this width, in this scheme, to its end."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        self.call("Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])  # fmt: skip
        self.call("Page.navigate", url=page.as_uri())
        self.until("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def picture(self, file: Path) -> None:
        """The whole page as a PNG."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def _read(self) -> dict[str, Any]:
        text = bytearray()
        while (one := self.back.read(1)) != b"\0":
            assert one, "the browser ended"
            text += one
        said: dict[str, Any] = json.loads(bytes(text))
        parameters = said.get("params", {})
        if said.get("method") == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        if said.get("method") in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.complaints.append(json.dumps(parameters))
        return said


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """A browser with a profile of its own while the block runs."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        into, to = os.pipe()
        back, out = os.pipe()

        def place() -> None:
            spare = [os.dup(into), os.dup(out)]
            os.dup2(spare[0], 3)
            os.dup2(spare[1], 4)

        words = [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
            "--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={profile}", "about:blank"]  # fmt: skip
        process = subprocess.Popen(
            words,
            preexec_fn=place,  # noqa: PLW1509 - the browser takes its pipes by number
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(into)
        os.close(out)
        with os.fdopen(to, "wb") as writer, os.fdopen(back, "rb") as reader:
            tab = Browser(process, writer, reader)
            try:
                target = tab.call("Target.createTarget", url="about:blank")["targetId"]
                tab.session = tab.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
                for domain in ("Page", "Network", "Log", "Runtime"):
                    tab.call(f"{domain}.enable")
                yield tab
            finally:
                process.terminate()
                process.wait(timeout=30)
