"""The estimator of docs/method/soh.md written plainly with pandas and numpy: the peer that `carnet battery validate` is timed against.

    python soh.py TELEMETRY TRUTH.csv [OURS.json]

It takes the layout of `carnet battery validate` (CSV or Parquet) and follows the same rules: charges, offset, ends, groups, outliers,
coulomb counters, fit, fusion, budget, interval, and the refusals that follow from them. Left out is what only other files need:
readings of cells rested for half an hour (none of these rest so long after the current stops), a definition of the state of charge
contradicted near empty, clocks, gaps, signs. With OURS.json, the output of `carnet battery validate --json`, it compares car by car.
"""

import json
import sys
import time

import numpy as np
import pandas as pd
from scipy import stats

NU, SUPPOSED = 4.0, 4
END_VOLTAGE = {"NMC": 4.20, "LFP": 3.65}
TAPER_HOURS = {"NMC": 0.25, "LFP": 0.02}
SOC_BIAS, ECHO, GAIN, TEMPERATURE, CHARGE = 0.006, 0.05, 0.006, 0.0008, 0.001
LEVELS = (0.50, 0.80, 0.95)


def offset(parts, rated):
    """What is taken off for the sensor's offset (A) and its standard uncertainty."""
    rests = []
    for part in parts:
        current, seconds = part["i"], part["t"]
        flows = np.abs(current) > 0.02 * rated
        # Rest counts from half an hour after the current stopped; before the first row nothing is known to have flowed.
        last = np.maximum.accumulate(np.where(flows, np.arange(len(flows)), -1))
        start = np.where(last >= 0, seconds[np.minimum(last + 1, len(seconds) - 1)], -np.inf)
        quiet = ~flows & (seconds - start >= 1800)
        rests += [current[quiet & (last == place)] for place in np.unique(last[quiet])]
    return from_rests(rests, rated)


def from_rests(rests, rated):
    """The same from the currents of each rest."""
    if sum(map(len, rests)) < 20 or not any(rest.any() for rest in rests):
        return 0.0, 0.001 * rated
    steps = np.abs(np.diff(np.concatenate(rests)))
    step = steps[steps > 1e-6].min(initial=np.inf)
    step = step if np.isfinite(step) else 0.0
    rests = [rest for rest in rests if len(rest) >= 5] or [np.concatenate(rests)]
    shown = np.median([rest.mean() for rest in rests])
    quiet = [rest for rest in rests if abs(rest.mean()) < 1.0]
    # The middle of two loads of opposite sign is no rest: there must be one.
    if abs(shown) < 1.0 and quiet:
        rests = quiet
        shown = np.median([rest.mean() for rest in rests])
    count = sum(map(len, rests))
    noise = sum(((rest - rest.mean()) ** 2).sum() for rest in rests) / max(count - len(rests), 1)
    apart = np.median([abs(rest.mean() - shown) for rest in rests])
    load = max((1.48 * apart) ** 2 - np.mean([noise / len(rest) for rest in rests]), 0.0)
    coarse = step**2 / 12 if noise < step**2 / 4 else 0.0
    return shown / 2, np.sqrt(shown**2 / 12 + load + coarse + noise / count)


