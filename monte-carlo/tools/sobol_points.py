#!/usr/bin/env python3
"""Writes tests/it/data/sobol.txt: coordinates of Sobol' points as 64-bit integers, by scipy, whose table is its own copy.

A line is: index, dimension (from 0), coordinate in hexadecimal. Takes scipy.

    python3 monte-carlo/tools/sobol_points.py > monte-carlo/tests/it/data/sobol.txt
"""

from scipy.stats import qmc

DIMENSIONS = [0, 1, 2, 3, 4, 9, 31, 99, 100, 999, 1000, 1001, 5000, 9999, 15000, 21199, 21200]
INDICES = [1, 2, 3, 4, 5, 6, 7, 8, 100, 1023, 1024, 65535, 1_000_003, 2**24 - 1, 2**32 + 12345, 2**40 - 1]

sobol = qmc.Sobol(d=21201, scramble=False, bits=64)
# The engine's direction numbers, 64 a dimension, the first digit's first: point i in Gray code order is their sum over the
# bits of i ^ (i >> 1). The engine itself can't be forwarded to far points in reasonable time, and its floats end at 53 bits.
numbers = sobol._sv


def coordinate(index, dimension):
    gray, sum = index ^ (index >> 1), 0
    for bit in range(gray.bit_length()):
        if gray >> bit & 1:
            sum ^= int(numbers[dimension][bit])
    return sum


for index, point in enumerate(sobol.random(1 << 10)):
    for dimension in DIMENSIONS:
        assert point[dimension] == coordinate(index, dimension) / 2**64, (index, dimension)
for index in INDICES:
    for dimension in DIMENSIONS:
        print(index, dimension, f"{coordinate(index, dimension):016x}")
