"""The container image, built by a real engine from the Dockerfile and run as compose.example.yaml runs it.

The base is made by debootstrap, for no registry of images is needed then. `make test-long` does this; it takes minutes.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.kit.effort import EFFORT

pytestmark = [
    pytest.mark.spec("OPS-4"),
    pytest.mark.long,
    pytest.mark.real("debootstrap", "podman", "runc"),
    pytest.mark.skipif(EFFORT == 1, reason="make test-long builds the container image and runs it"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a Debian root and run containers in it"),
    pytest.mark.xdist_group("image"),
    pytest.mark.timeout(1800),
]
ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.example.yaml").read_text())["services"]["mamctl"]
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
UID = 1000


class Engine:
    """podman with a store of images and containers that is this test's alone."""

    def __init__(self, folder: Path) -> None:
        places = ("--root", str(folder / "images"), "--runroot", str(folder / "running"))
        self._words = (
            "podman",
            *places,
            "--runtime",
            "runc",
            "--cgroup-manager",
            "cgroupfs",
            "--events-backend",
            "none",
        )
        self._folder = folder

    def __call__(self, *words: str, code: int = 0) -> str:
        """What podman prints; it must end with this exit code."""
        done = subprocess.run([*self._words, *words], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == code, f"{shlex.join(words)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def make_base(self, name: str) -> None:
        """A Debian with nothing but its essential packages, as the image that the Dockerfile begins from."""
        root = self._folder / "debian"
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", str(root)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:]
        packed = self._folder / "debian.tar"
        subprocess.run(["tar", "-C", str(root), "--one-file-system", "-cf", str(packed), "."], check=True)
        shutil.rmtree(root)
        self("import", str(packed), name)
        packed.unlink()

    def build(self, name: str) -> None:
        """The Dockerfile as it stands. Only pip's trust is this machine's: an index may be reached through a proxy."""
        trust = self._folder / "pip.conf"
        trust.write_text("[global]\ncert = /etc/host-certificates.crt\n")
        mounts = ("-v", f"{CERTIFICATES}:/etc/host-certificates.crt:ro", "-v", f"{trust}:/etc/pip.conf:ro")
        more = mounts if CERTIFICATES.exists() else ()
        self("build", "--format", "docker", "--isolation", "chroot", "--network", "host", *more, "-t", name, ".")

    def clear(self) -> None:
        """Containers, images and their mounts are gone."""
        self("rm", "--all", "--force")
        self("rmi", "--all", "--force")
        subprocess.run(["umount", "--lazy", str(self._folder / "images/overlay")], capture_output=True, check=False)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(tmp_path_factory.mktemp("engine"))
    engine.make_base("debian:12-slim")
    engine.build("mamctl")
    yield engine
    engine.clear()


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Callable[[str], list[str]]]:
    """The folders and secrets of the compose example, filled from a practice world, and how they are mounted."""
    world, house = tmp_path / "world", tmp_path / "house"
    served = subprocess.Popen(
        [sys.executable, "-m", "mamctl", "demo", "--serve", str(world)], stdout=subprocess.PIPE, text=True
    )
    assert served.stdout is not None
    for _ in range(11):
        served.stdout.readline()
    for name in ("config", "data", "secrets"):
        (house / name).mkdir(parents=True)
    text = (world / "mamctl.toml").read_text().replace(f'[store]\npath = "{world}/mamctl.db"\n', "")
    for name in ("mam_id", "qbittorrent_password", "abs_key"):
        text = text.replace(f"{world}/{name}", f"/run/secrets/{name}")
        shutil.copy(world / name, house / "secrets" / name)
    text = text.replace(f"{world}/library", "/library").replace(f"{world}/books", "/library/books")
    assert str(world) not in text
    (house / "config/mamctl.toml").write_text(text)
    (house / "config/schedule").write_text("* * * * * mamctl ratio watch --quiet\n")
    subprocess.run(["chown", "-R", f"{UID}:{UID}", str(house), str(world / "library")], check=True)
    tmp_path.chmod(0o755)

    def options(name: str) -> list[str]:
        mounts = {house / "config": "/config:ro", house / "data": "/data", world / "library": "/library"}
        mounts |= {house / "secrets" / secret: f"/run/secrets/{secret}:ro" for secret in COMPOSE["secrets"]}
        return [*compose_options(), "--name", name, *(f"-v={place}:{target}" for place, target in mounts.items())]

    yield options
    served.terminate()
    served.communicate(timeout=60)


def compose_options() -> list[str]:
    """How the example runs mamctl, as `podman run` takes it; the practice world is on this machine's own network."""
    words = ["--network", "host", "--user", COMPOSE["user"], "--env", f"TZ={COMPOSE['environment']['TZ']}"]
    words += ["--init"] if COMPOSE["init"] else []
    words += ["--read-only"] if COMPOSE["read_only"] else []
    for key, option in (("tmpfs", "--tmpfs"), ("cap_drop", "--cap-drop"), ("security_opt", "--security-opt")):
        words += [word for value in COMPOSE[key] for word in (option, value)]
    # Root in a sandbox may be forbidden to raise these.
    return [*words, "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]


def test_the_image_is_as_the_dockerfile_says(engine: Engine) -> None:
    (image,) = json.loads(engine("image", "inspect", "mamctl"))
    assert image["User"] == "mamctl"
    assert set(image["Config"]["Volumes"]) == {"/config", "/data", "/library"}
    assert image["Healthcheck"]["Test"] == ["CMD", "mamctl", "status", "--check", "--quiet"]
    who = ("--rm", "--network", "none", *compose_options()[-4:], "--entrypoint", "", "mamctl", "id", "-un")
    assert engine("run", *who).strip() == "mamctl"


def test_a_container_begins_with_init(engine: Engine, tmp_path: Path) -> None:
    for name in ("config", "data"):
        (tmp_path / name).mkdir()
        os.chown(tmp_path / name, UID, UID)
    tmp_path.chmod(0o755)
    mounts = (f"-v={tmp_path}/config:/config", f"-v={tmp_path}/data:/data")
    engine("run", "--rm", *compose_options()[-4:], "--network", "none", *mounts, "mamctl", "init")
    assert (tmp_path / "config/mamctl.toml").stat().st_uid == UID
    assert {path.name for path in (tmp_path / "config").iterdir()} >= {"mamctl.toml", "mam_id"}


def test_it_runs_once_and_by_its_schedule_until_it_is_stopped(engine: Engine, household) -> None:
    once = json.loads(engine("run", "--rm", *household("once"), "mamctl", "vip", "check", "--json"))
    assert once["exit_code"] == 0
    scanned = json.loads(engine("run", "--rm", *household("scan"), "mamctl", "meta", "scan", "--json", code=3))
    assert scanned["data"]["books"] > 0
    engine("run", "--detach", *household("jobs"), "mamctl", "run", "--crontab", "/config/schedule")
    until = time.monotonic() + 180
    while not (last := guard_run(engine)) and time.monotonic() < until:
        time.sleep(2)
    assert last, engine("logs", "jobs")
    engine("healthcheck", "run", "jobs")
    engine("exec", "jobs", "mamctl", "doctor", "--quiet", code=3)
    engine("stop", "--time", "120", "jobs")
    (ended,) = json.loads(engine("inspect", "jobs"))
    assert ended["State"]["ExitCode"] == 0


def guard_run(engine: Engine) -> bool:
    """Whether the guard has run by the schedule."""
    jobs = json.loads(engine("exec", "jobs", "mamctl", "status", "--json"))["data"]["jobs"]
    return any(job["job"] == "ratio" and job.get("trigger") == "scheduled" for job in jobs)
