"""The k6 options that the original makes of a rate CSV, by numpy: an oracle for sb-run's own.

Reads JSON from standard input, a list of {minutes, factor, kind, rate, skip, seed}, and prints a list
of k6 options.
"""

import json
import sys

import numpy as np


def motion(steps, seed, hurst=0.8, time=10):
    """Fractional Brownian motion, by the formula of Davies and Harte."""
    half = 1
    while half < steps - 1:
        half *= 2
    lags = np.arange(half + 2, dtype=float)
    power = lags ** (2 * hurst)
    covariance = np.concatenate([[1.0], (power[:-2] - 2 * power[1:-1] + power[2:]) / 2])
    whole = np.concatenate([covariance, covariance[-2:0:-1]])
    eigenvalues = np.fft.fft(whole).real[: half + 1]  # of the circulant matrix
    draws = np.random.default_rng(seed).normal(size=2 * (half + 1))
    spectrum = draws[0::2] + 1j * draws[1::2]
    spectrum[[0, -1]] = spectrum[[0, -1]].real * np.sqrt(2)
    noise = np.fft.irfft(np.sqrt(eigenvalues) * spectrum)[:steps] * np.sqrt(half)
    noise *= (time / steps) ** hurst
    return np.concatenate([[0.0], np.cumsum(noise)])[:steps]


def rates(minutes, factor, kind, rate, skip, seed):
    minutes = np.array(minutes, dtype=float)
    if rate is not None:
        factor = rate * 60 / minutes.mean() if minutes.any() else 1
    samples = motion(60 * len(minutes), seed) * 100
    samples = (samples + abs(np.floor(samples.min()))).reshape(-1, 60)
    rates = (samples * (minutes / samples.sum(axis=1))[:, None]).ravel()
    if kind == "linear":
        rates = rates * factor
    else:
        shares = rates / rates.sum()
        rates = rates * (1 + shares) ** (np.log(factor) / np.log1p(np.quantile(shares, 0.95)))
        rates = np.minimum(rates, np.quantile(rates, 0.95))
    rates = np.round(rates)
    return [int(one) for one in (rates[skip:] if len(rates) > skip else rates)]


def options(seconds):
    stages, start = [], 0
    for end in range(1, len(seconds) + 1):
        if end < len(seconds) and seconds[end] == seconds[start]:
            continue
        parts = [end - start] if start == 0 or end - start == 1 else [1, end - start - 1]
        stages += [{"target": seconds[start], "duration": f"{part}s"} for part in parts]
        start = end
    return {"scenarios": {"benchmark_scenario": {
        "executor": "ramping-arrival-rate", "startRate": seconds[0], "timeUnit": "1s",
        "preAllocatedVUs": -(-max(seconds) // 10), "stages": stages}}}


print(json.dumps([options(rates(**case)) for case in json.load(sys.stdin)]))
