#!/usr/bin/env python3
"""Writes tests/it/data/fourier.txt: European options under jumps and stochastic variance, by an integral in 22 digits.

The integral is Lewis' (2001), "A simple option formula for general jump-diffusion and other exponential Levy processes", eq. 3.11, over characteristic
functions written as in the papers: another contour, another quadrature and another form of Heston's exponent than the crate's cosine series.
Before a line is printed, Heston's and Bates' are held against QuantLib's engines, to the digits that those have, and Merton's against his series. Takes
mpmath and QuantLib (written with 1.44), and a few minutes.

    python3 closed-form/tools/fourier_values.py > closed-form/tests/it/data/fourier.txt
"""

import QuantLib as ql
from mpmath import exp, factorial, log, mp, mpc, mpf, ncdf, pi, quad, sqrt

mp.dps = 22
TODAY = ql.Date(2, 1, 2026)
DAYS = ql.Actual360()
KINDS = {"call": ql.Option.Call, "put": ql.Option.Put}
ql.Settings.instance().evaluationDate = TODAY
# What QuantLib's integrals keep of a price of 100.
NEAR = 1e-6


def heston(u, T, v0, kappa, theta, xi, rho):
    """Gatheral (2006), The Volatility Surface, eqs. 2.11 to 2.13: his C and D."""
    alpha, beta = -u * u / 2 - mpc(0, 1) * u / 2, kappa - rho * xi * mpc(0, 1) * u
    d = sqrt(beta * beta - 2 * alpha * xi * xi)
    minus = (beta - d) / (xi * xi)
    g = (beta - d) / (beta + d)
    D = minus * (1 - exp(-d * T)) / (1 - g * exp(-d * T))
    C = kappa * (minus * T - 2 / (xi * xi) * log((1 - g * exp(-d * T)) / (1 - g)))
    return C * theta + D * v0


def normal_jumps(u, T, intensity, mean, deviation):
    iu = mpc(0, 1) * u
    growth = exp(mean + deviation**2 / 2) - 1
    return intensity * T * (exp(iu * mean - u * u * deviation**2 / 2) - 1 - iu * growth)


def diffusion(u, T, volatility):
    return -(u * u + mpc(0, 1) * u) * volatility**2 * T / 2


def kou(u, T, volatility, intensity, p, up, down):
    iu = mpc(0, 1) * u
    growth = p * up / (up - 1) + (1 - p) * down / (down + 1) - 1
    jumps = p * up / (up - iu) + (1 - p) * down / (down + iu) - 1
    return diffusion(u, T, volatility) + intensity * T * (jumps - iu * growth)


def exponent(family, u, T, x):
    if family == "heston":
        return heston(u, T, *x)
    if family == "bates":
        return heston(u, T, *x[:5]) + normal_jumps(u, T, *x[5:])
    if family == "merton":
        return diffusion(u, T, x[0]) + normal_jumps(u, T, *x[1:])
    return kou(u, T, *x)


def lewis(family, x, S, r, q, T, kind, K):
    x, S, r, q, T, K = [mpf(y) for y in x], mpf(S), mpf(r), mpf(q), mpf(T), mpf(K)
    k = log(S / K) + (r - q) * T
    value = lambda u: (exp(mpc(0, 1) * u * k + exponent(family, u - mpc(0, 0.5), T, x))).real / (u * u + mpf(1) / 4)
    end = mpf(8)
    while abs(value(end)) > mpf(10) ** -19 and end < 10**6:
        end *= 2
    ends = [mpf(0)] + [end / 2**i for i in range(14, -1, -1)]
    call = S * exp(-q * T) - sqrt(S * K) * exp(-(r + q) * T / 2) / pi * quad(value, ends)
    return call if kind == "call" else call - S * exp(-q * T) + K * exp(-r * T)


def series(x, S, r, q, T, kind, K):
    """Merton's (1976) sum over the number of jumps."""
    v, intensity, mean, deviation = (mpf(y) for y in x)
    S, r, q, T, K = mpf(S), mpf(r), mpf(q), mpf(T), mpf(K)
    growth = exp(mean + deviation**2 / 2) - 1
    f, sum, n = (1 if kind == "call" else -1), mpf(0), 0
    while n < 20 + 5 * intensity * T:
        forward = S * exp((r - q - intensity * growth) * T + n * (mean + deviation**2 / 2))
        s = sqrt(v**2 * T + n * deviation**2)
        d = log(forward / K) / s + s / 2
        black = f * (forward * ncdf(f * d) - K * ncdf(f * (d - s)))
        sum += exp(-intensity * T) * (intensity * T) ** n / factorial(n) * black
        n += 1
    return exp(-r * T) * sum


