"""Reference values for the joint comparison of two states in package drift.

Needs numpy, SciPy, statsmodels and mpmath (made with 2.4.6, 1.17.1, 0.15.0 and 1.4.1). Run from the root
of the repository:

    python tools/reference/drift_joint.py > drift/testdata/joint.json

Rows are drawn with a fixed seed and stored with the values, rounded to 6 decimals. Box's M and Hotelling's test are
statsmodels'. Distances are written out from determinants, solutions and, for Fréchet's, mpmath, which share nothing with the simultaneous
diagonalisation that the package uses.
"""

import json
import sys

import mpmath
import numpy as np
from scipy import linalg, spatial, stats
from statsmodels.stats.multivariate import test_cov_oneway, test_mvmean_2indep

mpmath.mp.dps = 50


def frechet(dm, s1, s2):
    """In 50 digits, as scipy.linalg.sqrtm loses half of them where units are far apart."""
    a, b = mpmath.matrix(s1.tolist()), mpmath.matrix(s2.tolist())
    roots = mpmath.fsum(mpmath.sqrt(mpmath.re(x)) for x in mpmath.eig(a * b, left=False, right=False))
    return float(mpmath.fsum(mpmath.mpf(x) ** 2 for x in dm.tolist()) + mpmath.fsum((a + b)[i, i] for i in range(len(dm))) - 2 * roots)


def distances(m1, s1, m2, s2):
    d = len(m1)
    dm = m2 - m1
    a = (s1 + s2) / 2
    logdet = lambda x: np.linalg.slogdet(x)[1]
    bhattacharyya = dm @ linalg.solve(a, dm) / 8 + (logdet(a) - logdet(s1) / 2 - logdet(s2) / 2) / 2
    kl = lambda ma, sa, mb, sb: (np.trace(linalg.solve(sb, sa)) + (mb - ma) @ linalg.solve(sb, mb - ma) - d + logdet(sb) - logdet(sa)) / 2
    return {
        "bhattacharyya": bhattacharyya,
        "hellinger": np.sqrt(1 - np.exp(-bhattacharyya)),
        "kullback_leibler": kl(m1, s1, m2, s2) + kl(m2, s2, m1, s1),
        "stein": np.trace(linalg.solve(s1, s2)) - logdet(s2) + logdet(s1) - d,
        "frechet": frechet(dm, s1, s2),
    }


def unequal(m1, s1, n1, m2, s2, n2):
    """Krishnamoorthy and Yu 2004, written out."""
    p = len(m1)
    a, b = s1 / n1, s2 / n2
    s = a + b
    t2 = (m1 - m2) @ linalg.solve(s, m1 - m2)
    q = lambda x, n: (np.trace(linalg.solve(s, x) @ linalg.solve(s, x)) + np.trace(linalg.solve(s, x)) ** 2) / (n - 1)
    nu = (p + p * p) / (q(a, n1) + q(b, n2))
    f = t2 * (nu - p + 1) / (nu * p)
    return {"t2": t2, "statistic": f, "df2": nu - p + 1, "p": stats.f.sf(f, p, nu - p + 1)}


def reconstruction(m1, s1, m2, s2, share):
    sd = np.sqrt(np.diag(s1))
    c1, c2, dm = s1 / np.outer(sd, sd), s2 / np.outer(sd, sd), (m2 - m1) / sd
    values, vectors = linalg.eigh(c1)
    values, vectors = values[::-1], vectors[:, ::-1]
    k = min(int(np.searchsorted(np.cumsum(values) / values.sum(), share - 1e-12) + 1), len(m1) - 1)
    w = vectors[:, :k]
    r = np.eye(len(m1)) - w @ w.T
    return {"components": k, "reference": np.trace(r @ c1), "recent": np.trace(r @ (c2 + np.outer(dm, dm))), "means": dm @ r @ dm}


def case(name, x1, x2):
    x1, x2 = np.round(x1, 6), np.round(x2, 6)
    (n1, d), n2 = x1.shape, len(x2)
    m1, m2, s1, s2 = x1.mean(0), x2.mean(0), np.cov(x1.T).reshape(d, d), np.cov(x2.T).reshape(d, d)
    v = n1 + n2 - 2
    pooled = ((n1 - 1) * s1 + (n2 - 1) * s2) / v
    sd = np.sqrt(np.diag(pooled))
    box = test_cov_oneway([s1, s2], [n1, n2])
    t2 = test_mvmean_2indep(x1, x2)
    d2 = spatial.distance.mahalanobis(m1, m2, linalg.inv(pooled)) ** 2
    unbiased = (v - d - 1) / v * d2 - d * (1 / n1 + 1 / n2)
    out = {"name": name, "dimension": d, "reference": x1.ravel().tolist(), "recent": x2.ravel().tolist(), **distances(m1, s1, m2, s2)}
    out["frechet_standardised"] = distances(m1 / sd, s1 / np.outer(sd, sd), m2 / sd, s2 / np.outer(sd, sd))["frechet"]
    out["box"] = {
        "m": box.statistic_base, "chi2": box.statistic_chi2, "p_chi2": box.pvalue_chi2, "df_chi2": box.df_chi2,
        "f": box.statistic_f, "p_f": box.pvalue_f, "df_f": box.df_f[1],
    }
    out["hotelling"] = {"t2": t2.t2, "statistic": t2.statistic, "df2": t2.df[1], "p": t2.pvalue}
    out["unequal"] = unequal(m1, s1, n1, m2, s2, n2)
    out["mahalanobis"] = d2
    out["auc"] = stats.norm.cdf(np.sqrt(max(unbiased, 0) / 2))
    out["accuracy"] = stats.norm.cdf(np.sqrt(max(unbiased, 0)) / 2)
    out["pca"] = reconstruction(m1, s1, m2, s2, 0.9)
    return out


def main():
    rng = np.random.default_rng(15)
    chain = lambda n, d: rng.normal(size=(n, d)) @ (np.eye(d) + 0.7 * np.eye(d, k=1))
    cases = [
        case("no change", chain(60, 3), chain(40, 3)),
        case("far from zero", 1e3 + chain(30, 2), 1e3 + 0.4 + 1.5 * chain(25, 2)),
        case("shift and scale", chain(80, 4) + [5, 0, 0, -3], 1.3 * chain(50, 4) + [5.5, 0, 0.2, -3]),
        case("other correlations", chain(120, 5), rng.normal(size=(90, 5))),
        case("units apart", chain(50, 3) * [1e-3, 1, 1e4], chain(45, 3) * [1.2e-3, 1, 1e4] + [0, 0.3, 0]),
        case("small", chain(9, 3), chain(8, 3)),
        case("many rows apart", chain(400, 2), chain(20, 2) + 0.5),
    ]
    json.dump(cases, sys.stdout, indent=None)
    print()


main()
