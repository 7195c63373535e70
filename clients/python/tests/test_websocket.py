"""config-examples/websocket.yaml through sockets: rows are learned, scored and answered."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from pathlib import Path

from conftest import ROOT, binary
from websockets.sync.client import ClientConnection, connect


def opened(address: str, path: str) -> ClientConnection:
    end = time.monotonic() + 60
    while True:
        try:
            return connect(f"ws://{address}/{path}")
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_rows_are_pushed_and_scored(tmp_path: Path) -> None:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{s.getsockname()[1]}"
    (tmp_path / "state").mkdir()
    server = subprocess.Popen(
        [binary(tmp_path), "run", str(ROOT / "config-examples" / "websocket.yaml")],
        env={**os.environ, "ADDRESS": address, "FILES": str(tmp_path / "state")},
    )
    try:
        with opened(address, "push") as push:
            for i in range(60):
                push.send(json.dumps({"x": i % 7 + 0.5, "y": i % 5 + 0.25}))
            push.send('{"x": "warm"}')
            refused = json.loads(push.recv(timeout=30))
            assert "warm" in refused["error"]
        with opened(address, "score") as score:
            scores = []
            for row in ({"x": 3.5, "y": 2.25}, {"x": 500, "y": 1}):
                score.send(json.dumps(row))
                scores.append(json.loads(score.recv(timeout=30))["sml"]["odd"]["score"])
            assert scores[0] < scores[1]
            score.send('{"x": ')
            assert "JSON" in json.loads(score.recv(timeout=30))["error"]
    finally:
        server.terminate()
        server.wait(timeout=30)
