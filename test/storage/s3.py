"""Runs config-examples/cloud/s3.yaml against moto, a server with the interface of S3.

A run that is killed, runs to the end, a file that grows and a file that comes: each row is
learned once. Needs moto[server]; SML_BINARY is a build with the tag cloud.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import boto3

EXAMPLE = "config-examples/cloud/s3.yaml"
BUCKET = "readings"
ROWS = 4000  # of a file
PATIENCE = 120  # seconds


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def lines(begin, end):
    return "".join(f"{i % 97},{2 * (i % 97) + i % 5}\n" for i in range(begin, end))


def learned(binary, env):
    out = subprocess.run([binary, "sml", "info", "-c", EXAMPLE, "s3", "--json"], env=env, capture_output=True, timeout=PATIENCE, check=True)
    info = json.loads(out.stdout)
    return info["rows"], len(info["shards"])


def run(binary, env, kill_after=0):
    """Runs the example to its end, or kills it after lines of output."""
    p = subprocess.Popen([binary, "run", EXAMPLE], env=env, stdout=subprocess.PIPE, text=True)
    printed = 0
    for _ in p.stdout:
        printed += 1
        if printed == kill_after:
            p.send_signal(signal.SIGKILL)
            break
    p.stdout.close()
    status = p.wait(timeout=PATIENCE)
    assert kill_after or status == 0, f"the pipeline ends with {status}"
    return printed


def main():
    binary, port = os.environ["SML_BINARY"], free_port()
    endpoint = f"http://127.0.0.1:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test-secret", "AWS_REGION": "us-east-1"}
    os.environ.update(keys)
    with tempfile.TemporaryDirectory() as state, open(os.path.join(state, "moto.log"), "w") as log:
        server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
        try:
            for _ in range(PATIENCE * 10):
                with socket.socket() as s:
                    if s.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
            client.create_bucket(Bucket=BUCKET)
            for name in ("a.csv", "b/c d.csv", "é+.csv"):
                client.put_object(Bucket=BUCKET, Key=name, Body="x,y\n" + lines(0, ROWS))
            client.put_object(Bucket=BUCKET, Key="b/", Body="")
            client.put_object(Bucket=BUCKET, Key="empty.csv", Body="")
            env = os.environ | keys | {"STATE": state, "BUCKET": BUCKET, "ENDPOINT": endpoint}
            run(binary, env, kill_after=ROWS * 3 // 2)
            before, _ = learned(binary, env)
            assert 0 < before < 3 * ROWS, before
            for turn in range(2):
                printed = run(binary, env)
                assert printed == 3 * ROWS and learned(binary, env) == (3 * ROWS, 3), (turn, printed, learned(binary, env))
            client.put_object(Bucket=BUCKET, Key="a.csv", Body="x,y\n" + lines(0, ROWS + 10))
            client.put_object(Bucket=BUCKET, Key="new.csv", Body="x,y\n" + lines(0, 7))
            run(binary, env)
            assert learned(binary, env) == (3 * ROWS + 17, 4), learned(binary, env)
        finally:
            server.terminate()
            server.wait()
    print(f"{3 * ROWS + 17} rows of S3 learned once in four runs, the first killed after {before}")


if __name__ == "__main__":
    main()
