#!/usr/bin/env python3
"""Writes tests/it/data/exact.txt: values of the textbook formulas in 120 digits, printed to 22.

The formulas are the plain ones of Haug (2007), for which 120 digits leave enough after every cancellation. Before anything
is printed, European, digital, barrier and lookback values are held against integrals that share nothing with them but
the law of the path, its minimum and its maximum; the averages' moments are summed over the fixings. Takes mpmath.

    python3 closed-form/tools/exact_values.py > closed-form/tests/it/data/exact.txt
"""

from mpmath import exp, inf, log, mp, mpf, ncdf, npdf, quad, sqrt

mp.dps = 120


class Market:
    def __init__(self, S, r, q, v, T):
        self.S, self.r, self.q, self.v, self.T = (mpf(x) for x in (S, r, q, v, T))
        self.b, self.s = self.r - self.q, self.v * sqrt(self.T)
        self.text = f"{S!r} {r!r} {q!r} {v!r} {T!r}"

    def terminal(self, payoff, low, high):
        """The discounted expectation of a payoff of S_T in (low, high)."""
        mean = (self.b - self.v**2 / 2) * self.T
        z = lambda x: (log(x / self.S) - mean) / self.s
        ends = [max(z(low), mpf(-40)) if low > 0 else mpf(-40), z(high) if high < inf else mpf(40)]
        inner = [mpf(n) / 2 for n in range(-79, 80) if ends[0] < mpf(n) / 2 < ends[1]]
        price = lambda y: self.S * exp(mean + self.s * y)
        return exp(-self.r * self.T) * quad(lambda y: payoff(price(y)) * npdf(y), [ends[0], *inner, ends[1]])


def european(m, kind, K):
    f = 1 if kind == "call" else -1
    d1 = (log(m.S / K) + (m.b + m.v**2 / 2) * m.T) / m.s
    return f * (m.S * exp(-m.q * m.T) * ncdf(f * d1) - K * exp(-m.r * m.T) * ncdf(f * (d1 - m.s)))


def digital(m, kind, K, X):
    f = 1 if kind == "call" else -1
    d2 = (log(m.S / K) + (m.b - m.v**2 / 2) * m.T) / m.s
    return X * exp(-m.r * m.T) * ncdf(f * d2)


def lognormal(mean, s, discount, kind, K):
    """An option on e^X, X normal."""
    f = 1 if kind == "call" else -1
    forward = exp(mean + s * s / 2)
    d = log(forward / K) / s + s / 2
    return discount * f * (forward * ncdf(f * d) - K * ncdf(f * (d - s)))


def asian(m, kind, K, n):
    """Moments summed over the fixings, not in closed form: Cov(ln S(ti), ln S(tj)) = v^2 min(ti, tj)."""
    times = [m.T * i / n for i in range(1, n + 1)]
    mean = log(m.S) + (m.b - m.v**2 / 2) * sum(times) / n
    variance = m.v**2 * sum(t * (2 * (n - i) - 1) for i, t in enumerate(times)) / n**2
    return lognormal(mean, sqrt(variance), exp(-m.r * m.T), kind, K)


def asian_continuous(m, kind, K):
    mean = log(m.S) + (m.b - m.v**2 / 2) * m.T / 2
    return lognormal(mean, m.s / sqrt(mpf(3)), exp(-m.r * m.T), kind, K)


def barrier(m, kind, direction, knock, K, H):
    A = european(m, kind, K)
    f, e = (1 if kind == "call" else -1), (1 if direction == "down" else -1)
    if e * (H - m.S) >= 0:
        return A if knock == "in" else mpf(0)
    mu = m.b / m.v**2 - mpf(1) / 2
    asset, cash = f * m.S * exp(-m.q * m.T), f * K * exp(-m.r * m.T)
    straight = lambda x: asset * ncdf(f * x) - cash * ncdf(f * (x - m.s))
    mirrored = lambda y: asset * (H / m.S) ** (2 * mu + 2) * ncdf(e * y) - cash * (H / m.S) ** (2 * mu) * ncdf(e * (y - m.s))
    B = straight(log(m.S / H) / m.s + (1 + mu) * m.s)
    C = mirrored(log(H * H / (m.S * K)) / m.s + (1 + mu) * m.s)
    D = mirrored(log(H / m.S) / m.s + (1 + mu) * m.s)
    above = K >= H
    knock_in = {
        ("call", "down"): C if above else A - B + D,
        ("call", "up"): A if above else B - C + D,
        ("put", "down"): B - C + D if above else A,
        ("put", "up"): A - B + D if above else C,
    }[kind, direction]
    return knock_in if knock == "in" else A - knock_in


