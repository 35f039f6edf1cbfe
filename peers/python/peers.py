"""Ours and Python's libraries by turns, on the same work, each by its thread's processor time.

    peers.py PEERS [--pairs N] [--sanity]

PEERS is the built program of this folder; with --serve it runs ours on demand. Printed is a table for each workload,
or with --sanity what each library computes, held against the exact law.
"""

import argparse
import math
import statistics
import subprocess
import time

import numba
import numpy as np
import QuantLib as ql

# As in src/scene.rs.
SPOT, DRIFT, VOLATILITY, STRIKE, SEED = 100_000.0, 0.5, 0.8, 100_000.0, 42
PATHS, STEPS = 10_000, 1_000
VALUES = PATHS * STEPS
SLICE = 3_200
# Steps of a year that are few enough for Euler's error to show.
FEW = 10


def exact(dt):
    return (DRIFT - 0.5 * VOLATILITY**2) * dt, VOLATILITY * math.sqrt(dt)


def euler(dt):
    return 1.0 + DRIFT * dt, VOLATILITY * math.sqrt(dt)


def generator():
    """NumPy's fastest bit generator."""
    return np.random.Generator(np.random.SFC64(SEED))


def blocks(buffer):
    """Rows by blocks that stay in the second cache over the passes of a vector library."""
    rows = max(1, 32_768 // buffer.shape[1])
    return (buffer[first : first + rows] for first in range(0, len(buffer), rows))


def numpy_product(buffer):
    rng = generator()
    mean, deviation = euler(1.0 / buffer.shape[1])

    def run():
        for block in blocks(buffer):
            rng.standard_normal(out=block)
            np.multiply(block, deviation, out=block)
            np.add(block, mean, out=block)
            np.multiply(block[:, 0], SPOT, out=block[:, 0])
            np.multiply.accumulate(block, axis=1, out=block)

    return run


def numpy_exp(buffer):
    rng = generator()
    mean, deviation = exact(1.0 / buffer.shape[1])

    def run():
        for block in blocks(buffer):
            rng.standard_normal(out=block)
            np.multiply(block, deviation, out=block)
            np.add(block, mean, out=block)
            np.add.accumulate(block, axis=1, out=block)
            np.exp(block, out=block)
            np.multiply(block, SPOT, out=block)

    return run


def sums(block, mean, deviation):
    for row in block:
        total = 0.0
        for j in range(len(row)):
            total += mean + deviation * row[j]
            row[j] = SPOT * math.exp(total)


def product_loop(buffer, rng, mean, deviation):
    for row in buffer:
        price = SPOT
        for j in range(len(row)):
            price *= mean + deviation * rng.standard_normal()
            row[j] = price


def sum_loop(buffer, rng, mean, deviation):
    for row in buffer:
        total = 0.0
        for j in range(len(row)):
            total += mean + deviation * rng.standard_normal()
            row[j] = SPOT * math.exp(total)


def numba_rows(fastmath):
    """NumPy's normals, the rest compiled."""
    compiled = numba.njit(sums, fastmath=fastmath)

    def make(buffer):
        rng = generator()
        mean, deviation = exact(1.0 / buffer.shape[1])

        def run():
            for block in blocks(buffer):
                rng.standard_normal(out=block)
                compiled(block, mean, deviation)

        return run

    return make


def numba_loop(function, law, fastmath):
    """All in one compiled loop, NumPy's generator in it."""
    compiled = numba.njit(function, fastmath=fastmath)

    def make(buffer):
        rng = generator()
        mean, deviation = law(1.0 / buffer.shape[1])
        return lambda: compiled(buffer, rng, mean, deviation)

    return make


def black_scholes():
    today = ql.Date(2, 1, 2023)
    ql.Settings.instance().evaluationDate = today
    days = ql.Actual365Fixed()
    rate = ql.YieldTermStructureHandle(ql.FlatForward(today, DRIFT, days))
    dividend = ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, days))
    volatility = ql.BlackConstantVol(today, ql.NullCalendar(), VOLATILITY, days)
    spot = ql.QuoteHandle(ql.SimpleQuote(SPOT))
    return ql.BlackScholesMertonProcess(spot, dividend, rate, ql.BlackVolTermStructureHandle(volatility))


