"""Writes model/glm/testdata/cells.json: logistic, multinomial and Poisson models of statsmodels
whose inputs are categories, flags and numbers with few values.

Needs numpy, scipy and statsmodels (made with numpy 2.4.6, statsmodels 0.15.0). Rows are drawn
with a seed and stored with the results, so the test needs no generator. Run from the root
of the repository:

    python tools/reference/cells.py > model/glm/testdata/cells.json
"""

import json
import sys

import numpy as np
import statsmodels.api as sm
from scipy.stats import chi2

newton = {"method": "newton", "maxiter": 300, "tol": 1e-15, "disp": False}


def polished(model, params):
    """Newton's method goes on until the parameters stay as they are."""
    for _ in range(20):
        step = np.linalg.solve(model.hessian(params), model.score(params))
        params = params - step
        if np.max(np.abs(step)) < 1e-15:
            break
    return params


def fitted(model):
    params = polished(model, model.fit(**newton).params)
    cov = np.linalg.inv(-model.hessian(params))
    return params, np.sqrt(np.diag(cov)), model.loglike(params)


def normal_p(z):
    return chi2.sf(np.square(z), 1)


def case(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(300, 900))
    colour = rng.choice(["red", "green", "blue"], n, p=[0.5, 0.3, 0.2])
    shop = rng.choice(["n", "s", "e", "w"], n, p=[0.4, 0.3, 0.2, 0.1])
    flag = (rng.random(n) < 0.4).astype(float)
    hour = rng.integers(0, 24, n).astype(float) / 8
    exposure = rng.choice([-0.5, 0.0, 0.25], n)
    weight = rng.integers(1, 4, n).astype(float)
    eta = 0.4 * flag - 0.5 * (colour == "green") + 0.3 * (colour == "blue") + 0.4 * (shop == "s") - 0.2 * (shop == "w") + 0.3 * (hour - 1.4)
    rows = {
        "flag": flag, "hour": hour, "exposure": exposure, "weight": weight,
        "binary": (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float),
        "few": rng.poisson(np.exp(eta)).astype(float),
        "many": rng.poisson(60 * np.exp(eta)).astype(float),
    }
    kind = rng.random(n) + 0.3 * eta
    kind = np.where(kind < 0.3, "a", np.where(kind < 0.7, "b", "c"))
    models = []

    # each model has those inputs whose combinations are few enough: the product of all that
    # it names, and of its target, is what a summary has to keep
    def add(type_, target, options, numbers, categories):
        terms, names, null = [np.ones(n)], ["(intercept)"], [np.ones(n)]
        for name in numbers:
            terms.append(rows[name])
            names.append(name)
        for name, values in categories.items():
            levels, counts = np.unique(values, return_counts=True)
            w = np.array([weight[values == level].sum() if "weights" in options else (values == level).sum() for level in levels])
            reference = levels[np.argmax(w)]
            for level in levels:
                if level != reference:
                    terms.append((values == level).astype(float))
                    names.append(f"{name}={level}")
        x, z = np.column_stack(terms), np.column_stack(null)
        repeat = weight.astype(int) if "weights" in options else np.ones(n, dtype=int)
        x, z = np.repeat(x, repeat, axis=0), np.repeat(z, repeat, axis=0)
        y = np.repeat(kind if target == "kind" else rows[target], repeat)
        more = {"offset": np.repeat(rows["exposure"], repeat)} if "offset" in options else {}
        if type_ == "poisson":
            build = lambda d: sm.Poisson(y, d, **more)
        elif target == "kind":
            build = lambda d: sm.MNLogit(np.searchsorted(["a", "b", "c"], y), d)
        else:
            build = lambda d: sm.Logit(y, d, **more)
        if target == "kind":
            r, r0 = build(x).fit(**newton), build(z).fit(**newton)
            params, bse, llf, llnull = r.params.T.ravel(), r.bse.T.ravel(), r.llf, r0.llf
        else:
            params, bse, llf = fitted(build(x))
            llnull = fitted(build(z))[2]
        llr = 2 * (llf - llnull)
        df = (len(names) - 1) * (2 if target == "kind" else 1)
        out = {
            "type": type_, "target": target, "options": options, "inputs": numbers + list(categories), "names": names,
            "params": list(map(float, params)), "bse": list(map(float, bse)), "pvalues": list(map(float, normal_p(params / bse))),
            "llf": float(llf), "llnull": float(llnull), "llr": float(llr), "llr_p": float(chi2.sf(llr, df)),
            "aic": float(2 * len(params) - 2 * llf), "bic": float(np.log(len(y)) * len(params) - 2 * llf),
        }
        if type_ == "poisson":
            out["deviance"] = float(sm.GLM(y, x, sm.families.Poisson(), **more).fit(tol=1e-15, maxiter=200).deviance)
        models.append(out)

    both = {"colour": colour, "shop": shop}
    add("logistic", "binary", {}, ["flag"], both)
    add("logistic", "binary", {}, ["hour"], {"colour": colour})
    add("logistic", "binary", {"offset": "exposure"}, ["flag"], {"shop": shop})
    add("logistic", "binary", {"weights": "weight"}, ["flag"], {"shop": shop})
    add("logistic", "kind", {}, ["flag"], {"shop": shop})
    add("poisson", "few", {}, ["flag"], {"shop": shop})
    add("poisson", "few", {"offset": "exposure"}, [], {"colour": colour})
    add("poisson", "many", {}, ["flag"], both)
    add("poisson", "many", {"offset": "exposure"}, ["flag"], {"shop": shop})
    add("poisson", "many", {"weights": "weight"}, ["flag"], {"shop": shop})
    return {"numeric": {k: v.tolist() for k, v in rows.items()}, "categories": {"colour": colour.tolist(), "shop": shop.tolist(), "kind": kind.tolist()}, "models": models}


json.dump([case(seed) for seed in (1, 2)], sys.stdout)
print()
