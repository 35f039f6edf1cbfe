#!/usr/bin/env python3
"""Writes tests/it/data/quantlib.txt: prices of QuantLib's analytic engines, another program's reading of the formulas.

Maturities are whole days of a 360-day year, so that QuantLib's dates give the exact number. Takes QuantLib (written with 1.44).

    python3 closed-form/tools/quantlib_values.py > closed-form/tests/it/data/quantlib.txt
"""

import math

import QuantLib as ql

TODAY = ql.Date(2, 1, 2026)
DAYS = ql.Actual360()
KINDS = {"call": ql.Option.Call, "put": ql.Option.Put}
ql.Settings.instance().evaluationDate = TODAY


class Market:
    def __init__(self, S, r, q, v, days):
        self.days, self.carries = days, r != q
        flat = lambda rate: ql.YieldTermStructureHandle(ql.FlatForward(TODAY, rate, DAYS))
        volatility = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(TODAY, ql.NullCalendar(), v, DAYS))
        self.process = ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(S)), flat(q), flat(r), volatility)
        self.exercise = ql.EuropeanExercise(TODAY + days)
        self.text = f"{S!r} {r!r} {q!r} {v!r} {days / 360!r}"


def price(option, engine):
    option.setPricingEngine(engine)
    return option.NPV()


def plain(m, kind, K):
    option = ql.VanillaOption(ql.PlainVanillaPayoff(KINDS[kind], K), m.exercise)
    return price(option, ql.AnalyticEuropeanEngine(m.process))


def digital(m, kind, K, X):
    option = ql.VanillaOption(ql.CashOrNothingPayoff(KINDS[kind], K, X), m.exercise)
    return price(option, ql.AnalyticEuropeanEngine(m.process))


def asian(m, kind, K, n):
    fixings = [TODAY + m.days * (i + 1) // n for i in range(n)]
    assert m.days % n == 0
    option = ql.DiscreteAveragingAsianOption(
        ql.Average.Geometric, 1.0, 0, fixings, ql.PlainVanillaPayoff(KINDS[kind], K), m.exercise
    )
    return price(option, ql.AnalyticDiscreteGeometricAveragePriceAsianEngine(m.process))


def continuous(m, kind, K):
    option = ql.ContinuousAveragingAsianOption(ql.Average.Geometric, ql.PlainVanillaPayoff(KINDS[kind], K), m.exercise)
    return price(option, ql.AnalyticContinuousGeometricAveragePriceAsianEngine(m.process))


def barrier(m, kind, direction, knock, K, H):
    style = getattr(ql.Barrier, direction.capitalize() + knock.capitalize())
    option = ql.BarrierOption(style, H, 0.0, ql.PlainVanillaPayoff(KINDS[kind], K), m.exercise)
    return price(option, ql.AnalyticBarrierEngine(m.process))


def floating(m, kind, M):
    option = ql.ContinuousFloatingLookbackOption(M, ql.FloatingTypePayoff(KINDS[kind]), m.exercise)
    return price(option, ql.AnalyticContinuousFloatingLookbackEngine(m.process))


def fixed(m, kind, K, M):
    option = ql.ContinuousFixedLookbackOption(M, ql.PlainVanillaPayoff(KINDS[kind], K), m.exercise)
    return price(option, ql.AnalyticContinuousFixedLookbackEngine(m.process))


def touch(mu, v, days, direction, H):
    """One unit of cash at expiry if the level is touched, without interest and with a yield of -mu."""
    m = Market(100.0, 0.0, -mu, v, days)
    payoff = ql.CashOrNothingPayoff(KINDS["call" if direction == "up" else "put"], H, 1.0)
    option = ql.VanillaOption(payoff, ql.AmericanExercise(TODAY, TODAY + days, True))
    return price(option, ql.AnalyticDigitalAmericanEngine(m.process))


def margrabe(first, second, rho):
    return price(ql.MargrabeOption(1, 1, first.exercise), ql.AnalyticEuropeanMargrabeEngine(first.process, second.process, rho))


def line(family, text, value):
    if math.isnan(value) or not math.isfinite(value):
        raise ValueError(f"{family} {text}: {value}")
    print(f"{family} {text} {value!r}")


def main():
    print(f"# Written by closed-form/tools/quantlib_values.py with QuantLib {ql.__version__}: family, inputs, value.")
    markets = [
        Market(100.0, r, q, v, days)
        for r, q in ((0.08, 0.04), (0.0, 0.0), (0.03, 0.1))
        for v, days in ((0.15, 36), (0.3, 180), (0.8, 720))
    ]
    for m in markets:
        for kind in KINDS:
            for K in (70.0, 95.0, 100.0, 130.0):
                line("european", f"{m.text} {kind} {K!r}", plain(m, kind, K))
                line("digital", f"{m.text} {kind} {K!r} 10.0", digital(m, kind, K, 10.0))
                line("continuous", f"{m.text} {kind} {K!r}", continuous(m, kind, K))
                for n in (1, 4, 12):
                    line("asian", f"{m.text} {kind} {K!r} {n}", asian(m, kind, K, n))
                for direction, H in (("down", 80.0), ("down", 95.0), ("up", 105.0), ("up", 150.0)):
                    for knock in ("in", "out"):
                        value = barrier(m, kind, direction, knock, K, H)
                        line("barrier", f"{m.text} {kind} {direction} {knock} {K!r} {H!r}", value)
            if not m.carries:
                continue  # QuantLib's lookbacks divide by r - q.
            for M in (100.0, 85.0 if kind == "call" else 115.0):
                line("floating", f"{m.text} {kind} {M!r}", floating(m, kind, M))
            for M in (100.0, 115.0 if kind == "call" else 85.0):
                for K in (70.0, 95.0, 100.0, 130.0):
                    line("fixed", f"{m.text} {kind} {K!r} {M!r}", fixed(m, kind, K, M))
    for mu in (-0.3, 0.0, 0.1, 0.8):
        for v, days in ((0.15, 36), (0.3, 360), (1.2, 720)):
            for direction, H in (("down", 60.0), ("down", 95.0), ("up", 105.0), ("up", 200.0)):
                line("touch", f"100.0 {mu!r} {v!r} {days / 360!r} {direction} {H!r}", touch(mu, v, days, direction, H))
    for S2 in (80.0, 100.0, 130.0):
        for rho in (-0.5, 0.0, 0.7):
            for days in (36, 720):
                first, second = Market(100.0, 0.05, 0.06, 0.3, days), Market(S2, 0.05, 0.04, 0.5, days)
                value = margrabe(first, second, rho)
                line("exchange", f"100.0 0.06 0.3 {S2!r} 0.04 0.5 {rho!r} {days / 360!r}", value)


main()
