"""A server for the tests: the program with tests/pipeline.yaml."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rpconnect_sml import Client, Project, SmlError

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def binary(folder: Path) -> str:
    """The program: SML_BINARY, or built."""
    if path := os.environ.get("SML_BINARY"):
        return path
    path = str(folder / "rpconnect-sml")
    subprocess.run(["go", "build", "-o", path, "./cmd/rpconnect-sml"], cwd=ROOT, check=True)
    return path


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{s.getsockname()[1]}"
    log = (folder / "log").open("w+")
    server = subprocess.Popen(
        [binary(folder), "run", str(HERE / "pipeline.yaml")],
        env={**os.environ, "ADDRESS": host},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        learned = Client(f"http://{host}").project("learned")
        end = time.monotonic() + 60
        while True:
            try:
                if learned.live()["rows"] == 1500:
                    break
            except SmlError:
                pass
            if server.poll() is not None or time.monotonic() > end:
                log.seek(0)
                pytest.fail(f"the server does not start: {log.read()}")
            time.sleep(0.1)
        yield f"http://{host}"
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[Client]:
    with Client(address) as c:
        yield c


@pytest.fixture(scope="session")
def learned(client: Client) -> Project:
    """A project of 1,500 rows, with folds, parts by class, powers of y and curves of x and z."""
    return client.project("learned")


@pytest.fixture
def created(client: Client) -> Iterator[Callable[[], Project]]:
    """Makes projects that are deleted after the test."""
    made: list[Project] = []
    names = itertools.count()

    def create() -> Project:
        project = client.project(f"test{os.getpid()}_{next(names)}_{time.monotonic_ns()}")
        project.create_project()
        made.append(project)
        return project

    yield create
    for project in made:
        try:
            project.delete_project()
        except SmlError:
            pass