def quantlib_paths(process):
    """Each path stays QuantLib's own: for timing, nothing is copied out."""

    def make(buffer, copies=False):
        paths, steps = buffer.shape
        uniforms = ql.UniformRandomSequenceGenerator(steps, ql.UniformRandomGenerator(SEED))
        normals = ql.GaussianRandomSequenceGenerator(uniforms)
        following = ql.GaussianPathGenerator(process(), 1.0, steps, normals, False).next

        def run():
            for _ in range(paths):
                following()

        def copy():
            for row in buffer:
                path = following().value()
                row[:] = [path[j] for j in range(1, steps + 1)]

        return copy if copies else run

    return make


def quantlib_multi_paths(process):
    def make(buffer, copies=False):
        paths, steps = buffer.shape
        uniforms = ql.UniformRandomSequenceGenerator(steps, ql.UniformRandomGenerator(SEED))
        normals = ql.GaussianRandomSequenceGenerator(uniforms)
        assets = ql.StochasticProcessArray([process()], ql.Matrix(1, 1, 1.0))
        times = [j / steps for j in range(steps + 1)]
        following = ql.GaussianMultiPathGenerator(assets, times, normals, False).next

        def run():
            for _ in range(paths):
                following()

        def copy():
            for row in buffer:
                path = following().value()[0]
                row[:] = [path[j] for j in range(1, steps + 1)]

        return copy if copies else run

    return make


def quantlib_gbm():
    return ql.GeometricBrownianMotionProcess(SPOT, DRIFT, VOLATILITY)


PRICES = [
    ("NumPy", "`standard_normal(out=)`, running product, in place", "Euler", numpy_product),
    ("NumPy", "`standard_normal(out=)`, running sum, `exp`, in place", "exact", numpy_exp),
    ("Numba", "one compiled loop, running product", "Euler", numba_loop(product_loop, euler, False)),
    ("Numba", "the same, `fastmath`", "Euler", numba_loop(product_loop, euler, True)),
    ("Numba", "one compiled loop, running sum, `exp`", "exact", numba_loop(sum_loop, exact, False)),
    ("Numba", "the same, `fastmath`", "exact", numba_loop(sum_loop, exact, True)),
    ("Numba", "NumPy's normals, compiled sums and `exp`", "exact", numba_rows(False)),
    ("Numba", "the same, `fastmath`", "exact", numba_rows(True)),
    ("QuantLib", "`GaussianPathGenerator`, `GeometricBrownianMotionProcess`", "Euler", quantlib_paths(quantlib_gbm)),
    ("QuantLib", "`GaussianMultiPathGenerator`, the same process", "Euler", quantlib_multi_paths(quantlib_gbm)),
    ("QuantLib", "`GaussianPathGenerator`, `BlackScholesMertonProcess`", "exact", quantlib_paths(black_scholes)),
]


def numpy_call():
    rng = generator()
    mean, deviation = exact(1.0)
    block = np.ones(SLICE)

    def run():
        total = 0.0
        for _ in range(VALUES // SLICE):
            rng.standard_normal(out=block)
            np.multiply(block, deviation, out=block)
            np.add(block, mean, out=block)
            np.exp(block, out=block)
            np.multiply(block, SPOT, out=block)
            np.subtract(block, STRIKE, out=block)
            np.maximum(block, 0.0, out=block)
            total += block.sum()
        return total / VALUES

    return run


def payoffs(rng, mean, deviation):
    total = 0.0
    for _ in range(VALUES):
        total += max(SPOT * math.exp(mean + deviation * rng.standard_normal()) - STRIKE, 0.0)
    return total / VALUES


def numba_call(fastmath):
    compiled = numba.njit(payoffs, fastmath=fastmath)

    def make():
        rng = generator()
        return lambda: compiled(rng, *exact(1.0))

    return make


def quantlib_call():
    """The whole average is QuantLib's; it discounts, so the payoff's average is its price times the growth."""
    process = black_scholes()
    expiry = ql.Settings.instance().evaluationDate + 365
    option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Call, STRIKE), ql.EuropeanExercise(expiry))

    def run():
        option.setPricingEngine(
            ql.MCEuropeanEngine(process, "pseudorandom", timeSteps=1, requiredSamples=VALUES, seed=SEED)
        )
        return option.NPV() * math.exp(DRIFT)

    return run