def charge(part, pack, i0, soc_step):
    """One charge as the fit sees it; None where it is left out."""
    rated, current, seconds, soc = pack.rated_ah, part["i"], part["t"], part["soc"]
    charging = np.flatnonzero(current > 0.02 * rated)
    if len(charging) == 0:
        return None
    first, last = charging[0], charging[-1]
    # A charge goes on for five minutes without current.
    stop = int(np.searchsorted(seconds, seconds[last] + 300, side="left"))
    rows = slice(max(first - 1, 0), stop)
    steps = np.diff(seconds[rows])
    each = 0.5 * (current[rows][1:] + current[rows][:-1]) * steps
    counted = np.concatenate([[0], np.cumsum(each)])
    hours = steps.sum() / 3600
    y = counted[-1] / 3600 - i0 * hours
    celsius = (0.5 * (part["cold"] + part["hot"]))[rows][1:]
    temperature = (celsius * each).sum() / counted[-1]
    inside = soc[rows]
    start, end, top = inside[0], inside[-1], inside.max()
    i_last = current[last]
    taper = (current[: last + 1] < 0.08 * rated) & (current[: last + 1] > 0.02 * rated)
    volt = part["high"][: last + 1][taper].max(initial=0.0)
    fell = i_last < 0.93 * counted[-1] / max(steps.sum(), 1.0) or pack.chem == "LFP"
    full = top >= 0.97 and i_last < 0.08 * rated and fell and volt >= END_VOLTAGE[pack.chem] - 0.030
    bms = 0.010**2 + soc_step**2 / 12
    if full:
        end, end_variance = 1.0 - TAPER_HOURS[pack.chem] * i_last / rated, 0.005**2
    else:
        end_variance = bms
    x = end - start
    jump = np.abs(np.diff(inside) - each / 3600 / rated)
    flowing = np.arange(len(inside))[1:] <= last - rows.start
    worst = jump[flowing].max(initial=0.0) if full else jump.max(initial=0.0)
    mean_cell = part["pack"] / pack.n_series
    steady = np.abs(np.diff(current[rows])) < 0.05 * rated
    leap = np.abs(np.diff(mean_cell[rows])) * (steady & (inside[1:] >= 0.15) & (inside[1:] < 0.90))
    unsteady = ((np.abs(np.diff(current[rows])) > 0.1 * rated) & (current[rows][1:] > 0.02 * rated)).sum()
    left_out = (
        x < 0.10
        or not 5 <= temperature <= 45
        or part["hot"][rows].max() > 60
        or worst > 0.03
        or (np.maximum.accumulate(inside) - inside).max() > 0.02
        or leap.max(initial=0.0) > 0.060
        or unsteady > 0.2 * len(steps)
    )
    at_top = np.flatnonzero(inside >= 0.995)
    past = (counted[last - rows.start] - counted[at_top[0]]) / 3600 / rated if full and len(at_top) else 0.0
    return dict(y=y, x=x, sx2=bms + end_variance, h=hours, full=full, kelvin=temperature - 25, past=past, used=not left_out)


def fit(x, y, sx2, sy, echo):
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
    m = np.minimum((NU + 1) / (NU + r**2 / v), 1) / v
    info = (m * x**2).sum()
    weight = m * x / info
    n = len(x)
    chi2 = (r**2 / v).sum() / (n - 1) if n > 1 else 0.0
    birge = max(1, (4 + (n - 1) * chi2) / (n + 3))
    return dict(q=q, scatter=birge / info, bias=(SOC_BIAS * q * weight.sum()) ** 2, echo=(echo * q) ** 2, weight=weight, chi2=chi2,
                residual=r / np.sqrt(v))


def counts_coulombs(table):
    if len(table) < 3:
        return False
    middle = np.median(table.y / table.x)
    spread = (table.y - middle * table.x) ** 2 / (middle**2 * table.sx2)
    return np.sqrt(spread.sum() / (len(table) - 1)) < 0.3


def groups(table, rated):
    anchored, echo = table[table.full], table[~table.full]
    found = []
    if len(anchored):
        found.append((anchored, fit(*(anchored[c].to_numpy() for c in ("x", "y", "sx2")), CHARGE * rated, 0.0)))
    counts = counts_coulombs(echo)
    if len(echo) and not (counts and len(anchored)):
        found.append((echo, fit(*(echo[c].to_numpy() for c in ("x", "y", "sx2")), CHARGE * rated, ECHO)))
    return found, counts


