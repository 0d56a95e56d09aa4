"""The same estimator with its pass over the telemetry written as the method describes it: a loop over rows.

    python soh_by_row.py TELEMETRY TRUTH.csv

pandas reads the file; fit, fusion and interval are those of `soh.py`; only offset and charges, which look at every row, are plain
Python here and array operations there. It prints the same numbers as `soh.py`.
"""

import math

import numpy as np

import soh


def offset(parts, rated):
    """What is taken off for the sensor's offset (A) and its standard uncertainty."""
    rests = []
    for part in parts:
        since = -math.inf
        rest = []
        for current, seconds in zip(part["i"].tolist(), part["t"].tolist()):
            if abs(current) > 0.02 * rated:
                since = None
                if rest:
                    rests.append(rest)
                    rest = []
                continue
            if since is None:
                since = seconds
            if seconds - since >= 1800:
                rest.append(current)
        if rest:
            rests.append(rest)
    return soh.from_rests([np.array(rest) for rest in rests], rated)


def charge(part, pack, i0, soc_step):
    """One charge as the fit sees it; None where it is left out."""
    rated = pack.rated_ah
    rows = list(zip(*(part[name].tolist() for name in ("t", "i", "soc", "pack", "high", "cold", "hot"))))
    first = last = None
    for place, (_, current, *_) in enumerate(rows):
        if current > 0.02 * rated:
            first = place if first is None else first
            last = place
    if first is None:
        return None
    volt = 0.0
    for _, current, _, _, high, _, _ in rows[: last + 1]:
        if 0.02 * rated < current < 0.08 * rated:
            volt = max(volt, high)
    before = rows[max(first - 1, 0)]
    start = top = before[2]
    counted = hours = kelvin = 0.0
    jump = jump_flowing = fell = leap = 0.0
    hottest = before[6]
    unsteady = intervals = 0
    at_top = 0.0 if start >= 0.995 else None
    at_last = 0.0
    for place in range(max(first - 1, 0) + 1, len(rows)):
        time, current, soc, volts, _, cold, hot = row = rows[place]
        if time >= rows[last][0] + 300:
            break
        seconds = time - before[0]
        coulombs = 0.5 * (current + before[1]) * seconds
        counted += coulombs
        hours += seconds / 3600
        intervals += 1
        kelvin += 0.5 * (cold + hot) * coulombs
        hottest = max(hottest, hot)
        step = abs(soc - before[2] - coulombs / 3600 / rated)
        jump = max(jump, step)
        if place <= last:
            jump_flowing = max(jump_flowing, step)
            at_last = counted
        top = max(top, soc)
        fell = max(fell, top - soc)
        change = abs(current - before[1])
        if change < 0.05 * rated and 0.15 <= soc < 0.90:
            leap = max(leap, abs(volts - before[3]) / pack.n_series)
        if change > 0.1 * rated and current > 0.02 * rated:
            unsteady += 1
        if at_top is None and soc >= 0.995:
            at_top = counted
        before = row
    end = before[2]
    i_last = rows[last][1]
    y = counted / 3600 - i0 * hours
    temperature = kelvin / counted
    steadily = i_last < 0.93 * counted / max(3600 * hours, 1.0) or pack.chem == "LFP"
    full = top >= 0.97 and i_last < 0.08 * rated and steadily and volt >= soh.END_VOLTAGE[pack.chem] - 0.030
    bms = 0.010**2 + soc_step**2 / 12
    end_variance = bms
    if full:
        end, end_variance = 1.0 - soh.TAPER_HOURS[pack.chem] * i_last / rated, 0.005**2
    x = end - start
    left_out = (
        x < 0.10
        or not 5 <= temperature <= 45
        or hottest > 60
        or (jump_flowing if full else jump) > 0.03
        or fell > 0.02
        or leap > 0.060
        or unsteady > 0.2 * intervals
    )
    past = (at_last - at_top) / 3600 / rated if full and at_top is not None else 0.0
    return dict(y=y, x=x, sx2=bms + end_variance, h=hours, full=full, kelvin=temperature - 25, past=past, used=not left_out)


if __name__ == "__main__":
    soh.offset, soh.charge = offset, charge
    soh.main()
