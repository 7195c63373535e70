"""Runs the examples for S3 in config-examples/cloud against moto, a server with its interface.

A run that is killed, runs to the end, a file that grows and a file that comes: each row is
learned once. Needs moto[server]; SML_BINARY is a build with the tag cloud.
"""

import os
import subprocess
import sys
import tempfile

import boto3

from pipeline import Example, eventually, free_port, lines, listens

BUCKET = "readings"
ROWS = 4000  # of a file


def parquet(client, env):
    """Files of 300 rows, each read in two runs."""
    for name in ("a", "b"):
        client.upload_file("config-examples/storage/readings.parquet", BUCKET, f"parquet/{name}.parquet")
    example = Example("config-examples/cloud/s3-parquet.yaml", "s3-parquet", env)
    for turn in range(2):
        printed = example.run()
        assert (printed, *example.learned()) == (600, 600, 2), (turn, printed, example.learned())


def main():
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test-secret", "AWS_REGION": "us-east-1"}
    os.environ.update(keys)
    with tempfile.TemporaryDirectory() as state, open(os.path.join(state, "moto.log"), "w") as log:
        server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
        try:
            eventually("moto", lambda: listens(port))
            client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
            client.create_bucket(Bucket=BUCKET)
            for name in ("a.csv", "b/c d.csv", "é+.csv"):
                client.put_object(Bucket=BUCKET, Key=name, Body="x,y\n" + lines(0, ROWS))
            client.put_object(Bucket=BUCKET, Key="b/", Body="")
            client.put_object(Bucket=BUCKET, Key="empty.csv", Body="")
            example = Example("config-examples/cloud/s3.yaml", "s3", {"STATE": state, "BUCKET": BUCKET, "ENDPOINT": endpoint})
            example.run(kill_after=ROWS * 3 // 2)
            before, _ = example.learned()
            assert 0 < before < 3 * ROWS, before
            for turn in range(2):
                printed = example.run()
                assert (printed, *example.learned()) == (3 * ROWS, 3 * ROWS, 3), (turn, printed, example.learned())
            client.put_object(Bucket=BUCKET, Key="a.csv", Body="x,y\n" + lines(0, ROWS + 10))
            client.put_object(Bucket=BUCKET, Key="new.csv", Body="x,y\n" + lines(0, 7))
            example.run()
            assert example.learned() == (3 * ROWS + 17, 4), example.learned()
            parquet(client, {"STATE": state, "BUCKET": BUCKET, "ENDPOINT": endpoint, "PREFIX": "parquet/"})
        finally:
            server.terminate()
            server.wait()
    print(f"{3 * ROWS + 17} rows of S3 learned once in four runs, the first killed after {before}")


if __name__ == "__main__":
    main()
