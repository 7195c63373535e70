"""Reference values for the elastic net on nearly collinear inputs.

Needs numpy and scikit-learn (made with numpy 2.4.6, scikit-learn 1.9.1). Run
from the root of the repository:

    python tools/reference/elastic.py > model/regression/testdata/elastic.json

The designs are drawn by the generator of Numerical Recipes (Press et al. 1992,
section 7.1), x <- 1664525 x + 1013904223 modulo 2^32, so the test draws the same.
Inputs and target are divided by their spreads. Each entry has the objective
that a coordinate descent to a tolerance of 1e-14 reaches and the predictions'
sum of squares.
"""

import json
import warnings

import numpy as np
from sklearn.linear_model import ElasticNet

DESIGNS = [
    {"rows": 300, "inputs": 40, "factors": 2, "rho": 0.99, "seed": 1},
    {"rows": 400, "inputs": 166, "factors": 5, "rho": 0.99, "seed": 2},
    {"rows": 1000, "inputs": 150, "factors": 3, "rho": 0.9999, "seed": 3},
]
PENALTIES = [(0.1, 1.0), (0.01, 0.5), (0.003, 0.9), (0.001, 0.1)]


def drawn(d):
    state = d["seed"]

    def uniform():
        nonlocal state
        state = (1664525 * state + 1013904223) % 2**32
        return state / 2**32 - 0.5

    x, y = np.empty((d["rows"], d["inputs"])), np.empty(d["rows"])
    common, own = d["rho"] ** 0.5, (1 - d["rho"]) ** 0.5
    for i in range(d["rows"]):
        factors = [uniform() for _ in range(d["factors"])]
        y[i] = uniform()
        for j in range(d["inputs"]):
            x[i, j] = common * factors[j % d["factors"]] + own * uniform()
            if j % 7 == 0:
                y[i] += x[i, j] / (1 + j)
    return (x - x.mean(0)) / x.std(0), (y - y.mean()) / y.std()


def main():
    warnings.simplefilter("ignore")
    out = []
    for d in DESIGNS:
        x, y = drawn(d)
        for alpha, ratio in PENALTIES:
            m = ElasticNet(alpha=alpha, l1_ratio=ratio, fit_intercept=False, tol=1e-14, max_iter=300_000).fit(x, y)
            b = m.coef_
            fit = x @ b
            objective = ((y - fit) ** 2).mean() / 2 + alpha * (ratio * abs(b).sum() + (1 - ratio) / 2 * (b @ b))
            out.append({**d, "lambda": alpha, "eta": ratio, "objective": objective, "fit": float((fit**2).mean()),
                        "non_zero": int((b != 0).sum()), "coefficients": [float(v) for v in b[:10]]})
    print(json.dumps(out, indent=1))


main()
