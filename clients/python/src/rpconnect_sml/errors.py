"""What can go wrong, as exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SmlError(Exception):
    """Any failure of the client."""


class Unreachable(SmlError):
    """No answer came: the server does not listen, or does not answer in time."""


class Problem(SmlError):
    """An answer that is a problem document (RFC 9457).

    Attributes:
        status: The status of HTTP.
        kind: The type of the problem, such as "unknown-project"; docs/rest.md lists them.
        detail: What is wrong, in words.
        field: The parameter, option or field that is wrong; None where it is none.
        value: What the field was given; None for nothing.
    """

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.kind = str(document.get("type", "")).rpartition(":")[2]
        self.detail = str(document.get("detail", ""))
        field = document.get("field")
        self.field: str | None = None if field is None else str(field)
        self.value: Any = document.get("value")
        super().__init__(f"{self.kind or status}: {self.detail}")


class BadRequest(Problem):
    """The request is wrong or does not fit what has been learned (400)."""


class Forbidden(Problem):
    """The server does not let this client in, or only lets it read (401, 403)."""


class NotFound(Problem):
    """What was asked for does not exist (404)."""


class Conflict(Problem):
    """The state of the project does not allow it (409)."""


class Unavailable(Problem):
    """The store of the server fails, or too much is going on: try again (429, 503, 504)."""


class JobFailed(SmlError):
    """A job that has failed or has been cancelled has no answer."""


_BY_STATUS: dict[int, type[Problem]] = {
    400: BadRequest,
    401: Forbidden,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def problem(status: int, document: Any, text: str) -> Problem:
    """The exception of an answer with an error status."""
    if not isinstance(document, Mapping):
        document = {"detail": text[:500]}
    return _BY_STATUS.get(status, Problem)(status, document)
