"""The client: a server, its projects and its jobs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload
from urllib.parse import quote

import httpx

from . import _frames
from ._operations import ProjectOperations, Questions, ServerOperations
from .errors import JobFailed, Unreachable, problem
from .models import Definition

if TYPE_CHECKING:
    import pandas as pd

_MOST_ROWS = 100_000
_MOST_BYTES = 8 << 20


@dataclass
class RowError:
    """A row that was refused: its number among the rows that were given, from 0, and why."""

    row: int
    detail: str
    field: str | None = None
    value: Any = None


@dataclass
class Learned:
    """What became of rows.

    Rows that were learned, or forgotten, count from now on. Those that failed have an error, the
    first few of which are in errors. Those that were replayed have a position that was taken
    before. left_out has all that do not count, by reason.
    """

    learned: int = 0
    forgotten: int = 0
    failed: int = 0
    replayed: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)

    def _add(self, answer: Mapping[str, Any], before: int) -> None:
        self.learned += int(answer.get("learned", 0))
        self.forgotten += int(answer.get("forgotten", 0))
        self.failed += int(answer["failed"])
        self.replayed += int(answer.get("replayed", 0))
        for reason, rows in (answer.get("left_out") or {}).items():
            self.left_out[reason] = self.left_out.get(reason, 0) + int(rows)
        for e in answer.get("errors") or []:
            self.errors.append(
                RowError(before + int(e["row"]), str(e["detail"]), e.get("field"), e.get("value"))
            )
        self.results.extend(answer.get("results") or [])


class Client(ServerOperations):
    """A server with the interface.

    Args:
        address: Where it listens, such as http://127.0.0.1:4195.
        read: The path of the input that takes GET.
        write: The path of the input that takes POST.
        auth: User and password.
        timeout: How many seconds an answer may take.
        follow: Wait for the answer where the server makes a job of a request; otherwise the
            request returns a Job.
        transport: What carries requests, for tests.
    """

    def __init__(
        self,
        address: str,
        *,
        read: str = "/sml",
        write: str = "/sml-write",
        auth: tuple[str, str] | None = None,
        timeout: float = 60,
        follow: bool = True,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._read, self._write = read.strip("/"), write.strip("/")
        self._follow = follow
        self._http = httpx.Client(
            base_url=address, auth=auth, timeout=timeout, transport=transport
        )

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def project(self, name: str) -> Project:
        """The project of a name, which need not exist yet."""
        return Project(self, name)

    def _call(
        self, verb: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> Any:
        return self._request(verb, path, query, body, self._follow)

    def _request(
        self,
        verb: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any,
        follow: bool,
        content_type: str | None = None,
    ) -> Any:
        mount = self._read if verb == "GET" else self._write
        content: bytes | None = None
        if isinstance(body, bytes):
            content, content_type = body, content_type or "application/octet-stream"
        elif body is not None:
            content = json.dumps(body, allow_nan=False).encode()
            content_type = "application/json"
        try:
            answer = self._http.request(
                verb,
                f"/{mount}/{path}",
                params={n: _text(v) for n, v in (query or {}).items() if v is not None},
                content=content,
                headers={"Content-Type": content_type} if content_type else None,
            )
        except httpx.TransportError as error:
            raise Unreachable(f"{verb} {path}: {error}") from error
        if answer.status_code == 202:
            job = Job(self, answer.json())
            return job.result() if follow else job
        return _read(answer)


def _text(value: Any) -> str:
    """A value as a query has it."""
    if isinstance(value, str):
        return value
    if isinstance(value, (Sequence, Mapping)):
        return json.dumps(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _read(answer: httpx.Response) -> Any:
    """What an answer says; an exception where that is a problem."""
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code >= 400:
        try:
            document = answer.json()
        except ValueError:
            document = None
        raise problem(answer.status_code, document, answer.text)
    if "json" in kind:
        return answer.json()
    return answer.content if "octet-stream" in kind else answer.text


class Job:
    """A request that the server works on. Its answer is `result`."""

    def __init__(self, client: Client, report: Mapping[str, Any]) -> None:
        self._client = client
        self.id = str(report["job"])

    def status(self) -> dict[str, Any]:
        """How the job is doing: status, seconds, and progress where it says so."""
        out = self._client.job(self.id)
        assert isinstance(out, dict)
        return out

    def cancel(self) -> None:
        """Asks the server to end the work."""
        self._client.cancel_job(self.id)

    def result(self, timeout: float | None = None) -> Any:
        """Waits for the answer of the request. What was wrong with it is raised as it would have
        been; JobFailed says that the job takes longer than timeout seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        pause = 0.05
        while True:
            report = self.status()
            if report["status"] != "running":
                return self._client._request(
                    "GET", f"jobs/{quote(self.id, safe='')}/result", None, None, follow=False
                )
            if end is not None and time.monotonic() > end:
                raise JobFailed(f"job {self.id} still runs after {timeout} s")
            time.sleep(pause)
            pause = min(1.0, pause * 1.5)


