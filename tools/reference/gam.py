"""Additive models by statsmodels and pyGAM, for model/regression/gam_reference_test.go.

Run: python gam.py > ../../model/regression/testdata/gam.json (statsmodels 0.15, patsy 1.0,
pyGAM 0.12). The basis is patsy's cr (natural cubic regression splines, S. Wood), the fit that
of statsmodels' GLMGam with a given weight of each penalty, the effective degrees of freedom
its edf. pyGAM fits its own B-splines, with the weight that it finds by GCV: its curves are
close, not the same.
"""
import json
from types import SimpleNamespace

import numpy as np
from patsy.mgcv_cubic_splines import _get_natural_f, _get_free_crs_dmatrix
from pygam import LinearGAM, s
from statsmodels.gam.api import GLMGam
from statsmodels.gam.smooth_basis import AdditiveGamSmoother

random = np.random.default_rng(11)
n = 300
a, b = np.round(random.uniform(0, 6, n), 3), np.round(random.normal(size=n), 3)
y = np.round(2 * np.sin(a) + 0.4 * b * b + 0.5 * random.normal(size=n), 3)


def penalty(knots):
    """The integral of the squared second derivative by the values at the knots: D'F."""
    k, f = len(knots), _get_natural_f(knots)
    d = np.zeros((k, k))
    for i in range(1, k - 1):
        h, g = knots[i] - knots[i - 1], knots[i + 1] - knots[i]
        d[i, i - 1], d[i, i], d[i, i + 1] = 1 / h, -1 / h - 1 / g, 1 / g
    return d.T @ f


def smoother(x, knots):
    basis = _get_free_crs_dmatrix(x, knots)[:, 1:]
    return SimpleNamespace(nobs=n, basis=basis, dim_basis=basis.shape[1], cov_der2=penalty(knots)[1:, 1:], x=x, der_basis=basis, der2_basis=basis, col_names=[f"s{i}" for i in range(basis.shape[1])])


class Given(AdditiveGamSmoother):
    def __init__(self, x, smoothers):
        self.given = smoothers
        super().__init__(x, include_intercept=False)

    def _make_smoothers_list(self):
        return self.given


knots = [np.quantile(x, np.linspace(0.02, 0.98, 8)) for x in (a, b)]
smoothers = [smoother(x, k) for x, k in zip((a, b), knots)]
cases = []
for alpha in ((0.5, 0.01), (0.02, 3.0), (20.0, 20.0)):
    design = Given(np.column_stack((a, b)), smoothers)
    fit = GLMGam(y, exog=np.ones((n, 1)), smoother=design, alpha=list(alpha)).fit(scale=1.0)
    curves = []
    at = 1
    for m, (sm, k) in enumerate(zip(smoothers, knots)):
        size = sm.dim_basis
        coef = fit.params[at : at + size]
        grid = np.linspace(k[0], k[-1], 33)
        curve = (_get_free_crs_dmatrix(grid, k)[:, 1:] - sm.basis.mean(0)) @ coef
        cov = fit.cov_params()[at : at + size, at : at + size]
        rows = _get_free_crs_dmatrix(grid, k)[:, 1:] - sm.basis.mean(0)
        curves.append({"x": grid.tolist(), "y": curve.tolist(), "df": float(np.sum(fit.edf[at : at + size])), "unit": np.sqrt(np.einsum("ij,jk,ik->i", rows, cov, rows)).tolist()})
        at += size
    cases.append({"alpha": alpha, "curves": curves, "rss": float(np.sum((y - fit.fittedvalues) ** 2))})

free = LinearGAM(s(0, n_splines=20) + s(1, n_splines=20)).gridsearch(np.column_stack((a, b)), y, lam=np.logspace(-3, 3, 13), progress=False)
close = []
for term, k in enumerate(knots):
    grid = np.linspace(k[0], k[-1], 33)
    x = np.zeros((33, 2))
    x[:, term] = grid
    x[:, 1 - term] = np.mean((a, b)[1 - term])
    part = free.partial_dependence(term, X=x)
    own = np.column_stack((a, b))
    close.append({"x": grid.tolist(), "y": (part - free.partial_dependence(term, X=own).mean()).tolist()})
print(json.dumps({"a": a.tolist(), "b": b.tolist(), "y": y.tolist(), "knots": [k.tolist() for k in knots], "cases": cases, "pygam": close}))
