"""Writes model/glm/testdata/glm.json: generalised linear models of statsmodels and
quantiles of scipy's linear programme.

Needs numpy, scipy and statsmodels (made with numpy 2.4.6, statsmodels 0.15.0). Rows are drawn
with a seed and stored with the results, so the test needs no generator. Run from the root
of the repository:

    python tools/reference/glm.py > model/glm/testdata/glm.json
"""

import json
import sys

import numpy as np
import statsmodels.api as sm
from scipy.optimize import linprog

rng = np.random.default_rng(14)
n = 240
x = np.round(rng.normal(10, 3, n), 3)
z = np.round(rng.exponential(2, n), 3)
colour = rng.choice(["red", "green", "blue"], n, p=[0.5, 0.3, 0.2])
exposure = np.round(rng.normal(0, 0.4, n), 3)
weight = rng.integers(1, 4, n).astype(float)
eta = 0.3 + 0.15 * (x - 10) - 0.3 * z + 0.6 * (colour == "green") + 0.5 * exposure

rows = {
    "x": x, "z": z, "exposure": exposure, "weight": weight,
    "binary": (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float),
    "count": rng.poisson(np.exp(0.5 + eta)).astype(float),
    "many": rng.negative_binomial(2, 2 / (2 + np.exp(1 + eta))).astype(float),
    "positive": np.round(np.exp(eta) * rng.gamma(3, 1 / 3, n), 4) + 1e-4,
    "number": np.round(2 * eta + rng.standard_t(3, n), 4),
}
kind = rng.random(n) + 0.3 * (x - 10)
kind = np.where(kind < -0.2, "a", np.where(kind < 0.9, "b", "c"))

design = np.column_stack([np.ones(n), x, z, colour == "blue", colour == "green"]).astype(float)
names = ["(intercept)", "x", "z", "colour=blue", "colour=green"]


def result(r, params=None, bse=None, pvalues=None, **more):
    params = r.params if params is None else params
    bse = r.bse if bse is None else bse
    pvalues = r.pvalues if pvalues is None else pvalues
    return {"names": names, "params": list(map(float, params)), "bse": list(map(float, bse)), "pvalues": list(map(float, pvalues)), **more}


newton = {"method": "newton", "maxiter": 200, "tol": 1e-14, "disp": False}
models = []


def add(type_, target, options, reference):
    models.append({"type": type_, "target": target, "options": options, **reference})


r = sm.Logit(rows["binary"], design, offset=exposure).fit(**newton)
add("logistic", "binary", {"offset": "exposure"}, result(r, llf=r.llf, llnull=None, aic=r.aic, bic=r.bic))
r = sm.Logit(rows["binary"], design).fit(**newton)
add("logistic", "binary", {}, result(r, llf=r.llf, llnull=r.llnull, aic=r.aic, bic=r.bic, llr=r.llr, llr_p=r.llr_pvalue))
r = sm.GLM(rows["binary"], design, sm.families.Binomial(), freq_weights=weight).fit(tol=1e-14)
add("logistic", "binary", {"weights": "weight"}, result(r, llf=r.llf, llnull=r.llnull))
classes = np.searchsorted(["a", "b", "c"], kind)
r = sm.MNLogit(classes, design).fit(**newton)
add("logistic", "kind", {}, result(r, params=r.params.T.ravel(), bse=r.bse.T.ravel(), pvalues=r.pvalues.T.ravel(), llf=r.llf, llnull=r.llnull, llr=r.llr, llr_p=r.llr_pvalue))
r = sm.Poisson(rows["count"], design, offset=exposure).fit(**newton)
add("poisson", "count", {"offset": "exposure"}, result(r, llf=r.llf, aic=r.aic, bic=r.bic))
r = sm.GLM(rows["count"], design, sm.families.Poisson(), offset=exposure, freq_weights=weight).fit(tol=1e-14)
add("poisson", "count", {"offset": "exposure", "weights": "weight"}, result(r, llf=r.llf, llnull=r.llnull, deviance=r.deviance))
r = sm.GLM(rows["positive"], design, sm.families.Gamma(sm.families.links.Log())).fit(tol=1e-14, maxiter=200)
add("gamma", "positive", {}, result(r, deviance=r.deviance, dispersion=r.scale))
r = sm.NegativeBinomial(rows["many"], design, offset=exposure).fit(**newton)
add("negative_binomial", "many", {"offset": "exposure"},
    result(r, params=r.params[:-1], bse=r.bse[:-1], pvalues=r.pvalues[:-1], llf=r.llf, alpha=r.params[-1], alpha_bse=r.bse[-1]))
for q in (0.5, 0.9):  # QuantReg stops some digits early: the linear programme itself
    y, p = rows["number"], design.shape[1]
    cost = np.concatenate([np.zeros(p), np.full(n, q), np.full(n, 1 - q)])
    r = linprog(cost, A_eq=np.hstack([design, np.eye(n), -np.eye(n)]), b_eq=y, bounds=[(None, None)] * p + [(0, None)] * (2 * n), method="highs")
    add("quantile", "number", {"quantile": q}, {"names": names, "params": list(map(float, r.x[:p])), "loss": float(r.fun)})

# Cells: two categories and how many rows of each outcome they have.
cells = [{"colour": c, "kind": k, "binary": b, "count": v} for c in ("red", "green", "blue") for k in ("a", "b") for b in (0.0, 1.0) for v in (0.0, 1.0, 4.0)]
for i, c in enumerate(cells):
    c["rows"] = float(rng.integers(20, 900)) * (3 if c["colour"] == "red" else 1) * (2 if c["kind"] == "a" else 1)
design = np.array([[1, c["colour"] == "blue", c["colour"] == "green", c["kind"] == "b"] for c in cells], dtype=float)
names = ["(intercept)", "colour=blue", "colour=green", "kind=b"]
freq = np.array([c["rows"] for c in cells])
of_cells = []
for type_, target, family in (("logistic", "binary", sm.families.Binomial()), ("poisson", "count", sm.families.Poisson())):
    r = sm.GLM(np.array([c[target] for c in cells]), design, family, freq_weights=freq).fit(tol=1e-15, maxiter=200)
    of_cells.append({"type": type_, "target": target, "options": {}, **result(r, llf=r.llf, llnull=r.llnull)})

json.dump({"numeric": {k: list(v) for k, v in rows.items()}, "colour": list(colour), "kind": list(kind), "models": models, "cells": cells, "of_cells": of_cells}, sys.stdout)
