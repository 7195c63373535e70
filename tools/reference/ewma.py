"""Reference values of ewma and ewstd where values are missing, by pandas.

Run from the root of the repository, with pandas 3.1.1 and numpy 2.4.6:

    python tools/reference/ewma.py > features/testdata/ewma.json

A series of 80 values, of which a third is missing, for spans of 2, 10 and 35 rows: the
recursive weights (adjust=False), by which the first value stands for all before it, and
of the values that are there (ignore_na=True).
"""

import json

import numpy as np
import pandas as pd

rng = np.random.default_rng(20261129)
x = pd.Series(np.round(20 + 5 * rng.normal(size=80), 6))
x[rng.random(80) < 1 / 3] = np.nan
out = []
for span in (2, 10, 35):
    ewm = x.ewm(span=span, adjust=False, ignore_na=True)
    mean, deviation = ewm.mean(), np.sqrt(ewm.var(bias=True))
    there = x.notna()
    out.append({"span": span, "ewma": mean[there].tolist(), "ewstd": [0.0 if v != v else v for v in deviation[there]]})
print(json.dumps({"values": [None if v != v else v for v in x], "spans": out}))
