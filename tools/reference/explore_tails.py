"""Tails of the distributions in package explore, to 17 digits.

Needs mpmath (made with mpmath 1.4.1). Run from the root of the repository:

    python tools/reference/explore_tails.py > explore/testdata/tails.json
"""

import json
import sys

from mpmath import beta, exp, gamma, mp, mpf

mp.dps = 470  # as upper tails come from 1 - lower
cases = []


def incomplete(a, b, x, y):
    """I_x(a, b) by its power series where x is below a half, else from the other side."""
    if x > 0.5:
        return 1 - incomplete(b, a, y, x)
    term = mpf(1)
    total = term
    n = mpf(0)
    while abs(term) > total * mpf(10) ** -450:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return x**a * y**b / a / beta(a, b) * total


def add(kind, args, lower, upper):
    cases.append({"distribution": kind, "args": [float(v) for v in args], "lower": float(max(lower, 0)), "upper": float(max(upper, 0))})


def student(t, df):
    t, df = mpf(t), mpf(df)
    half = incomplete(df / 2, mpf(1) / 2, df / (df + t * t), t * t / (df + t * t)) / 2
    lower, upper = (1 - half, half) if t > 0 else (half, 1 - half)
    add("student", [t, df], lower, upper)


def fisher(f, d1, d2):
    f, d1, d2 = mpf(f), mpf(d1), mpf(d2)
    upper = incomplete(d2 / 2, d1 / 2, d2 / (d2 + d1 * f), d1 * f / (d2 + d1 * f))
    lower = incomplete(d1 / 2, d2 / 2, d1 * f / (d2 + d1 * f), d2 / (d2 + d1 * f))
    add("fisher", [f, d1, d2], lower, upper)


def chi_square(x, df):
    x, df = mpf(x), mpf(df)
    lower = mpf(1)
    term = mpf(1)
    n = 1
    a, z = df / 2, x / 2
    while term > mpf(10) ** -420 * lower:
        term *= z / (a + n)
        lower += term
        n += 1
    lower *= z**a * exp(-z) / gamma(a + 1)
    upper = 1 - lower
    add("chi-square", [x, df], lower, upper)


for df in [0.5, 1, 2, 10, 29.25, 999, 1e5]:
    for t in [1e-8, -0.5, 1.3, 4, -35]:
        student(t, df)
student(100, 50)
student(2000, 149)
student(-37, 57998)
for d1, d2 in [(1, 1), (2, 147), (149, 149), (3.5, 0.75), (6, 57993), (31937, 4229)]:
    for f in [1e-6, 0.5, 0.99, 1, 1.5, 3, 1000]:
        fisher(f, d1, d2)
for df in [0.5, 1, 7, 99, 57999]:
    for r in [1e-6, 0.7, 0.98, 1, 1.3, 4]:
        chi_square(df * r, df)
chi_square(230, 1)
chi_square(300, 4)
json.dump(cases, sys.stdout, separators=(",", ":"))
print()
