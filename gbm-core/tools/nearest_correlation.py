#!/usr/bin/env python3
"""Writes tests/it/data/nearest.txt: indefinite matrices, their nearest correlation matrices, and the distances.

Another way than the crate's: Newton's method on the dual problem in 40 digits. X = (A + diag(y))+, the semidefinite part,
has unit diagonal at the y sought (Qi and Sun, 2006, SIAM J. Matrix Anal. 28(2)). Takes mpmath.

    python3 gbm-core/tools/nearest_correlation.py > gbm-core/tests/it/data/nearest.txt
"""

import random

from mpmath import diag, eigsy, eye, lu_solve, matrix, mp, mpf, nstr, sqrt

mp.dps = 40


def semidefinite_part(A):
    values, vectors = eigsy(A)
    n = A.rows
    kept = [max(value, mpf(0)) for value in values]
    X = matrix(n, n)
    for i in range(n):
        for j in range(n):
            X[i, j] = sum(kept[k] * vectors[i, k] * vectors[j, k] for k in range(n))
    return X, values, vectors


def jacobian(values, vectors):
    """Of y -> diag((A + diag(y))+): column m is the change along e_m."""
    n = len(values)
    slope = lambda a, b: mpf(a > 0) if a == b else (max(a, mpf(0)) - max(b, mpf(0))) / (a - b)
    weight = [[slope(values[k], values[l]) for l in range(n)] for k in range(n)]
    J = matrix(n, n)
    for i in range(n):
        for m in range(n):
            J[i, m] = sum(
                weight[k][l] * vectors[i, k] * vectors[i, l] * vectors[m, k] * vectors[m, l]
                for k in range(n)
                for l in range(n)
            )
    return J


def nearest(A):
    n = A.rows
    y = matrix(n, 1)
    size = lambda y: sum(abs(semidefinite_part(A + diag(y))[0][i, i] - 1) for i in range(n))
    for _ in range(100):
        X, values, vectors = semidefinite_part(A + diag(y))
        miss = matrix([1 - X[i, i] for i in range(n)])
        now = sum(abs(x) for x in miss)
        if now < mpf(10) ** -32:
            return X
        step = lu_solve(jacobian(values, vectors) + now * eye(n) / 1000, miss)
        while size(y + step) > now:
            step /= 2
        y += step
    raise ValueError("no convergence")


def show(A):
    X = nearest(A)
    n = A.rows
    print(n)
    for M, digits in ((A, 17), (X, 20)):
        for i in range(n):
            print(" ".join(nstr(M[i, j], digits) for j in range(n)))
    print(nstr(sqrt(sum((A[i, j] - X[i, j]) ** 2 for i in range(n) for j in range(n))), 20))


def main():
    print("# Written by gbm-core/tools/nearest_correlation.py: n, n rows of a matrix, n rows of its nearest one, the distance.")
    show(matrix([[1, 1, 0], [1, 1, 1], [0, 1, 1]]))
    show(matrix([[2 * (i == j) - 1 for j in range(5)] for i in range(5)]))
    dice = random.Random(2002)
    for n, amplitude in ((3, 1.0), (4, 1.0), (5, 1.0), (6, 0.9), (8, 0.8), (10, 0.7), (12, 1.0)):
        A = eye(n)
        for i in range(n):
            for j in range(i):
                A[i, j] = A[j, i] = mpf(round(dice.uniform(-amplitude, amplitude), 3))
        if min(eigsy(A, eigvals_only=True)) < -mpf(10) ** -3:
            show(A)
    # Near a matrix of rank 2, as pairwise estimates of two factors are.
    n = 7
    angles = [dice.uniform(0, 6.28) for _ in range(n)]
    A = eye(n)
    for i in range(n):
        for j in range(i):
            exact = float(mp.cos(angles[i] - angles[j]))
            A[i, j] = A[j, i] = mpf(round(max(-1.0, min(1.0, exact + dice.uniform(-0.02, 0.02))), 4))
    show(A)


main()
