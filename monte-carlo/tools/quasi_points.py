#!/usr/bin/env python3
"""Writes tests/it/data/quasi_points.txt: coordinates of Sobol' points as 64-bit integers, by scipy, whose table is its own copy.

A line is: index, dimension (from 0), coordinate in hexadecimal. The first points of 32 dimensions; then, in these and some of
the last ones, the points whose Gray code is all ones or, of its 64 bits, those at places with a given binary digit: a wrong
direction number changes some of them, and which ones tells its place. Takes scipy.

    python3 monte-carlo/tools/quasi_points.py > monte-carlo/tests/it/data/quasi_points.txt
"""

from scipy.stats import qmc

FIRST = range(32)
FAR = [*FIRST, 99, 999, 1000, 4999, 5000, 12345, 21199, 21200]
MASKS = [sum(1 << place for place in range(64) if place >> digit & 1) for digit in range(6)] + [(1 << 64) - 1]

sobol = qmc.Sobol(d=21201, scramble=False, bits=64)
# The engine's direction numbers: it can't be forwarded to far points, and its floats end at 53 bits.
numbers = sobol._sv


def coordinate(index, dimension):
    gray, total = index ^ (index >> 1), 0
    for place in range(64):
        if gray >> place & 1:
            total ^= int(numbers[dimension][place])
    return total


def of_gray(gray):
    """The index whose Gray code is given."""
    index = gray
    for shift in [1, 2, 4, 8, 16, 32]:
        index ^= index >> shift
    return index


# The sums above are the engine's own points, as far as its floats go.
for index, point in enumerate(sobol.random(1 << 10)):
    for dimension in FAR:
        assert point[dimension] == coordinate(index, dimension) / 2**64, (index, dimension)

for index in range(9):
    for dimension in FIRST:
        print(index, dimension, f"{coordinate(index, dimension):016x}")
for mask in MASKS:
    for dimension in FAR:
        print(of_gray(mask), dimension, f"{coordinate(of_gray(mask), dimension):016x}")
