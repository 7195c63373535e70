"""Reference values of the features, computed with pandas and NumPy.

Run from the root of the repository, with pandas 3.1.1 and numpy 2.4.6:

    python tools/reference/features.py > features/testdata/reference.json

One series of 300 values with times ten minutes apart, starting on a Wednesday;
of each feature all values, null where there is none.
"""

import json
import math

import numpy as np
import pandas as pd

ROWS = 300
START = 1_700_000_000 // 86400 * 86400 + 86400  # a midnight in UTC
STEP = 600

rng = np.random.default_rng(20261123)
x = pd.Series(np.round(20 + 5 * np.sin(np.arange(ROWS) / 20) + rng.normal(size=ROWS), 6))
t = pd.Series(START + STEP * np.arange(ROWS))
at = pd.to_datetime(t, unit="s")
timed = pd.Series(x.values, index=at)


def tail(values, q):
    """-log10 of the exceedance probability of q: peaks over the outer 2 %, exponential tail."""
    n = len(values)
    s = np.sort(values)
    k = min(math.ceil(n * 0.02), n - 1)
    threshold = s[n - 1 - k]
    if q <= threshold:
        return -math.log10((np.sum(s >= q) + 1) / (n + 1))
    scale = s[n - k:].mean() - threshold
    return min(-math.log10((k + 1) / (n + 1)) + (q - threshold) / scale / math.log(10), 20)


def surprise(values):
    out = []
    for i, q in enumerate(values):
        past = values[:i]
        out.append(None if i < 20 else max(tail(past, q), tail(-past, -q)))
    return out


def likelihood(values, long, short):
    out = []
    for i in range(len(values)):
        w = values[max(0, i + 1 - long): i + 1]
        if len(w) < 2 * short:
            out.append(None)
            continue
        older, recent = w[:-short], w[-short:]
        z = abs(recent.mean() - older.mean()) / older.std(ddof=1)
        out.append(-math.log10(math.erfc(z / math.sqrt(2))))
    return out


def seasonal(fn):
    out, past = [], {}
    for value, when in zip(x, at):
        cell = past.setdefault((when.day_of_week, when.hour), [])
        out.append(fn(value, np.array(cell)))
        cell.append(value)
    return out


mean, std = x.ewm(span=10, adjust=False).mean(), None
biased = x.ewm(span=10, adjust=False).var(bias=True)
before = x.shift(1)
out = {
    "lag": x.shift(3),
    "difference": x.diff(3),
    "rate": x.diff() / STEP,
    "mean": x.rolling(10, min_periods=1).mean(),
    "mean_over": timed.rolling("1h").mean(),
    "stddev": x.rolling(10, min_periods=2).std(),
    "min": x.rolling(10, min_periods=1).min(),
    "max": x.rolling(10, min_periods=1).max(),
    "median": x.rolling(10, min_periods=1).median(),
    "sum": x.rolling(10, min_periods=1).sum(),
    "count_over": timed.rolling("1h").count(),
    "zscore": (x - before.rolling(10, min_periods=2).mean()) / before.rolling(10, min_periods=2).std(),
    "ewma": mean,
    "ewstd": np.sqrt(biased),
    "seasonal_mean": seasonal(lambda v, c: c.mean() if len(c) else None),
    "seasonal_residual": seasonal(lambda v, c: v - c.mean() if len(c) else None),
    "seasonal_zscore": seasonal(lambda v, c: (v - c.mean()) / c.std(ddof=1) if len(c) > 1 else None),
    "likelihood": likelihood(x.values, 100, 10),
    "surprise": surprise(x.values),
    "hour": at.dt.hour + at.dt.minute / 60,
    "hour_sin": np.sin(2 * np.pi * (at.dt.hour + at.dt.minute / 60) / 24),
    "weekday": at.dt.day_of_week,
    "weekday_cos": np.cos(2 * np.pi * (at.dt.day_of_week + (at.dt.hour + at.dt.minute / 60) / 24) / 7),
}
clean = {k: [None if v is None or v != v else float(v) for v in values] for k, values in out.items()}
print(json.dumps({"seconds": [int(v) for v in t], "values": x.tolist(), "features": clean}))
