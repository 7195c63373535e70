"""Client of the REST interface of rpconnect-sml.

    from rpconnect_sml import Client, models

    shuttle = Client("http://127.0.0.1:4195").project("shuttle")
    shuttle.quantile("s1", 0.99)
    shuttle.define(models.ols("s1", inputs=["s2", "s3"]))
    shuttle.predict(frame, model="ols")
"""

from . import models
from .client import Client, Job, Learned, Project, RowError
from .errors import (
    BadRequest,
    Conflict,
    Forbidden,
    JobFailed,
    NotFound,
    Problem,
    SmlError,
    Unavailable,
    Unreachable,
)

__all__ = [
    "BadRequest",
    "Client",
    "Conflict",
    "Forbidden",
    "Job",
    "JobFailed",
    "Learned",
    "NotFound",
    "Problem",
    "Project",
    "RowError",
    "SmlError",
    "Unavailable",
    "Unreachable",
    "models",
]