def estimate(charges, rated, u_offset):
    """Capacity and half-widths in Ah, or None and why."""
    # What flowed past 100 % is told by charges that are left out, too.
    past, table = charges.past[charges.full], charges[charges.used]
    allowed = max(len(table) // 4, 1)
    while True:
        found, counts = groups(table, rated)
        worst = [(abs(f["residual"]).max(), part.index[abs(f["residual"]).argmax()]) for part, f in found if len(part) >= 3]
        size, place = max(worst, default=(0.0, None))
        if size <= 4 or allowed == 0:
            break
        allowed -= 1
        table = table.drop(index=place)
    if len(table) < 3:
        return None, "TOO_FEW_SESSIONS"
    if not table.full.any():
        return None, "NO_ANCHOR"
    if np.median(past) > 0.03 and not counts:
        return None, "SOC_DEFINITION"
    variance = np.array([f["scatter"] + f["bias"] + f["echo"] for _, f in found])
    share = 1 / variance / (1 / variance).sum()
    q = sum(o * f["q"] for o, (_, f) in zip(share, found))
    z = abs(found[0][1]["q"] - found[1][1]["q"]) / np.sqrt(variance.sum()) if len(found) == 2 else 0.0
    if any(f["chi2"] > 4 for _, f in found):
        return None, "SESSIONS_DISAGREE"
    if z > 3:
        return None, "GROUPS_DISAGREE"
    sums = {name: sum(o**2 * f[name] for o, (_, f) in zip(share, found)) for name in ("scatter", "bias", "echo")}
    disagreement = sum(sums.values()) * (max(1, z**2 / 4) - 1)
    through = lambda values: sum(o * (f["weight"] * values(part)).sum() for o, (part, f) in zip(share, found))
    known = (
        sums["bias"] + sums["echo"] + (GAIN * q) ** 2
        + (u_offset * through(lambda p: p.h.to_numpy())) ** 2
        + (TEMPERATURE * through(lambda p: (p.y * p.kelvin).to_numpy())) ** 2
    )
    scattered = sums["scatter"] + disagreement
    combined = scattered + known
    n = sum(len(part) for part, _ in found)
    degrees = n + SUPPOSED - 1
    effective = int(degrees * (combined / scattered) ** 2)
    half = [stats.t.ppf(0.5 + level / 2, effective) * np.sqrt(combined) for level in LEVELS]
    if half[2] / rated > 0.04:
        return None, "TOO_WIDE"
    return (q, half), None


def main():
    started = time.perf_counter()
    telemetry = pd.read_parquet(sys.argv[1]) if sys.argv[1].endswith("parquet") else pd.read_csv(sys.argv[1])
    truth = pd.read_csv(sys.argv[2])
    read = time.perf_counter() - started
    results, refused = {}, {}
    by_car = dict(list(telemetry.groupby("vehicle_id", sort=False)))
    for pack in truth.itertuples():
        frame = by_car[pack.vehicle_id]
        parts = [
            dict(t=p.t_s.to_numpy(float), i=p.pack_i_a.to_numpy(float), soc=p.soc_pct.to_numpy(float) / 100,
                 pack=p.pack_v.to_numpy(float), high=p.vcell_max.to_numpy(float), cold=p.temp_min_c.to_numpy(float),
                 hot=p.temp_max_c.to_numpy(float))
            for _, p in frame.groupby("session", sort=False)
        ]
        i0, u_offset = offset(parts, pack.rated_ah)
        step = np.diff(np.unique(np.round(frame.soc_pct.to_numpy(float), 4))) / 100
        if abs(2 * i0) > min(0.01 * pack.rated_ah, 1.0):
            refused[pack.vehicle_id] = "CURRENT_OFFSET"
            continue
        rows = [c for c in (charge(part, pack, i0, step[step > 1e-5].min()) for part in parts) if c]
        found, why = estimate(pd.DataFrame(rows), pack.rated_ah, u_offset)
        if found is None:
            refused[pack.vehicle_id] = why
        else:
            results[pack.vehicle_id] = (found[0] / pack.rated_ah, [h / pack.rated_ah for h in found[1]], pack.true_ah / pack.rated_ah)
    seconds = time.perf_counter() - started
    error = np.array([abs(q - t) for q, _, t in results.values()])
    half = np.array([h for _, h, _ in results.values()])
    cover = (error[:, None] <= half).mean(axis=0)
    print(f"n {len(error)} of {len(truth)}  mae_pp {100 * error.mean():.2f}  coverage {cover[0]:.3f} {cover[1]:.3f} {cover[2]:.3f}  "
          f"half_width_pp {100 * half[:, 2].mean():.2f}  {len(telemetry)} rows  read {read:.3f} s  all {seconds:.3f} s")
    if len(sys.argv) > 3:
        ours = {o["vehicle"]: o for o in json.load(open(sys.argv[3]))["outcomes"]}
        apart = [(abs(100 * q - ours[v]["estimate_pct"]), abs(100 * h[2] - ours[v]["half_widths_pp"][2]))
                 for v, (q, h, _) in results.items() if ours[v]["estimate_pct"] is not None]
        only = [v for v, o in ours.items() if (o["estimate_pct"] is None) != (v in refused)]
        worst = np.array(apart).max(axis=0)
        print(f"both give {len(apart)}: estimates differ by at most {worst[0]:.3f} pp, half-widths by {worst[1]:.3f} pp; "
              f"one of the two refuses: {', '.join(f'{v} ({refused.get(v)})' for v in only) or 'none'}")


if __name__ == "__main__":
    main()
