"""The client against a running server."""

from __future__ import annotations

import inspect
import itertools
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from rpconnect_sml import (
    BadRequest,
    Client,
    Conflict,
    Forbidden,
    Job,
    JobFailed,
    NotFound,
    Problem,
    Project,
    Unavailable,
    Unreachable,
    models,
)
from rpconnect_sml._operations import Questions

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text())
ATTRIBUTES = ["x", "y", "kind", "class"]
QUESTIONS = sorted(
    path.rpartition("/")[2] for path in DOCUMENT["paths"] if "/explore/" in path
)
TYPES = sorted(name.removeprefix("Model_") for name in DOCUMENT["components"]["schemas"] if name.startswith("Model_"))


def operation(question: str) -> dict[str, Any]:
    out = DOCUMENT["paths"]["/projects/{project}/explore/" + question]["get"]
    assert isinstance(out, dict)
    return out


def choices(question: str, optional: bool) -> Iterator[dict[str, Any]]:
    """Arguments for the required parameters, and for attributes that may be left out."""
    names, values = [], []
    for p in operation(question)["parameters"]:
        kind = p.get("x-kind")
        if p["in"] == "path" or not (p["required"] or optional and kind == "attribute"):
            continue
        names.append(p["name"])
        of: list[Any] = {
            "attribute": ATTRIBUTES,
            "attributes": [["x", "y", "z"]],
            "number": [0.5],
            "integer": [1],
        }.get(kind, ["x"])
        values.append(of if p["required"] else [None, *of])
    for drawn in itertools.product(*values):
        yield dict(zip(names, drawn, strict=True))


def test_a_running_server_says_what_is_stored(client: Client) -> None:
    assert client.openapi() == DOCUMENT


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question(learned: Project, question: str) -> None:
    failures = []
    for arguments in itertools.chain(choices(question, False), choices(question, True)):
        if question in ("drift", "data_drift"):  # the project keeps no window to compare with
            arguments["reference"] = "shard:local"
        try:
            answer = getattr(learned, question)(**arguments)
        except BadRequest as wrong:
            failures.append(str(wrong))
            continue
        assert answer is not None
        return
    pytest.fail(f"{question} has no answer: {failures[-1]}")


@pytest.mark.parametrize("type_", TYPES)
def test_every_model(learned: Project, type_: str) -> None:
    make = models.TYPES[type_]
    targets: list[dict[str, str]] = [{}]
    if "target" in inspect.signature(make).parameters:
        targets = [{"target": "y"}, {"target": "class"}]
    report: dict[str, Any] = {}
    if type_ == "pool":  # it mixes what there is
        learned.define(models.TYPES["ols"](name="each_member", target="y"))
    for target in targets:
        definition = make(name="each_" + type_, **target)
        assert definition["type"] == type_
        report = learned.define(definition)
        if not report.get("error"):
            break
    assert not report.get("error"), report["error"]
    rows = pd.DataFrame({"x": [1.0, 9.0], "y": [3.0, np.nan], "z": [4.0, 5.0], "flag": [True, False], "kind": ["a", "b"], "class": ["low", "high"]})
    if report.get("warming_up"):  # it counts what is learned from now on
        more = pd.concat([rows.dropna()] * 400, ignore_index=True)
        more["x"] += np.arange(len(more)) / 100
        more["y"] += np.sin(np.arange(len(more)))
        for _ in range(2):
            assert learned.learn(more).learned == len(more)
        report = learned.model("each_" + type_)
    assert not report.get("warming_up"), report
    out = learned.predict(rows, model="each_" + type_)
    assert len(out) == 2
    assert "error" not in out or out["error"].isna().all()
    learned.delete_model("each_" + type_)
    if type_ == "pool":
        learned.delete_model("each_member")


def test_every_operation_is_a_method() -> None:
    names = [o["operationId"] for verbs in DOCUMENT["paths"].values() for o in verbs.values() if "operationId" in o]
    assert len(names) == len(set(names)) > 50
    for name in names:
        assert hasattr(Project, name) or hasattr(Client, name), name


def test_methods_are_documented_and_typed() -> None:
    for name, method in inspect.getmembers(Questions, inspect.isfunction):
        if name.startswith("_"):
            continue
        assert method.__doc__, name
        for parameter in list(inspect.signature(method).parameters)[1:]:
            assert f"{parameter}: " in method.__doc__, (name, parameter)
            assert parameter in method.__annotations__, (name, parameter)


