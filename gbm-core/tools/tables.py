#!/usr/bin/env python3
"""Generates the constants of gbm-core's `math` module and the references its tests check against.

    pip install mpmath==1.3.0
    python3 gbm-core/tools/tables.py            # writes the files below
    python3 gbm-core/tools/tables.py --check    # exits 1 if a file on disk differs

Everything is computed with 70 significant digits and rounded once.

    src/math/inverse_normal.bin     3,392 segments x 6 coefficients, f64 little-endian
    src/math/coefficients.rs        polynomials of exp2 and ln
    tests/it/data/centres.bin       x and dx/du at one point of each segment, as pairs of f64 (high, low)
    tests/it/data/{inverse_normal,exp2,ln}.txt   input bits, reference high bits, reference low bits (hex)
    tests/it/data/ticks.txt         word, reference high bits and low bits of the price, from a ChaCha8 of its own
"""

import random
import struct
import sys
from pathlib import Path
from statistics import NormalDist

from mpmath import chop, cos, erfc, exp, log, mp, mpf, pi, sqrt

mp.dps = 70
CRATE = Path(__file__).resolve().parent.parent
OCTAVES = 53  # u in [2^-54, 1/2): exponents -54 .. -2
PER_OCTAVE = 64
DEGREE = 5


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def from_bits(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


def pair(x):
    """The two f64 whose sum is nearest to x."""
    hi = float(x)
    return hi, float(x - mpf(hi))


def quantile(u):
    """x with Phi(x) = u for u in (0, 1/2], by Newton's method on the 70-digit tail probability."""
    x = mpf(NormalDist().inv_cdf(float(u)))
    for _ in range(12):
        density = exp(-x * x / 2) / sqrt(2 * pi)
        step = (erfc(-x / sqrt(mpf(2))) / 2 - u) / density
        x -= step / (1 + x * step / 2)  # Halley: x'' = x x'^2
        if abs(step) < mpf(10) ** -45:
            break
    density = exp(-x * x / 2) / sqrt(2 * pi)
    return x - (erfc(-x / sqrt(mpf(2))) / 2 - u) / density


def taylor(x, slope, terms):
    """Coefficients of x(u0 + h), from x'' = x x'^2."""
    c = [x, slope]
    square = []
    for n in range(terms - 2):
        square.append(sum((i + 1) * c[i + 1] * (n - i + 1) * c[n - i + 1] for i in range(n + 1)))
        c.append(sum(c[i] * square[n - i] for i in range(n + 1)) / ((n + 1) * (n + 2)))
    return c


def evaluate(c, h):
    total = mpf(0)
    for a in reversed(c):
        total = total * h + a
    return total


def interpolate(nodes, values):
    """Monomial coefficients of the polynomial through the points (Newton's divided differences)."""
    n = len(nodes)
    d = list(values)
    for k in range(1, n):
        for i in range(n - 1, k - 1, -1):
            d[i] = (d[i] - d[i - 1]) / (nodes[i] - nodes[i - k])
    poly = [mpf(0)] * n
    for i in range(n - 1, -1, -1):
        shifted = [mpf(0)] + poly[:-1]
        poly = [s - nodes[i] * p for s, p in zip(shifted, poly)]
        poly[0] += d[i]
    return poly


def lobatto(n, width):
    """n Chebyshev-Lobatto nodes on [0, width]; both ends are nodes, so that neighbouring segments meet."""
    return [chop(width * (1 - cos(pi * i / (n - 1))) / 2) for i in range(n)]


def chebyshev(n, width):
    return [width * (1 - cos(pi * (2 * i + 1) / (2 * n))) / 2 for i in range(n)]


def inverse_normal():
    """Segment s covers [a, b); the polynomial gives -x(b - t) for t in (0, b - a]."""
    table, centres = [], []
    for octave in range(OCTAVES):
        base = mpf(2) ** (octave - OCTAVES - 1)
        width = base / PER_OCTAVE
        for i in range(PER_OCTAVE):
            right = base + (i + 1) * width
            last = octave == OCTAVES - 1 and i == PER_OCTAVE - 1
            centre = mpf(1) / 2 if last else right - width / 2
            x = mpf(0) if last else quantile(centre)
            slope = sqrt(2 * pi) * exp(x * x / 2)
            series = taylor(x, slope, 34)
            nodes = lobatto(DEGREE + 1, width)
            values = [-evaluate(series, right - t - centre) for t in nodes]
            if last:
                values[0] = mpf(0)
            poly = interpolate(nodes, values)
            if last:
                poly[0] = mpf(0)
            table += [float(c) for c in poly]
            centres += [*pair(x), *pair(slope)]
    return struct.pack(f"<{len(table)}d", *table), struct.pack(f"<{len(centres)}d", *centres)


def coefficients():
    ln2 = log(mpf(2))
    leading = from_bits(bits(float(ln2)) & ~0x7FF_FFFF)  # 26 bits: times a multiple of 2^-26 it is exact
    nodes = [f - mpf(1) / 4 for f in chebyshev(11, mpf(1))]
    exp2_poly = interpolate(nodes, [(mpf(2) ** f - 1) / f for f in nodes])
    exp2_poly[0] -= leading
    # ln((1 + s)/(1 - s)) = 2s + s*R(s^2); |s| <= (sqrt 2 - 1)/(sqrt 2 + 1)
    limit = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)) ** 2
    nodes = chebyshev(7, limit)

    def remainder(z):
        s = sqrt(z)
        return (log((1 + s) / (1 - s)) / s - 2) / z

    ln_poly = interpolate(nodes, [remainder(z) for z in nodes])
    high = from_bits(bits(float(ln2)) & ~0xFFF)  # an 11-bit integer times this is exact
    rows = [
        ("EXP2", "2^f = 1 + f * EXP2_HIGH + f * (EXP2[0] + f * (EXP2[1] + ...)) on [-1/4, 3/4]; all positive.", exp2_poly),
        ("LN", "ln((1 + s)/(1 - s)) = 2 * s + s^3 * (LN[0] + s^2 * (LN[1] + ...)).", ln_poly),
    ]
    text = "// Generated by tools/tables.py; do not edit.\n\n"
    for name, doc, poly in rows:
        text += f"/// {doc}\npub(super) const {name}: [f64; {len(poly)}] = [\n"
        text += "".join(f"    f64::from_bits(0x{bits(float(c)):016x}), // {float(c)!r}\n" for c in poly)
        text += "];\n\n"
    singles = [
        ("EXP2_HIGH", "The leading 26 bits of ln 2.", leading),
        ("LN_2_HIGH", "The leading bits of ln 2; a product with an integer below 2^11 is exact.", high),
        ("LN_2_LOW", "ln 2 - LN_2_HIGH.", float(ln2 - mpf(high))),
        ("LN_2", "ln 2.", float(ln2)),
        ("LOG2_E", "log2 e: natural units to the engine's log2 units.", float(1 / ln2)),
    ]
    for name, doc, value in singles:
        visibility = "pub(super)" if name.endswith(("HIGH", "LOW")) else "pub"
        text += f"/// {doc}\n{visibility} const {name}: f64 = f64::from_bits(0x{bits(value):016x}); // {value!r}\n"
    return text.encode()


