"""Run the practice speech services by themselves: `python -m mamctl.practice.speech --text "read by Tom Asher"`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mamctl.practice.serve import serve_until_stopped
from mamctl.practice.speech.server import PracticeSpeech, SpeechState


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m mamctl.practice.speech", description=__doc__)
    parser.add_argument("--text", default="The Lost World, read by Tom Asher.", help="what every recording says")
    parser.add_argument("--port", type=int, default=0, help="on loopback; 0 takes a free one")
    chosen = parser.parse_args(arguments)
    server = PracticeSpeech(SpeechState(text=chosen.text), port=chosen.port)
    return serve_until_stopped(server, "practice speech services of Azure and Google", lambda: _config(server))


def _config(server: PracticeSpeech) -> str:
    return (
        f'[speech]\nservice = "azure"\nazure_url = "{server.url}"\n'
        f"# in the shell: export AZURE_SPEECH_KEY={server.state.key}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
