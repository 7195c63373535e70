"""What the examples are run with: their command, their rows, and a wait."""

import json
import os
import signal
import socket
import subprocess
import time

PATIENCE = 120  # seconds, of each wait; nothing takes a tenth of it unless it hangs


def free_port():
    """Returns a loopback port that nothing listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def eventually(what, holds):
    """Waits until a condition holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"{what}: not within {PATIENCE} s"
        time.sleep(0.1)


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def lines(begin, end):
    """Rows of a CSV file with two columns."""
    return "".join(f"{i % 97},{2 * (i % 97) + i % 5}\n" for i in range(begin, end))


class Example:
    """An example with its environment."""

    def __init__(self, path, project, env, *settings):
        self.path, self.project, self.env = path, project, os.environ | env
        self.settings = [word for s in settings for word in ("--set", s)]
        self.binary = os.environ["SML_BINARY"]

    def learned(self):
        """Returns the rows and the shards of its project, 0 where it is not there yet."""
        command = [self.binary, "sml", "info", "-c", self.path, self.project, "--json"]
        out = subprocess.run(command, env=self.env, capture_output=True, timeout=PATIENCE)
        if out.returncode:
            return 0, 0
        info = json.loads(out.stdout)
        return info["rows"], len(info["shards"])

    def start(self):
        command = [self.binary, "run", *self.settings, self.path]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, text=True)

    def run(self, kill_after=0):
        """Runs it to its end, or kills it after lines of output. Returns how many it wrote."""
        p = self.start()
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