def barrier_integral(m, kind, direction, K, H):
    """Knock-out: the payoff over the density of S_T on paths that never touch H (reflection principle)."""
    f = 1 if kind == "call" else -1
    h, nu = log(H / m.S), m.b - m.v**2 / 2
    alive = lambda S: 1 - exp(2 * h * (log(S / m.S) - h) / m.s**2)
    low, high = (max(H, K) if kind == "call" else H, inf) if direction == "down" else (mpf(0), H)
    if kind == "call":
        low = max(low, K)
    else:
        high = min(high, K)
    return m.terminal(lambda S: f * (S - K) * alive(S), low, high) if low < high else mpf(0)


def touch(S, mu, v, T, direction, H):
    e = 1 if direction == "up" else -1
    h, nu, s = e * log(H / S), e * (mu - v**2 / 2), v * sqrt(T)
    return ncdf((nu * T - h) / s) + exp(2 * nu * h / v**2) * ncdf((-h - nu * T) / s) if h > 0 else mpf(1)


def lookback_tail(m, sign, L):
    """The third term of the lookback formulas, sign 1 for minima and -1 for maxima."""
    a = (log(m.S / L) + (m.b + m.v**2 / 2) * m.T) / m.s
    if m.b == 0:
        return m.S * exp(-m.r * m.T) * m.s * (npdf(a) - sign * a * ncdf(-sign * a))
    bracket = (m.S / L) ** (-2 * m.b / m.v**2) * ncdf(sign * (-a + 2 * m.b * m.T / m.s)) - exp(m.b * m.T) * ncdf(-sign * a)
    return sign * m.S * exp(-m.r * m.T) * m.v**2 / (2 * m.b) * bracket


def floating(m, kind, M):
    return european(m, kind, M) + lookback_tail(m, 1 if kind == "call" else -1, M)


def fixed(m, kind, K, M):
    L = max(K, M) if kind == "call" else min(K, M)
    return exp(-m.r * m.T) * abs(L - K) + european(m, kind, L) + lookback_tail(m, -1 if kind == "call" else 1, L)


def lookback_integral(m, kind, L):
    """e^{-rT} E max(max - L, 0), or of L - min: the probability of touching each level beyond L."""
    if kind == "call":
        steps = [L * exp(m.s * n) for n in range(41)]
        return exp(-m.r * m.T) * quad(lambda x: touch(m.S, m.b, m.v, m.T, "up", x), steps)
    steps = [L * exp(-m.s * n) for n in range(40, -1, -1)]
    return exp(-m.r * m.T) * quad(lambda x: touch(m.S, m.b, m.v, m.T, "down", x), steps)


def margrabe(S1, q1, v1, S2, q2, v2, rho, T):
    s = sqrt((v1**2 + v2**2 - 2 * rho * v1 * v2) * T)
    d1 = (log(S1 / S2) + (q2 - q1) * T) / s + s / 2
    return S1 * exp(-q1 * T) * ncdf(d1) - S2 * exp(-q2 * T) * ncdf(d1 - s)


def check():
    mp.dps = 40
    m = Market(100.0, 0.08, 0.03, 0.3, 0.5)
    near = lambda x, y: abs(x / y - 1) < mpf(10) ** -15 or print("differs:", x, y)
    sound = []
    for K in (mpf(80), mpf(105)):
        sound.append(near(m.terminal(lambda S: S - K, K, inf), european(m, "call", K)))
        sound.append(near(m.terminal(lambda S: K - S, mpf(0), K), european(m, "put", K)))
        sound.append(near(m.terminal(lambda S: mpf(7), K, inf), digital(m, "call", K, 7)))
        for kind in ("call", "put"):
            for direction, H in (("down", mpf(90)), ("up", mpf(120))):
                exact = barrier(m, kind, direction, "out", K, H)
                integral = barrier_integral(m, kind, direction, K, H)
                sound.append(exact == integral == 0 or near(integral, exact))
    for r in (0.08, 0.03):
        m = Market(100.0, r, 0.03, 0.3, 0.5)
        sound.append(near(lookback_integral(m, "call", mpf(110)), fixed(m, "call", mpf(110), mpf(100))))
        sound.append(near(lookback_integral(m, "put", mpf(100)), fixed(m, "put", mpf(100), mpf(100))))
    assert all(sound)
    mp.dps = 120