def quantlib(family, x, S, r, q, days, kind, K):
    flat = lambda rate: ql.YieldTermStructureHandle(ql.FlatForward(TODAY, rate, DAYS))
    spot = ql.QuoteHandle(ql.SimpleQuote(S))
    option = ql.VanillaOption(ql.PlainVanillaPayoff(KINDS[kind], K), ql.EuropeanExercise(TODAY + days))
    if family == "heston":
        process = ql.HestonProcess(flat(r), flat(q), spot, *x)
        engine = ql.AnalyticHestonEngine(ql.HestonModel(process), 1e-12, 1000000)
    elif family == "bates":
        process = ql.BatesProcess(flat(r), flat(q), spot, *x)
        engine = ql.BatesEngine(ql.BatesModel(process), 1e-12, 1000000)
    else:
        return None
    option.setPricingEngine(engine)
    return option.NPV()


def line(family, x, S, r, q, days, kind, K):
    T = days / 360
    value = lewis(family, x, S, r, q, T, kind, K)
    theirs = quantlib(family, x, S, r, q, days, kind, K)
    if theirs is not None and abs(theirs - value) > NEAR:
        raise ValueError(f"{family} {x} {T} {kind} {K}: {value} here, {theirs} there")
    if family == "merton" and abs(series(x, S, r, q, T, kind, K) - value) > mpf(10) ** -15:
        raise ValueError(f"{family} {x} {T} {kind} {K}: {value} is not the series'")
    inputs = " ".join(repr(y) for y in (*x, S, r, q, T))
    print(f"{family} {inputs} {kind} {K!r} {mp.nstr(value, 18)}")


def main():
    print(f"# Written by closed-form/tools/fourier_values.py with QuantLib {ql.__version__}: family, its parameters, spot, rate, yield, maturity,")
    print("# kind, strike, value. Parameters: v0 kappa theta xi rho; bates the same and intensity mean deviation; merton sigma intensity mean")
    print("# deviation; kou sigma intensity p up down.")
    andersen = [
        ((0.04, 0.5, 0.04, 1.0, -0.9), 3600),
        ((0.04, 0.3, 0.04, 0.9, -0.5), 5400),
        ((0.09, 1.0, 0.09, 1.0, -0.3), 1800),
    ]
    for x, days in andersen:
        for K in (70.0, 100.0, 140.0):
            line("heston", x, 100.0, 0.0, 0.0, days, "call", K)
    plain = (0.0175, 1.5768, 0.0398, 0.5751, -0.5711)
    line("heston", plain, 100.0, 0.0, 0.0, 360, "call", 100.0)
    line("merton", (0.15, 0.1, -0.9, 0.45), 100.0, 0.05, 0.0, 90, "call", 100.0)
    families = {
        "heston": [plain, (0.3, 6.97, 0.738, 2.51, 0.0), (0.04, 2.0, 0.06, 0.3, 0.6)],
        "bates": [(*plain, 0.1, -0.9, 0.45), (0.027, 5.0, 0.027, 0.45, -0.7, 4.0, -0.01, 0.02), (0.04, 0.5, 0.04, 1.0, -0.9, 2.0, 0.05, 0.1)],
        "merton": [(0.15, 0.1, -0.9, 0.45), (0.264, 252.0, -0.0004, 0.046), (0.2, 3.0, 0.05, 0.1)],
        "kou": [(0.16, 1.0, 0.4, 10.0, 5.0), (0.186, 458.0, 0.499, 40.7, 39.3), (0.3, 4.0, 0.9, 25.0, 3.0)],
    }
    for family, laws in families.items():
        for x in laws:
            for r, q, days in ((0.05, 0.0, 180), (0.02, 0.06, 720)):
                for kind, K in (("call", 98.0), ("put", 75.0), ("call", 150.0)):
                    line(family, x, 100.0, r, q, days, kind, K)


main()