def reference(points, function):
    lines = []
    for key, value in points:
        hi, lo = pair(function(value))
        lines.append(f"{key:016x} {bits(hi):016x} {bits(lo):016x}\n")
    return "".join(lines).encode()


def references():
    rng = random.Random(20260101)
    top = 1 << 53
    words = [0, 1 << 11, 2 << 11, (top - 1) << 11, (top // 2) << 11, (top // 2 - 1) << 11]
    words += [(top // 2 + d) << 11 for d in (-1000, -3, -2, 1, 2, 1000)]
    words += [rng.getrandbits(64) for _ in range(1200)]
    words += [rng.getrandbits(64) >> rng.randrange(1, 54) for _ in range(800)]  # the lower tail

    def signed(word):
        m = word >> 11
        u = mpf(2 * m + 1) / mpf(2) ** 54
        return quantile(u) if 2 * m < top else -quantile(1 - u)

    yield "inverse_normal", reference([(w, w) for w in words], signed)

    xs = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1023.5, -1022.0, 5e-324, -5e-324, 1e-17, -1e-17]
    xs += [from_bits(bits(float(k)) + d) for k in (1, 2, 3, 8, 512) for d in (-2, -1, 1, 2)]
    xs += [rng.uniform(-1, 1) for _ in range(700)] + [rng.uniform(-64, 64) for _ in range(700)]
    xs += [rng.uniform(-1022, 1023) for _ in range(600)]
    yield "exp2", reference([(bits(x), x) for x in xs], lambda x: mpf(2) ** mpf(x))

    root = float(sqrt(mpf(2)))
    xs = [1.0, 2.0, 0.5, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 10.0]
    xs += [from_bits(bits(v) + d) for v in (1.0, root, root / 2, 2.0) for d in (-2, -1, 1, 2)]
    xs += [from_bits(rng.randrange(1, bits(1.7976931348623157e308))) for _ in range(1000)]
    xs += [rng.uniform(0.5, 2) for _ in range(1000)]
    yield "ln", reference([(bits(x), x) for x in xs], lambda x: log(mpf(x)))


def chacha8(key, stream, counter):
    """One block as eight words of 64 bits; Bernstein (2008), with a 64-bit counter and a 64-bit stream."""

    def rotate(x, n):
        return ((x << n) | (x >> (32 - n))) & 0xFFFF_FFFF

    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *struct.unpack("<8I", key)]
    start += struct.unpack("<4I", struct.pack("<QQ", counter, stream))
    s = list(start)
    columns = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    diagonals = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for a, b, c, d in 4 * (columns + diagonals):
        for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & 0xFFFF_FFFF
            s[z] = rotate(s[z] ^ s[x], n)
    words = [(x + y) & 0xFFFF_FFFF for x, y in zip(s, start)]
    return [low | high << 32 for low, high in zip(words[::2], words[1::2])]


def ticks():
    """Seed 42, spot 100,000, drift 0.5, volatility 0.8, ticks of one second: the exact solution at 70 digits."""
    key = (42).to_bytes(32, "little")
    dt = mpf(1) / (365 * 86_400)
    mu, sigma = mpf(0.5), mpf(0.8)
    total, lines = mpf(0), []
    for step in range(200):
        word = chacha8(key, 0, step // 8)[step % 8]
        m = word >> 11
        u = mpf(2 * m + 1) / mpf(2) ** 54
        z = quantile(u) if 2 * m < 1 << 53 else -quantile(1 - u)
        total += (mu - sigma * sigma / 2) * dt + sigma * sqrt(dt) * z
        high, low = pair(100_000 * exp(total))
        lines.append(f"{word:016x} {bits(high):016x} {bits(low):016x}\n")
    return "".join(lines).encode()


def main():
    check = "--check" in sys.argv
    table, centres = inverse_normal()
    files = {
        "src/math/inverse_normal.bin": table,
        "src/math/coefficients.rs": coefficients(),
        "tests/it/data/centres.bin": centres,
    }
    files["tests/it/data/ticks.txt"] = ticks()
    files.update({f"tests/it/data/{name}.txt": data for name, data in references()})
    differing = []
    for name, data in files.items():
        path = CRATE / name
        if check:
            if not path.exists() or path.read_bytes() != data:
                differing.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    if differing:
        sys.exit("differs from what this script computes: " + ", ".join(differing))
    print("ok" if check else f"wrote {len(files)} files")


if __name__ == "__main__":
    main()