def test_learn_and_predict_a_frame(created: Callable[[], Project]) -> None:
    project = created()
    frame = pd.DataFrame({"x": np.arange(100.0), "day": pd.date_range("2024-01-01", periods=100), "name": ["a", "b"] * 50, "on": [True, False] * 50})
    frame["y"] = 2 * frame["x"] + 1
    frame.loc[3, "x"] = np.nan
    frame.loc[4, "name"] = None
    frame.loc[5, "day"] = pd.NaT
    learned = project.learn(frame)
    assert (learned.learned, learned.failed) == (100, 0)
    x = project.univariate("x")
    assert x["mean"] == pytest.approx(frame["x"].mean())
    project.define(models.ols("y", inputs=["x"], name="line", missing="complete"))
    asked = pd.DataFrame({"x": [10.0, 20.0]}, index=["first", "second"])
    out = project.predict(asked, model="line")
    assert list(out.index) == ["first", "second"]
    # y = 2 x + 1 by construction
    assert out["prediction"].tolist() == pytest.approx([21, 41])
    assert project.predict({"x": 10.0}, model="line")["prediction"] == pytest.approx(21)
    several = project.predict([{"x": 10.0}, {"x": 20.0}], model="line")
    assert [r["prediction"] for r in several] == pytest.approx([21, 41])


def test_positions_count_once(created: Callable[[], Project]) -> None:
    project = created()
    rows = [{"x": float(i)} for i in range(10)]
    assert project.learn(rows, shard="s", offset=0).learned == 10
    again = project.learn(rows, shard="s", offset=0)
    assert (again.learned, again.replayed, again.left_out) == (0, 10, {"replayed": 10})
    assert project.live()["rows"] == 10
    assert project.forget(rows[:3], shard="s", offset=0).forgotten == 3