MARKETS = [
    Market(100.0, 0.05, 0.02, 0.2, 1.0),
    Market(100.0, 0.0, 0.0, 0.2, 1.0 / 365.0),
    Market(100.0, 0.1, 0.0, 0.8, 0.001),
    Market(100.0, -0.01, 0.03, 0.05, 5.0),
    Market(100.0, 0.03, 0.03, 1.5, 0.25),
    Market(100.0, 0.05, 0.01, 0.3, 30.0),
    Market(100000.0, 0.04, 0.04000000001, 0.6, 0.5),
    Market(3.5, 0.2, -0.1, 0.01, 2.0),
    Market(100.0, 0.5, 0.0, 1.2, 1e-6),
    Market(100.0, 0.3, 0.1, 3.0, 20.0),
]
RATIOS = (0.2, 0.6, 0.9, 0.99, 0.9999, 1.0, 1.0003, 1.02, 1.15, 1.7, 6.0)


def line(family, text, value):
    print(f"{family} {text} {mp.nstr(value, 22)}")


def main():
    check()
    print("# Written by closed-form/tools/exact_values.py: family, inputs, value. Markets are spot, rate, yield, volatility, maturity.")
    kinds = ("call", "put")
    for m in MARKETS:
        near = [float(m.S) * x for x in RATIOS]
        for K in near:
            for kind in kinds:
                line("european", f"{m.text} {kind} {K!r}", european(m, kind, mpf(K)))
                line("digital", f"{m.text} {kind} {K!r} 7.0", digital(m, kind, mpf(K), 7))
                line("asian", f"{m.text} {kind} {K!r} 12", asian(m, kind, mpf(K), 12))
                line("continuous", f"{m.text} {kind} {K!r}", asian_continuous(m, kind, mpf(K)))
        for kind in kinds:
            for H in near[1:-1:2]:
                for K in near[::2]:
                    direction = "up" if H >= m.S else "down"
                    for knock in ("in", "out"):
                        value = barrier(m, kind, direction, knock, mpf(K), mpf(H))
                        line("barrier", f"{m.text} {kind} {direction} {knock} {K!r} {H!r}", value)
        for M in near:
            kind, other = ("put", "call") if M >= m.S else ("call", "put")
            line("floating", f"{m.text} {kind} {M!r}", floating(m, kind, mpf(M)))
            for K in near[::2]:
                line("fixed", f"{m.text} {other} {K!r} {M!r}", fixed(m, other, mpf(K), mpf(M)))
        line("floating", f"{m.text} call {float(m.S)!r}", floating(m, "call", m.S))
    for mu, v, T in ((0.1, 0.3, 1.0), (-0.5, 0.8, 2.0), (30.0, 0.5, 0.01), (0.0, 0.2, 0.0001), (2.0, 0.05, 1.0), (0.0, 2.0, 50.0)):
        for H in RATIOS:
            direction = "up" if H >= 1 else "down"
            value = touch(mpf(100), mpf(mu), mpf(v), mpf(T), direction, mpf(100 * H))
            line("touch", f"100.0 {mu!r} {v!r} {T!r} {direction} {100 * H!r}", value)
    for S2 in (20.0, 60.0, 99.0, 100.0, 130.0, 700.0):
        for rho in (-1.0, -0.3, 0.5, 0.999, 1.0):
            for T in (0.001, 1.0, 10.0):
                inputs = (100.0, 0.01, 0.8, S2, 0.03, 0.7, rho, T)
                line("exchange", " ".join(map(repr, inputs)), margrabe(*(mpf(x) for x in inputs)))


main()