class Project(Questions, ProjectOperations):
    """A project of a server: questions, models, rows."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self.name = name

    def _call(
        self, verb: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> Any:
        return self._client._call(verb, self._path(path), query, body)

    def _path(self, path: str) -> str:
        return f"projects/{quote(self.name, safe='')}" + (f"/{path}" if path else "")

    def define(self, definition: Definition) -> Any:
        """Stores the definition of a model with the project and describes the model.

        Args:
            definition: One of the functions of `models` makes it.
        """
        self._call("POST", "models", None, definition)
        return self.model(str(definition["name"]))

    def fit(self, definition: Definition) -> Any:
        """Builds a model of what has been learned and describes it; nothing is stored.

        Args:
            definition: One of the functions of `models` makes it.
        """
        return self._call("POST", "try", None, definition)

    def learn(
        self,
        rows: pd.DataFrame | Iterable[Mapping[str, Any]] | Mapping[str, Any],
        *,
        shard: str | None = None,
        offset: int | None = None,
        key: str | None = None,
    ) -> Learned:
        """Learns rows, in as many requests as it takes.

        Args:
            rows: A data frame, or rows as mappings. What is NaN, None, NaT or NA is missing. A
                column of a data frame with times becomes an attribute of type timestamp, where
                the project has no attribute of that name.
            shard: The source of the rows, with offset; each row counts once then.
            offset: The number of the first row in its source, from 0.
            key: The field of each row that is its key, where the project keeps keys.
        """
        return self._take("learn", rows, shard, offset, key, None)

    def forget(
        self,
        rows: pd.DataFrame | Iterable[Mapping[str, Any]] | Mapping[str, Any],
        *,
        shard: str | None = None,
        offset: int | None = None,
        key: str | None = None,
    ) -> Learned:
        """Forgets rows that were learned; the arguments are those of learn."""
        return self._take("forget", rows, shard, offset, key, None)

    def learn_predict(
        self,
        rows: pd.DataFrame | Iterable[Mapping[str, Any]] | Mapping[str, Any],
        model: str,
        *,
        shard: str | None = None,
        offset: int | None = None,
        key: str | None = None,
    ) -> Learned:
        """Predicts rows, then learns them; `results` has what was predicted."""
        return self._take("learn-predict", rows, shard, offset, key, model)

    def _take(
        self,
        path: str,
        rows: pd.DataFrame | Iterable[Mapping[str, Any]] | Mapping[str, Any],
        shard: str | None,
        offset: int | None,
        key: str | None,
        model: str | None,
    ) -> Learned:
        out, sent = Learned(), 0
        new = {} if path == "forget" else self._new_times(rows)
        for group in self._groups(rows):
            at = None if offset is None else offset + sent
            query = {"shard": shard, "offset": at, "key": key, "model": model}
            out._add(self._rows(path, query, group, new), sent)
            sent += len(group)
        return out

    @overload
    def predict(self, rows: pd.DataFrame, model: str) -> pd.DataFrame: ...

    @overload
    def predict(self, rows: Mapping[str, Any], model: str) -> dict[str, Any]: ...

    @overload
    def predict(self, rows: Iterable[Mapping[str, Any]], model: str) -> list[dict[str, Any]]: ...

    def predict(self, rows: Any, model: str) -> Any:
        """Predicts or scores rows without learning them.

        Args:
            rows: A data frame; several rows as mappings; or one row.
            model: The name of the model, or of a version such as line@v1.

        Returns:
            Of a data frame, one with the same index and a column for each field of the results,
            such as score or prediction. Of rows, a result each. A row without a result has error.
        """
        results: list[Any] = []
        for group in self._groups(rows):
            results.extend(self._rows("predict", {"model": model}, group))
        if _frames.is_frame(rows):
            return _frames.frame(results, rows.index)
        return results[0] if isinstance(rows, Mapping) else results

    def _groups(self, rows: Any) -> Iterator[list[str]]:
        return _frames.chunks(_frames.lines(rows), _MOST_ROWS, _MOST_BYTES)

    def _new_times(self, rows: Any) -> dict[str, str]:
        """The type of the columns with times that the project does not have yet: the interface
        has times as texts, and a text makes an attribute categorical."""
        names = _frames.times(rows)
        if not names:
            return {}
        known = {a["name"] for a in self.project().get("schema") or []}
        return {name: "timestamp" for name in names if name not in known}

    def _rows(
        self,
        path: str,
        query: Mapping[str, Any],
        group: list[str],
        of_type: Mapping[str, str] | None = None,
    ) -> Any:
        text = _frames.columns(group, of_type) if of_type else "[" + ",".join(group) + "]"
        return self._client._request(
            "POST", self._path(path), query, text.encode(), True, "application/json"
        )

    def correlations(self, attributes: Sequence[str] | None = None) -> pd.DataFrame:
        """The correlation matrix as a data frame."""
        import pandas

        answer = self.correlation_matrix(attributes=attributes)
        return pandas.DataFrame(
            answer["values"], index=answer["attributes"], columns=answer["attributes"]
        )

    def describe(self, part: str | None = None) -> pd.DataFrame:
        """The univariate statistics of all attributes as a data frame, one a row."""
        import pandas

        rows = [
            {"name": a["name"], "type": a["type"], **_frames.flat(a.get("univariate") or {})}
            for a in self.summary(part=part)["attributes"]
        ]
        return pandas.DataFrame(rows).set_index("name")
