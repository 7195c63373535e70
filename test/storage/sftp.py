"""Runs config-examples/storage/sftp.yaml against sshd, which it starts on a loopback port.

A run that is killed, one that finds the rest and a file that comes while it runs, and one
that has forgotten which files it has read: each row is learned once. Needs openssh-server;
SML_BINARY is a build with the tag storage.
"""

import getpass
import os
import pathlib
import shutil
import subprocess
import tempfile

from pipeline import PATIENCE, Example, eventually, free_port, lines, listens

ROWS = 2000  # of a file


def key(path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def configure(folder, port):
    """Writes keys and the configuration of sshd, and returns its path."""
    host, user = key(folder / "host"), key(folder / "user")
    shutil.copy(user.with_suffix(".pub"), folder / "authorized")
    config = folder / "sshd_config"
    config.write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {host}\nPidFile {folder}/sshd.pid\n"
        f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
        "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n"
    )
    return config


def finish(example, rows, shards):
    """Runs the example until it has learned the rows, and stops it."""
    p = example.start()
    try:
        subprocess.Popen(["cat"], stdin=p.stdout, stdout=subprocess.DEVNULL)
        eventually(f"{rows} rows", lambda: example.learned()[0] >= rows)
    finally:
        p.terminate()
        p.wait(timeout=PATIENCE)
    assert example.learned() == (rows, shards), example.learned()


def main():
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        files = folder / "files"
        for sub in ("files", "state", "read"):
            (folder / sub).mkdir()
        config = configure(folder, port)
        if os.getuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)  # where sshd gives up its rights
        server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
        try:
            eventually("sshd", lambda: listens(port))
            for file in ("a.csv", "b c.csv"):
                (files / file).write_text("x,y\n" + lines(0, ROWS))
            env = {
                "SFTP": f"127.0.0.1:{port}", "SFTP_USER": getpass.getuser(), "SFTP_KEY": str(folder / "user"),
                "SFTP_HOST_KEY": str(folder / "host.pub"), "SFTP_FILES": f"{files}/*.csv",
                "STATE": str(folder / "state"), "FILES_READ": str(folder / "read"),
            }
            soon = ("input.sftp.watcher.minimum_age=100ms", "input.sftp.watcher.poll_interval=200ms")
            example = Example("config-examples/storage/sftp.yaml", "sftp", env, *soon)
            example.run(kill_after=ROWS // 2)
            before, _ = example.learned()
            assert 0 < before < 2 * ROWS, before
            (files / "new.csv").write_text("x,y\n" + lines(0, 7))
            finish(example, 2 * ROWS + 7, 3)
            shutil.rmtree(folder / "read")
            (folder / "read").mkdir()
            (files / "last.csv").write_text("x,y\n" + lines(0, 5))
            finish(example, 2 * ROWS + 12, 4)
        finally:
            server.terminate()
            server.wait()
    print(f"{2 * ROWS + 12} rows of SFTP learned once in three runs, the first killed after {before}")


if __name__ == "__main__":
    main()
