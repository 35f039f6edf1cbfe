"""Writes figures.json: equity curves, and what empyrical-reloaded and quantstats say of them.

    python -m venv .venv && .venv/bin/pip install empyrical-reloaded==0.7.1 quantstats==0.0.86
    .venv/bin/python figures.py > figures.json

The curves come from a 64-bit linear congruential generator, so that no library decides what they are.
"""

import json
import math
import sys
import warnings
from importlib.metadata import version

import empyrical
import numpy
import pandas
import quantstats

warnings.filterwarnings("ignore")


def steps(seed, count):
    """Uniform on (0, 1), from Knuth's MMIX generator."""
    state = seed
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield ((state >> 11) + 0.5) / 2**53


def curve(seed, count, drift, scale, idle=0.0):
    equity = [100000.0]
    for number in steps(seed, count):
        # Some periods without a return, as a strategy that waits has.
        change = 0.0 if number < idle else drift + scale * ((number - idle) / (1.0 - idle) - 0.5)
        equity.append(equity[-1] * (1.0 + change))
    return equity


def number(value):
    value = float(value)
    return value if math.isfinite(value) else None


def described(name, equity, per_year):
    index = pandas.date_range("2026-01-01", periods=len(equity) - 1, freq="D")
    returns = pandas.Series([b / a - 1.0 for a, b in zip(equity, equity[1:])], index=index)
    e, q = empyrical, quantstats.stats
    return {
        "name": name,
        "periods_per_year": per_year,
        "equity": equity,
        "empyrical": {
            "total_return": number(e.cum_returns_final(returns)),
            "cagr": number(e.annual_return(returns, annualization=per_year)),
            "volatility": number(e.annual_volatility(returns, annualization=per_year)),
            "sharpe": number(e.sharpe_ratio(returns, annualization=per_year)),
            "sortino": number(e.sortino_ratio(returns, annualization=per_year)),
            "max_drawdown": number(e.max_drawdown(returns)),
            "calmar": number(e.calmar_ratio(returns, annualization=per_year)),
        },
        "quantstats": {
            "total_return": number(q.comp(returns)),
            "cagr": number(q.cagr(returns, periods=per_year)),
            "volatility": number(q.volatility(returns, periods=per_year)),
            "sharpe": number(q.sharpe(returns, periods=per_year)),
            "sortino": number(q.sortino(returns, periods=per_year)),
            "max_drawdown": number(q.max_drawdown(returns)),
            "calmar": number(q.calmar(returns, periods=per_year)),
            "period_win_rate": number(q.win_rate(returns)),
            "period_profit_factor": number(q.profit_factor(returns)),
        },
        "numpy_quantiles": [number(numpy.quantile(equity, part)) for part in (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)],
    }


curves = [
    described("a year of days", curve(1, 365, 0.0008, 0.06), 365),
    described("a losing month", curve(2, 30, -0.004, 0.05), 365),
    described("mostly idle", curve(3, 250, 0.0, 0.03, idle=0.7), 365),
    described("hours", curve(4, 1000, 0.0001, 0.01), 8760),
    described("falls first", [100.0, 80.0, 90.0, 70.0, 140.0], 365),
    described("two periods", [100.0, 101.0, 100.5], 365),
]
named = ("empyrical-reloaded", "quantstats", "numpy", "pandas")
json.dump({"versions": {name: version(name) for name in named}, "curves": curves}, sys.stdout, indent=1)
print()
