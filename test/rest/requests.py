"""Sends what should be answered, and what should be refused, over HTTP.

    python3 requests.py http://HOST:PORT PID

PID is that of the program. Ends with 1 when an answer is another one, or the
pipeline that learns beside it stands still.
"""
import json
import sys
import time
import urllib.error
import urllib.request

base, pid = sys.argv[1], int(sys.argv[2])
failures = []


def ask(path, body=None, verb=None, headers=None):
    data = body.encode() if isinstance(body, str) else body
    request = urllib.request.Request(base + path, data=data, method=verb or ("GET" if body is None else "POST"), headers=headers or {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers.get("Content-Type"), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type"), error.read()


def check(ok, what):
    print(("ok      " if ok else "FAILED  ") + what)
    if not ok:
        failures.append(what)


def expect(status, contains, path, body=None, what="", **more):
    code, kind, text = ask(path, body, **more)
    shown = text[:200].decode("utf-8", "replace")
    ok = code == status and contains.encode() in text
    if code >= 400 and code != 405:
        ok = ok and kind == "application/problem+json" and json.loads(text)["status"] == code
    check(ok, f"{what or path[:70]}: {code}" + ("" if ok else f", want {status} with {contains!r}: {shown}"))


def rows():
    return json.loads(ask("/sml/projects/plain/live")[2])["rows"]


def memory(field):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith(field):
            return int(line.split()[1]) // 1024
    return 0


read, write = "/sml/projects/plain", "/sml-write/projects/plain"
expect(200, "<main", "/sml/", what="page")
expect(200, '"openapi"', "/sml/openapi.json")
expect(200, '"recent"', "/sml/projects")
expect(200, '"mean"', read + "/explore/univariate?attribute=x")
expect(200, "<svg", read + "/plots/correlation")
expect(200, '"learned":2', write + "/learn", '[{"x":1},{"x":2}]')
expect(200, '"learned":1', write + "/learn?shard=a&offset=5", '{"x":1}\n')
expect(200, '"score"', write + "/predict?model=hba1", '[{"x":1,"y":2}]')
expect(200, '"score"', write + "/learn-predict?model=hba1", '[{"x":1,"y":2}]')
expect(200, '"milliseconds"', write + "/models/line/build", "")
expect(200, '"rmse"', read + "/compare?models=line,hba1")

# Whole projects.
code, kind, file = ask(read + "/export")
check(code == 200 and kind == "application/octet-stream" and len(file) > 100, f"export: {code}, {len(file)} bytes")
binary = {"Content-Type": "application/octet-stream"}
expect(200, '"done":true', "/sml-write/projects/copy/import", file, headers=binary)
expect(409, "exists", "/sml-write/projects/copy/import", file, headers=binary)
expect(200, '"mean"', "/sml/projects/copy/explore/univariate?attribute=x")
expect(200, '"moved"', "/sml-write/projects/copy/rename", '{"name":"moved"}')
expect(404, "copy", "/sml/projects/copy")
expect(200, '"already":false', "/sml-write/projects/sum/merge?name=site&from=moved", "")
expect(200, '"already":true', "/sml-write/projects/sum/merge?name=site&from=moved", "")
expect(409, "", "/sml-write/projects/recent/merge?from=moved", "", what="a merge with a project that keeps other statistics")
expect(200, '"done":true', "/sml-write/projects/moved/delete", "")
expect(404, "moved", "/sml-write/projects/moved/delete", "")
expect(409, "open at", write + "/delete", "", what="delete a project that is learned")
expect(200, '"done":true', "/sml-write/projects/recent/freeze", "")
expect(200, "frozen", "/sml-write/projects/recent/learn", '{"x":1}')
expect(200, '"done":true', "/sml-write/projects/recent/unfreeze", "")
expect(200, '"done":true', "/sml-write/projects/made/create", '{"models":[{"name":"m","type":"hba"}]}')
expect(409, "exists", "/sml-write/projects/made/import", file, headers=binary, what="an import where an empty project is")
expect(200, '"learned":2', "/sml-write/projects/made/learn?shard=s&offset=0", '[{"x":1},{"x":2}]', what="a project that was created learns")
expect(200, '"rows":2', "/sml/projects/made", what="and what it has learned is read")
expect(200, '"learned":0,"failed":0,"replayed":2', "/sml-write/projects/made/learn?shard=s&offset=0", '[{"x":1},{"x":2}]', what="the same rows again")
expect(200, '"mean":1.5', "/sml/projects/made/explore/univariate?attribute=x", what="count once")
expect(409, "settings", write + "/models/hba1/delete", "", what="a model of the settings is not deleted")

# What is refused.
expect(404, "nothing", "/sml/nothing")
expect(404, '\\"z\\"', "/sml/projects/z")
expect(400, '\\"z\\"', read + "/explore/univariate?attribute=z")
expect(404, "openapi.json", read + "/explore/median_of_medians")
expect(400, '\\"z\\"', read + "/explore/univariate?attribute=x&part=z")
expect(404, '\\"z\\"', read + "/models/z")
expect(400, "model is missing", write + "/predict", "[{}]")
expect(400, "row 0 is no object", write + "/learn", "[1]")
expect(400, "row", write + "/learn", '{"x":')
expect(400, "rows", write + "/learn", "")
expect(200, '"failed":1', write + "/learn", '[{"x":"warm"}]', what="a row that does not fit")
expect(200, '"failed":1', write + "/learn", b'[{"x":"\xff\xfe"}]', what="bytes that are no UTF-8 where a number is")
expect(200, '"failed":1', write + "/learn", '[{"x":1e999}]', what="a number beyond all")
expect(400, "row", write + "/learn", '[{"x":NaN}]', what="a NaN")
deep = '{"x":' * 20000 + "1" + "}" * 20000
code, _, text = ask(write + "/learn", deep)
check(code in (200, 400) and (code == 400 or b'"failed":1' in text), f"20,000 objects in each other: {code}")
expect(400, "offset", write + "/learn?shard=a&offset=-1", '{"x":1}')
for path in ("/sml/projects/..%2F..%2Fetc", "/sml/../../etc/passwd", "/sml/projects/%2e%2e/%2e%2e/etc/passwd", "/sml/%2e%2e%2fetc%2fpasswd"):
    code, _, text = ask(path)
    check(code in (301, 400, 404) and b"root:" not in text, f"traversal {path}: {code}")
expect(400, "want 1 to 100 letters", "/sml/projects/%3Cscript%3E", what="script as a project")
names = ",".join(f"a{i}" for i in range(10_000))
expect(400, "unknown attribute", read + "/explore/correlation_matrix?attributes=" + names, what="10,000 attributes asked for")
expect(400, "at most 10000", "/sml-write/projects/plain/models", json.dumps({"name": "wide", "type": "ols", "target": "y", "inputs": [f"a{i}" for i in range(10_001)]}), what="a model of 10,001 inputs")
code, _, text = ask(write + "/learn", json.dumps([{f"a{i}": i + 0.5 for i in range(10_000)}]))
check(code == 200, f"a row of 10,000 attributes: {code}, {text[:150].decode()}")
expect(200, '"learned":1', write + "/learn", json.dumps([{"<script>alert(1)</script>": 1.5}]), what="script as an attribute")
code, kind, text = ask(read + "/plots/correlation")
check(code in (200, 400) and b"<script" not in text, f"and it is text in a plot: {code} {kind}")
code, kind, _ = ask(read + "/summary")
check(code == 200 and kind == "application/json", "and in JSON")
expect(405, "", read, verb="POST", what="POST where reads are")
expect(405, "", write + "/learn", verb="GET", what="GET where writes are")
expect(405, "POST", read + "/learn?http_server_verb=POST", what="a forged verb")
code, _, _ = ask(read + "/learn?http_server_verb=POST&writable=true", '{"x":1}', verb="GET")
check(code in (403, 405), f"a forged verb with a body: {code}")
expect(414, "at most", "/sml/" + "a" * 3000, what="a long path")

# A body of 1 GB, while the pipeline learns.
before, began, peak = rows(), time.monotonic(), memory("VmHWM")


class Zeros:
    def __init__(self, size):
        self.left = size

    def read(self, n=-1):
        n = min(self.left, n if n > 0 else 1 << 20)
        self.left -= n
        return b" " * n


request = urllib.request.Request(base + write + "/learn", data=Zeros(1 << 30), method="POST", headers={"Content-Type": "application/json", "Content-Length": str(1 << 30)})
try:
    code = urllib.request.urlopen(request, timeout=120).status
except urllib.error.HTTPError as error:
    code = error.code
except OSError as error:
    code = f"connection closed: {error}"
took = time.monotonic() - began
rate = (rows() - before) / took
check(code == 413, f"a body of 1 GB: {code} after {took:.1f} s; most memory {peak} MB before, {memory('VmHWM')} MB now; {rate:.0f} rows/s were learned meanwhile")
check(rate > 0, "the pipeline went on")

time.sleep(1)
before = rows()
time.sleep(2)
check(rows() > before, "the pipeline learns afterwards")
print(f"{len(failures)} failures" if failures else "requests: all as expected")
sys.exit(1 if failures else 0)
