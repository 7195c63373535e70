"""The notebook, executed beside a running demo.

SML_UPDATE_NOTEBOOK=1 stores the outputs.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from conftest import binary
from nbclient import NotebookClient
from rpconnect_sml import Client, SmlError

NOTEBOOK = Path(__file__).parents[1] / "walkthrough.ipynb"
MOST_BYTES = 60_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("demo")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{s.getsockname()[1]}"
    log = (folder / "log").open("w+")
    server = subprocess.Popen([binary(folder), "demo", "--http", host], stdout=log, stderr=subprocess.STDOUT)
    try:
        shuttle = Client(f"http://{host}").project("shuttle")
        end = time.monotonic() + 180
        while True:
            try:
                if shuttle.live()["rows"] == 49_097:
                    break
            except SmlError:
                pass
            if server.poll() is not None or time.monotonic() > end:
                log.seek(0)
                pytest.fail(f"the demo does not start: {log.read()}")
            time.sleep(0.2)
        yield f"http://{host}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def outputs(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """The sorts of output of each cell with code."""
    return [[o["output_type"] for o in cell["outputs"]] for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_the_notebook_runs(demo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SML_ADDRESS", demo)
    stored = nbformat.read(NOTEBOOK, as_version=4)
    fresh = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(fresh, timeout=120, kernel_name="python3", record_timing=False).execute()
    if os.environ.get("SML_UPDATE_NOTEBOOK"):
        fresh["metadata"]["language_info"] = {"name": "python"}
        nbformat.write(fresh, NOTEBOOK)
        return
    assert outputs(stored) == outputs(fresh), "the stored outputs are of another notebook: SML_UPDATE_NOTEBOOK=1 stores them"


def test_the_notebook_is_small_and_of_no_machine() -> None:
    text = NOTEBOOK.read_text()
    assert len(text) < MOST_BYTES
    assert not re.search(r"/(root|home|tmp|work|Users)/|Traceback", text)
