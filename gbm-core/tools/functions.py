#!/usr/bin/env python3
"""Values of exp, poisson, erlang, student and centred_normal_cdf that gbm-core's tests compare with.

    pip install mpmath==1.3.0 scipy numpy
    python3 gbm-core/tools/functions.py            # writes tests/it/data/functions.txt
    python3 gbm-core/tools/functions.py --check    # exits 1 if the file on disk differs

Computed with 60 digits, after the definitions and not after the code; Poisson counts and Student's law are compared with
scipy's besides. A line is a function, its arguments' bits in hexadecimal, and:

    exp, cdf, student     the value's bits, high and low
    erlang                the value's bits, high and low, and those of -dx/d ln u: how much a rounding of ln u moves it
    poisson               the least and the greatest count for any u nearer than 1e-14
"""

import random
import struct
import sys
from pathlib import Path

from mpmath import cos, e, erf, exp, findroot, gammainc, log, mp, mpf, pi, power, sin, sqrt

mp.dps = 60
FILE = Path(__file__).resolve().parent.parent / "tests/it/data/functions.txt"
LEAST, MOST = 2.0**-54, 1 - 2.0**-53  # the uniforms that there are


def bits(x):
    return f"{struct.unpack('<Q', struct.pack('<d', x))[0]:016x}"


def pair(x):
    high = float(x)
    return f"{bits(high)} {bits(float(x - mpf(high)))}"


def uniforms(rng, count):
    return [LEAST, 1e-12, 0.001, 0.5, 0.9, 0.999999, 1 - 2.0**-30, MOST] + [rng.random() for _ in range(count)]


def cdf(z):
    return erf(mpf(z) / sqrt(mpf(2))) / 2


def student(z, u, nu):
    z, u, nu = mpf(z), mpf(u), mpf(nu)
    return sqrt(nu * (power(u, -2 / nu) - 1)) * sin(pi * cdf(z)) * sqrt((nu - 2) / nu)


def erlang(u, count):
    """x with Q(count, x) = u, by bisection and Newton's steps on ln Q."""
    u = mpf(u)
    if count == 1:
        return -log(u), mpf(1)
    low, high = mpf(0), mpf(count) + 60 * sqrt(mpf(count)) + 60
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if gammainc(count, middle, regularized=True) > u else (low, middle)
    x = (low + high) / 2
    for _ in range(8):
        q = gammainc(count, x, regularized=True)
        density = exp((count - 1) * log(x) - x) / mp.gamma(count)
        x += (q - u) / density
    return x, q / density


def poisson(u, mean):
    mean = mpf(mean)
    targets = [mpf(u) - mpf(10) ** -14, min(mpf(u) + mpf(10) ** -14, 1 - mpf(10) ** -18)]
    found, count, term, total = [], 0, exp(-mean), exp(-mean)
    for target in targets:
        while total < target:
            count += 1
            term *= mean / count
            total += term
        found.append(count)
    return found


def lines():
    rng = random.Random(20260102)
    for x in [0.0, -0.0, 1.0, -1.0, 1e-17, -1e-9, 708.0, -708.0, 0.5, 40.0] + [rng.uniform(-700, 700) for _ in range(300)]:
        yield f"exp {bits(x)} {pair(exp(mpf(x)))}"
    edges = [0.0, 5e-324, 1e-300, 1e-8, -1e-8, 0.5, -0.5, 1.0, 3.0, 6.0, 8.2, 8.999, 9.0, 9.001, -9.5, 40.0, 1e300]
    for z in edges + [rng.uniform(-9, 9) for _ in range(300)]:
        yield f"cdf {bits(z)} {pair(cdf(z))}"
    for nu in [2.0 + 2.0**-50, 2.0001, 2.5, 3.0, 4.0, 10.0, 1e3, 1e6]:
        for u in uniforms(rng, 6):
            for z in [0.0, 1e-9, -0.3, 2.0, -8.0, rng.gauss(0, 1)]:
                yield f"student {bits(z)} {bits(u)} {bits(nu)} {pair(student(z, u, nu))}"
    for count in [1, 2, 3, 4, 7, 20, 100, 500, 700]:
        for u in uniforms(rng, 12):
            x, slope = erlang(u, count)
            yield f"erlang {bits(u)} {count} {pair(x)} {bits(float(slope))}"
    for mean in [0.0, 1e-300, 1e-12, 0.001, 0.5, 2.0, 10.0, 50.0, 150.0, 333.3, 499.9, 500.0]:
        for u in uniforms(rng, 25):
            low, high = poisson(u, mean)
            yield f"poisson {bits(u)} {bits(mean)} {low} {high}"


def compare_with_scipy():
    from scipy import stats

    rng = random.Random(1)
    for mean in [0.5, 10.0, 333.3]:
        for u in [rng.random() for _ in range(50)]:
            low, high = poisson(u, mean)
            assert low <= stats.poisson.ppf(u, mean) <= high
    # Bailey's product of a radius and a cosine: its law by a grid of 400 x 400 midpoints against Student's at some levels.
    n = 400
    for nu in [3.0, 5.0]:
        radii = [(nu * (((i + 0.5) / n) ** (-2 / nu) - 1)) ** 0.5 for i in range(n)]
        cosines = [float(cos(2 * pi * (mpf(i) + mpf("0.5")) / n)) for i in range(n)]
        for level in [-2.0, -0.5, 1.0]:
            share = sum(r * c <= level for r in radii for c in cosines) / n**2
            assert abs(share - stats.t.cdf(level, nu)) < 0.002, (nu, level, share)
    assert abs(e - exp(mpf(1))) < mpf(10) ** -50 and abs(findroot(lambda x: cdf(x) - 0.25, 0.6) - 0.674489750196) < 1e-9


def main():
    compare_with_scipy()
    text = "".join(line + "\n" for line in lines())
    if "--check" in sys.argv:
        if not FILE.exists() or FILE.read_text() != text:
            sys.exit(f"differs from what this script computes: {FILE}")
        print("ok")
    else:
        FILE.write_text(text)
        print(f"wrote {len(text.splitlines())} lines")


if __name__ == "__main__":
    main()
