"""Returns that numpy simulates, and what `arch` and `statsmodels` fit to them, for tests/it/data.

    pip install arch==8.0.0 statsmodels mpmath
    python golden.py returns-gjr > ../tests/it/data/gjr.txt
    python golden.py returns-regimes > ../tests/it/data/regimes.txt
    python golden.py arch > ../tests/it/data/arch.txt
    python golden.py statsmodels > ../tests/it/data/statsmodels.txt
    python golden.py kou > ../tests/it/data/kou.txt
"""

import sys
import warnings
from pathlib import Path

import mpmath as mp
import numpy as np
from arch.univariate import GARCH, Normal, StudentsT, ZeroMean
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

DATA = Path(__file__).parent / "../tests/it/data"
ROWS = 1500


def returns_gjr():
    rng = np.random.default_rng(1)
    omega, alpha, gamma, beta, nu = 0.05, 0.04, 0.1, 0.88, 5.0
    variance, rows = omega / (1 - alpha - gamma / 2 - beta), []
    for z in rng.standard_t(nu, ROWS) * np.sqrt((nu - 2) / nu):
        rows.append(round(np.sqrt(variance) * z, 6))
        variance = omega + (alpha + gamma * (rows[-1] < 0)) * rows[-1] ** 2 + beta * variance
    return rows


def returns_regimes():
    rng = np.random.default_rng(2)
    means, deviations, stay = [0.1, -0.2], [0.6, 2.0], [0.97, 0.92]
    regime, rows = 0, []
    for z, u in zip(rng.standard_normal(ROWS), rng.random(ROWS)):
        rows.append(round(means[regime] + deviations[regime] * z, 6))
        regime = regime if u < stay[regime] else 1 - regime
    return rows


def figures(name, values):
    print(name, *(f"{value:.13g}" for value in values))


def by_arch():
    rows = np.loadtxt(DATA / "gjr.txt")
    print("# model ln_likelihood, then parameters, Hessian errors, robust errors: omega alpha [gamma] beta [degrees]")
    for name, o, law in [("garch", 0, Normal), ("garch-t", 0, StudentsT), ("gjr", 1, Normal), ("gjr-t", 1, StudentsT)]:
        model = ZeroMean(rows, rescale=False)
        model.volatility, model.distribution = GARCH(1, o, 1), law()
        # The first variance is that of the mean square, as ours.
        start = np.mean(rows**2)
        options = {"ftol": 1e-15, "maxiter": 2000}
        robust = model.fit(disp="off", backcast=start, options=options)
        plain = model.fit(disp="off", backcast=start, options=options, cov_type="classic")
        figures(name, [robust.loglikelihood, *robust.params, *plain.std_err, *robust.std_err])


def by_statsmodels():
    rows = np.loadtxt(DATA / "regimes.txt")
    fitted = MarkovRegression(rows, 2, trend="c", switching_variance=True).fit(maxiter=1000, disp=0)
    stay, leave, *rest = fitted.params
    means, variances = rest[:2], rest[2:]
    print("# ln_likelihood, transition 1 2, transition 2 1, mean 1, mean 2, deviation 1, deviation 2")
    values = [fitted.llf, 1 - stay, leave, *means, *np.sqrt(variances)]
    figures("regimes", values if variances[0] < variances[1] else [values[i] for i in (0, 2, 1, 4, 3, 6, 5)])
    print("# row, smoothed probability of the calmer regime")
    calm = 0 if variances[0] < variances[1] else 1
    for row in range(0, ROWS, 100):
        figures(str(row), [fitted.smoothed_marginal_probabilities[row, calm]])


def by_mpmath():
    """Kou's daily density by inversion of its characteristic function, with 60 digits."""
    mp.mp.dps = 60
    print("# log_return, ln density: log_drift 0.7, volatility 0.186, intensity 458, up_probability 0.499, rates 40.7, 39.3, a day")
    day, sigma = 1 / mp.mpf(365), mp.mpf(0.186)
    m, intensity, p, up, down = mp.mpf(0.7), 458, mp.mpf(0.499), mp.mpf(40.7), mp.mpf(39.3)
    step, highest = mp.pi / 8, 14 / (sigma * mp.sqrt(day))

    def phi(u):
        jumps = intensity * (p * up / (up - 1j * u) + (1 - p) * down / (down + 1j * u) - 1)
        return mp.exp(day * (1j * m * u - sigma**2 * u**2 / 2 + jumps))

    phis = [phi(k * step) for k in range(int(highest / step))]
    for x in ["-0.7", "-0.3", "-0.05", "-0.01", "0", "0.003", "0.02", "0.08", "0.25", "0.5"]:
        terms = [mp.re(mp.expj(-k * step * mp.mpf(float(x))) * phi) for k, phi in enumerate(phis)]
        figures(x, [float(mp.log((mp.fsum(terms) - terms[0] / 2) * step / mp.pi))])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    match sys.argv[1]:
        case "returns-gjr":
            print(*returns_gjr(), sep="\n")
        case "returns-regimes":
            print(*returns_regimes(), sep="\n")
        case "arch":
            by_arch()
        case "statsmodels":
            by_statsmodels()
        case "kou":
            by_mpmath()
