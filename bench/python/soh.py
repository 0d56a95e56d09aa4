"""The estimator of docs/method/soh.md written plainly with pandas and numpy: the peer that `carnet battery validate` is timed against.

    python soh.py TELEMETRY.parquet TRUTH.csv

It follows the same formulas (sessions, offset, anchors, groups, robust total least squares, fusion, budget) and leaves out
what only hostile files need. Students' quantiles come from scipy.
"""

import sys
import time

import numpy as np
import pandas as pd
from scipy import stats

NU = 4.0
END_VOLTAGE = {"NMC": 4.20, "LFP": 3.65}
SOC_BIAS, ECHO, GAIN, TEMPERATURE = 0.006, 0.05, 0.006, 0.0015


def sessions(frame):
    """Charge sessions of one vehicle: one row each."""
    rows = []
    for _, part in frame.groupby("session", sort=False):
        rows.append(part)
    return rows


def offset(frame, rated):
    rest = frame.loc[frame.pack_i_a.abs() < min(1.0, 0.02 * rated), "pack_i_a"].to_numpy()
    if len(rest) < 20:
        return 0.0, 0.001 * rated
    median = np.median(rest)
    spread = 1.48 * np.median(np.abs(rest - median))
    near = rest[np.abs(rest - median) <= 4 * max(spread, 0.05)]
    return near.mean(), max(spread, 0.03) / np.sqrt(len(near))


def measure(part, pack, i0, step):
    """Charge, hours, state of charge at both ends with variance, and the anchor of one session."""
    current = part.pack_i_a.to_numpy(float) - i0
    hours = part.t_s.to_numpy(float) / 3600
    soc = part.soc_pct.to_numpy(float) / 100
    charging = np.flatnonzero(part.pack_i_a.to_numpy(float) > 0.02 * pack.rated_ah)
    first, last = charging[0], charging[-1]
    inside = slice(max(first - 1, 0), min(last + 2, len(part)))
    y = np.trapezoid(current[inside], hours[inside])
    mean_t = (part.temp_min_c + part.temp_max_c).to_numpy(float)[inside] / 2
    temperature = np.average(mean_t, weights=np.clip(current[inside], 0, None))
    start, end = soc[first - 1 if first else 0], soc[-1]
    bms = 0.010**2 + step**2 / 12
    full = (
        soc[last:].max() >= 0.97
        and current[last] < 0.08 * pack.rated_ah
        and part.vcell_max.to_numpy(float)[: last + 1].max() >= END_VOLTAGE[pack.chem] - 0.030
    )
    s_end = 0.005**2 if full else bms
    end = 0.993 if full else end
    return dict(y=y, h=hours[inside][-1] - hours[inside][0], x=end - start, sx2=bms + s_end, full=full, temperature=temperature)


def fit(x, y, sx2, sy, e):
    q = np.median(y / x)
    for _ in range(200):
        v = q**2 * sx2 + sy**2
        r = y - q * x
        w = (NU + 1) / (NU + r**2 / v) / v
        xl = (x * sy**2 + q * y * sx2) / v
        new = (w * xl * y).sum() / (w * xl * x).sum()
        done = abs(new - q) < 1e-10 * q
        q = new
        if done:
            break
    v = q**2 * sx2 + sy**2
    r = y - q * x
    om = np.minimum((NU + 1) / (NU + r**2 / v), 1) / v
    info = (om * x**2).sum()
    weight = om * x / info
    n = len(x)
    chi2 = (r**2 / v).sum() / max(n - 1, 1)
    birge = max(1, (4 + (n - 1) * chi2) / (n + 3))
    var = birge / info + (SOC_BIAS * q * weight.sum()) ** 2 + (e * q) ** 2
    return q, var, weight, chi2


def estimate(table, rated, u_off, k=1.0, a_t=TEMPERATURE, use_echo=True, soc_bias=None):
    sy = 0.001 * rated
    groups = []
    for full, e in ((True, 0.0), (False, ECHO)):
        part = table[table.full == full]
        if len(part) and (full or use_echo):
            q, var, weight, chi2 = fit(part.x.to_numpy(), part.y.to_numpy(), part.sx2.to_numpy(), sy, e)
            groups.append((q, var, weight, chi2, part))
    o = np.array([1 / g[1] for g in groups])
    o /= o.sum()
    q = sum(o[i] * g[0] for i, g in enumerate(groups))
    z = abs(groups[0][0] - groups[1][0]) / np.sqrt(groups[0][1] + groups[1][1]) if len(groups) == 2 else 0.0
    v = sum(o[i] ** 2 * g[1] for i, g in enumerate(groups)) * max(1, z**2 / 4)
    u_off_q = u_off * sum(o[i] * (g[2] * g[4].h.to_numpy()).sum() for i, g in enumerate(groups))
    u_t = a_t * sum(o[i] * (g[2] * g[4].y.to_numpy() * (g[4].temperature.to_numpy() - 25)).sum() for i, g in enumerate(groups))
    u_s = np.sqrt((GAIN * q) ** 2 + u_off_q**2 + u_t**2)
    n = len(table)

    def half(level):
        return k * np.hypot(stats.t.ppf(0.5 + level / 2, n + 3) * np.sqrt(v), stats.norm.ppf(0.5 + level / 2) * u_s)

    return dict(q=q, half50=half(0.5), half80=half(0.8), half95=half(0.95), z=z, n=n, n_a=int(table.full.sum()),
                chi2=max((g[3] for g in groups if len(g[4]) > 1), default=0.0))


def tables(telemetry, truth):
    for pack in truth.itertuples():
        frame = telemetry[telemetry.vehicle_id == pack.vehicle_id]
        i0, u_off = offset(frame, pack.rated_ah)
        steps = np.diff(np.unique(frame.soc_pct.to_numpy(float))) / 100
        step = steps[steps > 1e-6].min()
        rows = [measure(part, pack, i0, step) for part in sessions(frame)]
        yield pack, i0, u_off, pd.DataFrame(rows)


def main():
    telemetry = pd.read_parquet(sys.argv[1]) if sys.argv[1].endswith("parquet") else pd.read_csv(sys.argv[1])
    truth = pd.read_csv(sys.argv[2])
    started = time.perf_counter()
    results = []
    for pack, _, u_off, table in tables(telemetry, truth):
        table = table[(table.x >= 0.10) & table.temperature.between(5, 45)]
        if len(table) < 3 or not table.full.any():
            continue
        found = estimate(table, pack.rated_ah, u_off)
        if found["half95"] / pack.rated_ah > 0.04:
            continue
        results.append((abs(found["q"] - pack.true_ah) / pack.rated_ah, found["half95"] / pack.rated_ah))
    seconds = time.perf_counter() - started
    error, half = np.array(results).T
    print(f"n {len(error)} of {len(truth)}  mae_pp {100 * error.mean():.2f}  coverage95 {(error <= half).mean():.3f}  "
          f"half_width_pp {100 * half.mean():.2f}  seconds {seconds:.3f}")


if __name__ == "__main__":
    main()
