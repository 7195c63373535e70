"""Rows of the interface from data frames, and data frames from its answers."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeGuard, cast

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, Any]


def is_frame(rows: object) -> TypeGuard[pd.DataFrame]:
    """Whether rows are a data frame; pandas need not be there where they are not."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(rows, pandas.DataFrame)


def times(rows: object) -> list[str]:
    """The columns of a data frame that hold times or dates."""
    if not is_frame(rows):
        return []
    return [
        str(name)
        for name, kind in zip(rows.columns, rows.dtypes, strict=True)
        if getattr(kind, "kind", "") == "M"
    ]


def columns(group: list[str], of_type: Mapping[str, str]) -> str:
    """Lines of lines() in the form of a data frame, which declares the types of some columns."""
    rows = [json.loads(line) for line in group]
    names = list({**dict.fromkeys(of_type), **{name: None for row in rows for name in row}})
    return _json(
        {
            "attributes": names,
            "types": [of_type.get(name, "") for name in names],
            "rows": [[row.get(name) for name in names] for row in rows],
        }
    )


def lines(rows: pd.DataFrame | Iterable[Row] | Row) -> Iterator[str]:
    """Each row as JSON."""
    if is_frame(rows):
        names = [str(name) for name in rows.columns]
        columns = [[plain(value) for value in rows.iloc[:, i].tolist()] for i in range(len(names))]
        for values in zip(*columns, strict=True):
            yield _json(
                {name: value for name, value in zip(names, values, strict=True) if value is not None}
            )
        return
    several = cast("Iterable[Row]", [rows] if isinstance(rows, Mapping) else rows)
    for row in several:
        yield _json({str(name): plain(value) for name, value in row.items()})


def _json(row: Mapping[str, Any]) -> str:
    return json.dumps(row, allow_nan=False, ensure_ascii=False)


def plain(value: Any) -> Any:
    """A value as JSON has it: None for what is missing, a text for a time."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Decimal):
        return plain(float(value))
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    if hasattr(value, "item"):  # a scalar of numpy
        return plain(value.item())
    if type(value).__name__ in ("NaTType", "NAType"):
        return None
    if hasattr(value, "isoformat"):  # a time or a date
        return value.isoformat()
    return str(value)


def chunks(all_lines: Iterator[str], most_rows: int, most_bytes: int) -> Iterator[list[str]]:
    """Lines in groups that fit into one request."""
    group: list[str] = []
    size = 0
    for line in all_lines:
        length = len(line.encode()) + 1
        if group and (len(group) >= most_rows or size + length > most_bytes):
            yield group
            group, size = [], 0
        group.append(line)
        size += length
    if group:
        yield group


def frame(results: list[Any], index: Any) -> pd.DataFrame:
    """The results of rows as a data frame with their index: a column for each field; fields of
    objects have the object's name and a dot before theirs."""
    import pandas

    out = pandas.DataFrame([flat(result) for result in results], index=index)
    return out


def flat(result: Any, before: str = "") -> dict[str, Any]:
    """An object without objects inside."""
    out: dict[str, Any] = {}
    for name, value in result.items() if isinstance(result, Mapping) else []:
        if isinstance(value, Mapping):
            out.update(flat(value, f"{before}{name}."))
        else:
            out[before + str(name)] = value
    return out
