"""Reference values for package internal/special, to 17 digits.

Needs mpmath (made with mpmath 1.4.1). Run from the root of the repository:

    python tools/reference/special.py > internal/special/testdata/tails.json

The incomplete beta and gamma functions are summed from their power series of positive terms in 470 digits, so that an upper tail of 1e-300 is
still exact as one minus the lower; for a million degrees of freedom and more the density is integrated. Quantiles are roots of these tails.
"""

import json
import random
import sys

from mpmath import beta, erfc, exp, gamma, log, loggamma, mp, mpf, quad, sqrt

mp.dps = 470
cases = []


def incomplete(a, b, x, y):
    """I_x(a, b) by its power series where x is below a half, else from the other side."""
    if x > 0.5:
        return 1 - incomplete(b, a, y, x)
    term = mpf(1)
    total = term
    n = mpf(0)
    while abs(term) > total * mpf(10) ** -(mp.dps - 20):
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return x**a * y**b / a / beta(a, b) * total


def add(kind, args, lower, upper):
    cases.append({"distribution": kind, "args": [float(v) for v in args], "lower": float(max(lower, 0)), "upper": float(max(upper, 0))})


def beyond(t, df):
    """P(T > |t|)."""
    return incomplete(df / 2, mpf(1) / 2, df / (df + t * t), t * t / (df + t * t)) / 2


def normal(z):
    z = mpf(z)
    add("normal", [z], erfc(-z / sqrt(2)) / 2, erfc(z / sqrt(2)) / 2)


def student(t, df):
    t, df = mpf(t), mpf(df)
    half = beyond(t, df)
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
    add("chi-square", [x, df], lower, 1 - lower)


def chi_square_wide(z, df):
    """For many degrees of freedom, z deviations off the mean: the integral of the density in pieces of a deviation, in 60 digits."""
    mp.dps = 60
    df = mpf(df)
    a, deviation = df / 2, sqrt(2 * df)
    x = mpf(float(df + z * deviation))

    def ratio(t):  # of the density to that at x, as quad stops at an absolute error
        return exp((a - 1) * log(t / x) - (t - x) / 2)

    scale = exp((a - 1) * log(x / 2) - x / 2 - loggamma(a)) / 2
    if z < 0:
        lower = scale * quad(ratio, [x + deviation * k / 2 for k in range(-60, 1)])
        upper = 1 - lower
    else:
        upper = scale * quad(ratio, [x + deviation * k / 2 for k in range(61)])
        lower = 1 - upper
    add("chi-square", [x, df], lower, upper)
    mp.dps = 470


def quantile(upper, df):
    """The t beyond which the upper tail lies: Newton steps on the logarithms of both."""
    mp.dps = 60 + int(-2 * log(upper) / log(10))  # as far tails come from 1 - lower
    p, d = mpf(upper), mpf(df)
    s = log(mpf(1)) if upper > 1e-3 else log(p * sqrt(d) * 3) / -d if d < 30 else log(-2 * log(p)) / 2
    for _ in range(300):
        t = exp(s)
        tail = beyond(t, d)
        density = (1 + t * t / d) ** (-(d + 1) / 2) / sqrt(d) / beta(d / 2, mpf(1) / 2)
        step = log(tail / p) * tail / (t * density)
        step = max(min(step, 2), -2)
        s += step
        if abs(step) < mpf(10) ** -30:
            break
    else:
        raise ArithmeticError(f"no quantile of {upper} with {df}")
    cases.append({"distribution": "student quantile", "args": [float(upper), float(df)], "value": float(exp(s))})
    mp.dps = 470


for z in [0, 1e-9, -0.3, 1, -1.96, 6, -20, 37]:
    normal(z)
for df in [0.5, 1, 2, 10, 29.25, 999, 1e5]:
    for t in [1e-8, -0.5, 1.3, 4, -35]:
        student(t, df)
student(100, 50)
student(2000, 149)
student(-37, 57998)
student(1e200, 1)  # df / t^2 is below the smallest float64
student(-1e170, 0.5)
student(1e120, 2)
for d1, d2 in [(1, 1), (2, 147), (149, 149), (3.5, 0.75), (6, 57993), (31937, 4229)]:
    for f in [1e-6, 0.5, 0.99, 1, 1.5, 3, 1000]:
        fisher(f, d1, d2)
for df in [0.5, 1, 7, 99, 57999]:
    for r in [1e-6, 0.7, 0.98, 1, 1.3, 4]:
        chi_square(df * r, df)
chi_square(230, 1)
chi_square(300, 4)
# drawn: degrees of freedom over six decades, statistics up to ten deviations off their middle
draw = random.Random(20261)
for _ in range(40):
    student(draw.choice([-1, 1]) * 10 ** draw.uniform(-3, 1.5), 10 ** draw.uniform(-1, 5))
for _ in range(40):
    d1, d2 = 10 ** draw.uniform(-1, 4.5), 10 ** draw.uniform(-1, 4.5)
    fisher(float(exp(draw.uniform(-10, 10) * (1 / d1 + 1 / d2) ** 0.5)), d1, d2)
for _ in range(60):
    df = 10 ** draw.uniform(-1, 5.5)
    chi_square(df * float(exp(draw.uniform(-12, 12) * (1 / df) ** 0.5)), df)
for df in [0.3, 1, 2.5, 10, 400, 29769, 1e8]:
    for upper in [0.4999, 0.25, 0.025, 5e-7, 1e-15, 1e-100]:
        if -log(upper) / df < 690:  # else beyond the largest float64
            quantile(upper, df)

for df in [1e6, 1e8, 1e9, 1e11, 1e13]:
    for z in [-20, -6, 0, 2, 6, 20]:
        chi_square_wide(z, df)

origin = "mpmath 1.4.1 in 470 digits, tools/reference/special.py"
sys.stdout.write('{"origin":%s,"cases":[\n%s\n]}\n' % (json.dumps(origin), ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)))