CALLS = [
    ("NumPy", "slices of 3,200, in place", "exact", numpy_call),
    ("Numba", "one compiled loop", "exact", numba_call(False)),
    ("Numba", "the same, `fastmath`", "exact", numba_call(True)),
    ("QuantLib", "`MCEuropeanEngine`, `pseudorandom`, one step", "exact", quantlib_call),
]


class Ours:
    """The other program, which times itself."""

    def __init__(self, program):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([program, "--serve"], stdin=pipe, stdout=pipe, text=True)

    def nanoseconds(self, workload):
        self.process.stdin.write(f"{workload}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def nanoseconds(run):
    began = time.thread_time_ns()
    run()
    return (time.thread_time_ns() - began) / VALUES


def compare(ours, pairs):
    buffer = np.ones((PATHS, STEPS))
    workloads = [
        ("W1", "10,000 paths of 1,000 steps, every price", PRICES, lambda make: make(buffer)),
        ("W4", "the average payoff of a call over 10,000,000 terminal prices", CALLS, lambda make: make()),
    ]
    for key, what, peers, begin in workloads:
        print(f"### {key}: {what}, against Python's libraries\n")
        print("| Peer | How | Steps | Ours, ns | Peer, ns | Peer / ours | Least | Most |")
        print("|---|---|---|---|---|---|---|---|")
        for library, how, law, make in peers:
            run = begin(make)
            first, second = (lambda: ours.nanoseconds(key)), (lambda: nanoseconds(run))
            first()
            second()
            times = []
            for pair in range(pairs):
                if pair % 2 == 0:
                    a = first()
                    b = second()
                else:
                    b = second()
                    a = first()
                times.append((a, b))
            a, b = (statistics.median(column) for column in zip(*times))
            ratios = sorted(b / a for a, b in times)
            middle = statistics.median(ratios)
            print(
                f"| {library} | {how} | {law} | {a:.2f} | {b:.2f} | **{middle:.2f}** "
                f"| {ratios[0]:.2f} | {ratios[-1]:.2f} |",
                flush=True,
            )
        print()


def sanity():
    buffer = np.ones((100_000, FEW))
    mean, deviation = exact(1.0)
    print(f"### Prices of {len(buffer)} paths of {FEW} steps to a year\n")
    print("| Library | How | Steps | Mean, z | Variance, z | Least value | Values ≤ 0 |")
    print("|---|---|---|---|---|---|---|")
    for library, how, law, make in PRICES:
        buffer.fill(1.0)
        (make(buffer, copies=True) if library == "QuantLib" else make(buffer))()
        ends = buffer[:, -1]
        ends = np.log(ends[ends > 0.0] / SPOT)
        mean_z = (ends.mean() - mean) / (deviation / math.sqrt(len(ends)))
        variance_z = (ends.var(ddof=1) / deviation**2 - 1.0) * math.sqrt(len(ends) / 2)
        print(
            f"| {library} | {how} | {law} | {mean_z:+.2f} | {variance_z:+.2f} "
            f"| {buffer.min():.4f} | {(buffer <= 0.0).sum()} |"
        )
    print("\n### The call's average payoff\n\n| Library | How | Payoff, z |\n|---|---|---|")

    def normal(x):
        return 0.5 * math.erfc(-x / math.sqrt(2.0))

    d = (math.log(SPOT / STRIKE) + DRIFT - 0.5 * VOLATILITY**2) / VOLATILITY
    first = SPOT * math.exp(DRIFT)
    expected = first * normal(d + VOLATILITY) - STRIKE * normal(d)
    square = first**2 * math.exp(VOLATILITY**2) * normal(d + 2 * VOLATILITY)
    square += STRIKE**2 * normal(d) - 2 * STRIKE * first * normal(d + VOLATILITY)
    error = math.sqrt((square - expected**2) / VALUES)
    for library, how, _, make in CALLS:
        print(f"| {library} | {how} | {(make()() - expected) / error:+.2f} |")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--sanity", action="store_true")
    arguments = parser.parse_args()
    if arguments.sanity:
        sanity()
    else:
        compare(Ours(arguments.program), arguments.pairs)


if __name__ == "__main__":
    main()