def test_many_rows_are_several_requests(created: Callable[[], Project], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpconnect_sml.client._MOST_ROWS", 7)
    project = created()
    rows: list[dict[str, Any]] = [{"x": float(i)} for i in range(30)]
    rows[17] = {"x": "warm"}
    learned = project.learn(rows, shard="s", offset=100)
    assert (learned.learned, learned.failed) == (29, 1)
    assert [e.row for e in learned.errors] == [17]
    assert "warm" in learned.errors[0].detail
    assert project.univariate("x")["mean"] == pytest.approx(sum(i for i in range(30) if i != 17) / 29)


def test_learn_predict(created: Callable[[], Project]) -> None:
    project = created()
    project.learn([{"x": float(i % 9), "y": float(i % 7)} for i in range(200)])
    project.define(models.zscore(name="z"))
    out = project.learn_predict([{"x": 3.0, "y": 99.0}], model="z")
    assert out.learned == 1 and out.results[0]["score"] > 0


def test_errors_have_field_and_value(learned: Project, client: Client) -> None:
    with pytest.raises(BadRequest) as wrong:
        learned.quantile("x", 1.5)
    assert (wrong.value.status, wrong.value.kind) == (400, "bad-request")
    assert (wrong.value.field, float(wrong.value.value)) == ("q", 1.5)
    assert "want a number from 0 to 1" in wrong.value.detail
    with pytest.raises(BadRequest) as wrong:
        learned.fit(models.ols("y", rcond=-1))
    assert (wrong.value.field, wrong.value.value) == ("rcond", -1)
    with pytest.raises(BadRequest) as wrong:
        learned.univariate("none")
    assert "none" in wrong.value.detail
    with pytest.raises(NotFound) as missing:
        client.project("none").project()
    assert missing.value.kind == "unknown-project"
    with pytest.raises(NotFound):
        learned.model("none")
    with pytest.raises(Conflict):
        learned.create_project()
    with pytest.raises(NotFound):
        learned.predict([{"x": 1.0}], model="none")
    assert learned.predict([], model="none") == []


def test_whole_projects(created: Callable[[], Project], client: Client) -> None:
    project, copy = created(), client.project("copy_of_it")
    project.learn([{"x": 1.0}, {"x": 2.0}])
    file = project.export_project()
    assert isinstance(file, bytes) and len(file) > 100
    copy.import_project(file)
    assert copy.univariate("x")["mean"] == 1.5
    assert "copy_of_it" in [p["project"] for p in client.projects()]
    copy.delete_project()
    with pytest.raises(NotFound):
        copy.project()


def test_frames_of_answers(learned: Project) -> None:
    table = learned.describe()
    assert {"x", "y", "kind"} <= set(table.index)
    assert table.loc["x", "mean"] == pytest.approx(learned.univariate("x")["mean"])
    matrix = learned.correlations(["x", "y"])
    assert matrix.loc["x", "x"] == pytest.approx(1)
    assert matrix.loc["x", "y"] == pytest.approx(matrix.loc["y", "x"])


def test_plots(learned: Project) -> None:
    assert learned.plot_histogram("x").startswith("<svg")


def test_jobs(address: str, client: Client) -> None:
    with Client(address, follow=False) as impatient:
        job = impatient.project("learned").summary(wait=0)
        assert isinstance(job, Job)
        assert job.status()["status"] in ("running", "done")
        answer = job.result(timeout=60)
        assert "x" in [a["name"] for a in answer["attributes"]]
        assert job.id in [j["job"] for j in impatient.jobs()]
        wrong = impatient.project("learned").quantile("none", 0.5, wait=0)
        assert isinstance(wrong, Job)
        with pytest.raises(BadRequest):
            wrong.result()
    followed = client.project("learned").summary(wait=0)
    assert followed["attributes"]


def server(status: int, **more: Any) -> Client:
    return Client("http://test", transport=httpx.MockTransport(lambda _: httpx.Response(status, **more)))


def test_answers_of_other_servers() -> None:
    for status, of in {401: Forbidden, 403: Forbidden, 429: Unavailable, 500: Problem, 503: Unavailable}.items():
        with pytest.raises(of) as failed:
            server(status, text="no").projects()
        assert failed.value.status == status and "no" in failed.value.detail
    with Client("http://127.0.0.1:9", timeout=5) as nobody, pytest.raises(Unreachable, match="GET projects"):
        nobody.projects()


def test_a_job_that_never_ends() -> None:
    with pytest.raises(JobFailed, match="still runs"):
        Job(server(200, json={"status": "running"}), {"job": "j"}).result(timeout=0)


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (math.nan, None),
        (np.float64("nan"), None),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (pd.NA, None),
        (pd.NaT, None),
        (pd.Timestamp("2024-03-31 02:30"), "2024-03-31T02:30:00"),
        (["a", np.int64(1)], ["a", 1]),
        ({"a": math.nan}, {"a": None}),
        ("", ""),
    ],
)
def test_values(value: Any, want: Any) -> None:
    from rpconnect_sml._frames import plain

    got = plain(value)
    assert got == want and type(got) is type(want)


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_times_are_timestamps(created: Callable[[], Project], zone: str | None, unit: str) -> None:
    project = created()
    at = pd.Series(pd.date_range("2024-03-30", periods=30, freq="h", tz=zone)).dt.as_unit(unit)
    frame = pd.DataFrame({"at": at, "x": np.arange(30.0), "kind": ["a", "b"] * 15})
    frame.loc[3, "at"] = pd.NaT
    frame.loc[4, "kind"] = None
    for part in (frame[:10], frame[10:]):
        assert project.learn(part).failed == 0
    schema = {a["name"]: a["type"] for a in project.project()["schema"]}
    assert schema == {"at": "timestamp", "x": "continuous", "kind": "categorical"}
    described = project.describe()
    assert list(described.loc[["at", "x", "kind"], "count"]) == [29, 30, 29]
    assert project.forget(frame[10:]).failed == 0
    assert project.describe().loc["at", "count"] == 9


def test_columns_of_every_kind(created: Callable[[], Project]) -> None:
    project = created()
    frame = pd.DataFrame(
        {
            "float32": np.arange(40, dtype="float32"),
            "nullable": pd.array([1, None] * 20, dtype="Int64"),
            "category": pd.Categorical(["a", "b"] * 20),
            "text": pd.array(["u", None] * 20, dtype="string"),
            "flag": pd.array([True, None, False, True] * 10, dtype="boolean"),
        }
    )
    assert project.learn(frame).failed == 0
    types = {a["name"]: a["type"] for a in project.project()["schema"]}
    assert types["float32"] == types["nullable"] == "continuous"
    assert types["category"] == types["text"] == "categorical"
    assert types["flag"] == "binary"
