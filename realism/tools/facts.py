#!/usr/bin/env python3
"""The facts of `realism` by numpy and scipy, written apart from the crate: prints `tests/it/data/facts.txt`.

    python3 realism/tools/facts.py > realism/tests/it/data/facts.txt
    python3 realism/tools/facts.py --data hourly.csv --scale 1h [--column close]

The synthetic series is exact arithmetic on integers and one division, so that every program has its bits. With --data the
facts of a file without gaps are printed, a line each.
"""

import argparse
import csv

import numpy as np
from scipy import stats


def synthetic(count, seed):
    """Returns in clusters: sums of uniforms from a 64-bit LCG, scaled by a level that a slower one moves."""
    state, level, values = seed, 64, []
    mask = (1 << 64) - 1
    for _ in range(count):
        total = 0
        for _ in range(4):
            state = (state * 6364136223846793005 + 1442695040888963407) & mask
            total += state >> 44
        draw = state >> 33
        if draw % 50 == 0:
            level = 16 + (draw // 50) % 240
        size = 12 if draw % 701 == 0 else 1
        values.append((total - 2 * (1 << 20)) * level * size / 2.0**34)
    return np.array(values)


def moments(x):
    return stats.kurtosis(x, fisher=True, bias=True)


def sums(segments, width):
    parts = [s[: len(s) // width * width].reshape(-1, width).sum(axis=1) for s in segments]
    return np.concatenate(parts)


def kurtosis(segments, width):
    return moments(sums(segments, width))


def hill(segments):
    x = np.sort(np.abs(np.concatenate(segments)))[::-1]
    k = int(np.floor(0.05 * len(x)))
    return 1.0 / np.mean(np.log(x[:k] / x[k]))


def acf(segments, lag):
    everything = np.concatenate(segments)
    mean = everything.mean()
    top = sum(((s[:-lag] - mean) * (s[lag:] - mean)).sum() for s in segments if len(s) > lag)
    pairs = sum(len(s) - lag for s in segments if len(s) > lag)
    return top / ((everything - mean) ** 2).sum() * (len(everything) - lag) / pairs


def decay(segments, lags):
    values = np.array([acf(segments, lag) for lag in lags])
    good = values > 0
    return -np.polyfit(np.log(np.array(lags)[good]), np.log(values[good]), 1)[0] if good.sum() >= 5 else None


def leverage(segments):
    corrs = []
    for k in range(1, 11):
        x = np.concatenate([s[:-k] for s in segments])
        y = np.concatenate([s[k:] ** 2 for s in segments])
        corrs.append(np.corrcoef(x, y)[0, 1])
    return np.mean(corrs)


def beyond(segments, times):
    x = np.concatenate(segments)
    return np.mean(np.abs(x - x.mean()) > times * x.std())


def blocks(segments, days, width):
    """The days of UTC that lack a tenth of their returns at most."""
    found = []
    for s, d in zip(segments, days):
        found.append([s[d == day] for day in np.unique(d) if 10 * (d == day).sum() >= 9 * width])
    return found


def flat(found):
    return [block for part in found for block in part]


def realised(block):
    return (block**2).sum()


def bipower(block):
    m = len(block)
    return np.pi / 2 * m / (m - 1) * np.abs(block[1:] * block[:-1]).sum()


def jump_share(segments, days, width):
    found = flat(blocks(segments, days, width))
    return 1 - sum(map(bipower, found)) / sum(map(realised, found))


def log_volatility(segments, days, width):
    return [0.5 * np.log(np.array([realised(b) for b in part]) + 1e-12) for part in blocks(segments, days, width)]


def roughness(segments, days, width):
    lv = log_volatility(segments, days, width)
    lags = range(1, 31)
    means = [np.mean(np.concatenate([(s[lag:] - s[:-lag]) ** 2 for s in lv if len(s) > lag])) for lag in lags]
    return 0.5 * np.polyfit(np.log(lags), np.log(means), 1)[0]


def hour_factors(segments, hours):
    size = np.abs(np.concatenate(segments))
    hour = np.concatenate(hours)
    return np.array([size[hour == h].mean() for h in range(24)]) / size.mean()


def lee_mykland(segments, hours):
    factors = hour_factors(segments, hours)
    n = sum(map(len, segments))
    c, root = np.sqrt(2 / np.pi), np.sqrt(2 * np.log(n))
    location = root / c - (np.log(np.pi) + np.log(np.log(n))) / (2 * c * root)
    scale = 1 / (c * root)
    count = tested = 0
    for s, h in zip(segments, hours):
        b = np.abs(s) / factors[h]
        for t in range(167, len(b)):
            variance = np.mean(b[t - 166 : t] * b[t - 167 : t - 1])
            tested += 1
            count += variance > 0 and (b[t] / np.sqrt(variance) - location) / scale > 4.6001
    return 24 * count / tested


def daily(segments, bars):
    size, square = [np.abs(s) for s in segments], [s**2 for s in segments]
    everything = np.concatenate(segments)
    return [
        everything.std(ddof=1) * np.sqrt(365),
        moments(everything),
        hill(segments),
        acf(segments, 1),
        *[acf(size, lag) for lag in (1, 5, 10, 20, 50)],
        decay(size, range(1, 101)),
        acf(square, 1),
        leverage(segments),
        beyond(segments, 3),
        beyond(segments, 5),
        kurtosis(segments, 7),
        kurtosis(segments, 30),
    ]


def hourly(segments, bars):
    days, hours = [b // 24 for b in bars], [b % 24 for b in bars]
    size = [np.abs(s) for s in segments]
    return [
        np.concatenate(segments).std() * np.sqrt(8766),
        hill(segments),
        beyond(segments, 5),
        *[acf(size, lag) for lag in (1, 5, 24, 168, 720)],
        decay(size, [24 * k for k in range(1, 61)]),
        *[kurtosis(segments, width) for width in (1, 4, 24, 168)],
        jump_share(segments, days, 24),
        roughness(segments, days, 24),
        np.concatenate(log_volatility(segments, days, 24)).std(),
        lee_mykland(segments, hours),
    ]


def minute(segments, bars):
    days = [b[: len(b) // 5 * 5 : 5] // 1440 for b in bars]
    size = [np.abs(s) for s in segments]
    return [
        np.concatenate(segments).std() * np.sqrt(525960),
        hill(segments),
        beyond(segments, 5),
        *[acf(size, lag) for lag in (1, 5, 30, 60, 240, 1440)],
        *[kurtosis(segments, width) for width in (1, 5, 15, 60, 240)],
        jump_share([sums([s], 5) for s in segments], days, 288),
    ]


SCALES = {"1d": daily, "1h": hourly, "1m": minute}


def of_series(scale, count, seed, first_bar, cuts):
    """The facts of a synthetic series cut into stretches; bars count from midnight, and each stretch's first return has `first_bar`."""
    ends = [0, *cuts, count]
    series = synthetic(count, seed)
    segments = [series[a:b] for a, b in zip(ends, ends[1:])]
    return SCALES[scale](segments, [first_bar + np.arange(len(s)) for s in segments])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data")
    arguments.add_argument("--scale", choices=SCALES)
    arguments.add_argument("--column", default="close")
    given = arguments.parse_args()
    if given.data:
        with open(given.data, newline="") as file:
            rows = list(csv.DictReader(file))
        closes = np.log([float(row[given.column]) for row in rows])
        hour = int(rows[1]["timestamp"][11:13]) if given.scale == "1h" else 0
        values = SCALES[given.scale]([np.diff(closes)], [hour + np.arange(len(closes) - 1)])
        for number, value in enumerate(values, 1):
            print(number, value)
        return
    print("# scale | returns | seed | bar of the first return | cuts | facts in their order; by realism/tools/facts.py")
    for scale, count, seed, first_bar, cuts in [
        ("1d", 3000, 1, 1, []),
        ("1d", 3000, 2, 1, [700, 1931]),
        ("1h", 12000, 3, 1, []),
        ("1h", 12000, 4, 12, [2999]),
        ("1m", 12000, 5, 1, []),
        ("1m", 14000, 6, 1, [4319, 6000]),
    ]:
        values = " ".join(repr(float(value)) for value in of_series(scale, count, seed, first_bar, cuts))
        print(f"{scale} | {count} | {seed} | {first_bar} | {','.join(map(str, cuts))} | {values}")


if __name__ == "__main__":
    main()
