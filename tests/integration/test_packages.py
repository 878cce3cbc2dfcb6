"""Source archive, wheel and container image: built, checked, installed where nothing else is, and used."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

pytestmark = [
    pytest.mark.spec("OPS-4"),
    pytest.mark.slow,
    pytest.mark.xdist_group("packages"),
    pytest.mark.timeout(400),
]
ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def run(*words: str, cwd: Path = ROOT, **environ: str) -> str:
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **environ}
    done = subprocess.run(words, cwd=cwd, env={**os.environ, **kept}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from the source archive, as an index would get them."""
    out = tmp_path_factory.mktemp("dist")
    source = out / "clone"
    kept = ("pyproject.toml", "constraints.txt", "README.md", "LICENSE", "CHANGELOG.md", "crontab.example")
    source.mkdir()
    for name in kept:
        shutil.copy(ROOT / name, source)
    for name in ("src", "docs"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    # Fetched once for both archives, where build alone would make an environment for each.
    backend = str(out / "backend")
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    pip = (sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile")
    run(*pip, "--target", backend, *needs)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source), PYTHONPATH=backend)
    return out


def test_the_archives_are_what_an_index_takes(built: Path) -> None:
    (wheel,), (archive,) = built.glob("*.whl"), built.glob("*.tar.gz")
    run(sys.executable, "-m", "twine", "check", "--strict", str(wheel), str(archive))
    names = zipfile.ZipFile(wheel).namelist()
    assert "mamctl/mamctl.toml" in names
    assert all(name.startswith(("mamctl/", "mamctl-")) for name in names)
    with tarfile.open(archive) as found:
        assert any(name.endswith("/pyproject.toml") for name in found.getnames())


def use(program: Path, home: Path) -> None:
    """What somebody does first, without any of this tree's own environment."""
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    assert run(str(program), "--version", **clean).startswith("mamctl ")
    run(str(program), "init", **clean)
    assert json.loads(run(str(program), "status", "--json", **clean))["schema"] == "mamctl.status/1"
    assert "vip check --quiet" in run(str(program), "run", "--dry-run", **clean)


def stages(text: str) -> list[list[tuple[str, str]]]:
    """The instructions of each stage, long lines joined."""
    found: list[list[tuple[str, str]]] = []
    for line in re.sub(r"\\\n", " ", text).splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        elif found and word.isupper():
            found[-1].append((word, rest))
    return found


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the COPY and RUN lines of the build stage make, with a scratch folder in place of the image's root."""
    root = tmp_path_factory.mktemp("image")
    place_requirements(root / "opt/mamctl/lib/python{}.{}/site-packages".format(*sys.version_info))
    for word, rest in stages(DOCKERFILE)[0]:
        if word == "COPY":
            _copy(root, *rest.split())
        if word == "RUN":
            moved = re.sub(r"(?<=[\s\"])(?=/(?:src|opt)\b)", str(root), rest)
            # Decoding is tested elsewhere, and has 100 MB.
            path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
            run("sh", "-c", moved, PATH=path, EXTRAS="", PIP_NO_COMPILE="1")
    return root


def place_requirements(packages: Path) -> None:
    """Put there what the program says that it needs, and nothing else, as it is installed here: pip then fetches none
    of it, which takes a minute, and what the program does not say that it needs is still missing.
    """
    for name in sorted(set(required("mamctl")) - {"pip"}):  # the environment brings that one itself
        for file in metadata.distribution(name).files or ():
            if ".." not in file.parts and file.locate().exists():
                (packages / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), packages / file)


def required(name: str, extras: frozenset[str] = frozenset({""})) -> Iterator[str]:
    """The names of all distributions that one needs, with these extras of it."""
    for one in map(Requirement, metadata.requires(name) or ()):
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras):
            yield one.name
            yield from required(one.name, frozenset({"", *one.extras}))


def _copy(root: Path, *words: str) -> None:
    *sources, target = words
    place = Path(f"{root}{target}")
    for source in sources:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, place)


def test_the_images_build_stage_makes_a_program_that_works(image: Path, tmp_path: Path) -> None:
    use(image / "opt/mamctl/bin/mamctl", tmp_path)


def test_the_wheel_works_where_nothing_else_is_installed(image: Path, built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    pip = str(image / "opt/mamctl/bin/pip")
    assert not list((image / "opt/mamctl/lib").glob("python3*/site-packages/pytest"))
    run(
        pip,
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-compile",
        "--no-deps",
        "--force-reinstall",
        str(wheel),
    )
    run(pip, "check", "--disable-pip-version-check")
    use(image / "opt/mamctl/bin/mamctl", tmp_path)


def test_the_final_stage_runs_as_nobody_special_and_knows_when_it_is_ill() -> None:
    build, final = stages(DOCKERFILE)
    settings = dict(final)
    assert settings["USER"] == "mamctl"
    assert json.loads(settings["VOLUME"]) == ["/config", "/data", "/library"]
    assert json.loads(settings["HEALTHCHECK"].partition("CMD ")[2])[:3] == ["mamctl", "status", "--check"]
    for word, rest in [*build, *final]:
        if word == "RUN":
            run("sh", "-n", "-c", rest)


def test_what_the_image_copies_is_not_ignored() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {source for word, rest in stages(DOCKERFILE)[0] if word == "COPY" for source in rest.split()[:-1]}
    assert copied == kept


def test_the_compose_example_is_what_the_page_configures() -> None:
    compose = yaml.safe_load((ROOT / "compose.example.yaml").read_text())
    page = (ROOT / "docs/install.md").read_text()
    (text,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    config = tomllib.loads(text)
    named = [
        config["tracker"]["mam_id_file"],
        config["qbittorrent"][0]["password_file"],
        config["audiobookshelf"]["api_key_file"],
    ]
    assert sorted(named) == sorted(f"/run/secrets/{name}" for name in compose["secrets"])
    assert set(compose["services"]) == {"mamctl", "qbittorrent", "audiobookshelf"}
    assert all("file" in secret for secret in compose["secrets"].values())
    hosts = {config["qbittorrent"][0]["url"], config["audiobookshelf"]["url"]}
    assert {url.removeprefix("http://").partition(":")[0] for url in hosts} == {"qbittorrent", "audiobookshelf"}


def test_every_pinned_version_runs_on_the_python_of_debian_12() -> None:
    pinned = [line.partition("==")[::2] for line in (ROOT / "constraints.txt").read_text().splitlines()]
    installed = {one.name.lower().replace("_", "-"): one for one in metadata.distributions()}
    newer = [
        f"{name}=={version}: {needs}"
        for name, version in pinned
        if (found := installed.get(name.lower().replace("_", "-"))) and found.version == version
        and (needs := found.metadata.get("Requires-Python")) and not SpecifierSet(needs).contains("3.11.2")
    ]  # fmt: skip
    assert len(installed) > 50
    assert newer == []
