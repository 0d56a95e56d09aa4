#!/usr/bin/env python3
"""Makes the charging logs of two invented cars of the sample yard from Carnet's synthetic packs.

    pip install pyarrow
    python3 make.py PATH/TO/synthetic_nmc_dev_telemetry.parquet

A synthetic pack (96 cells in series, made with PyBaMM and a model of sensor and BMS errors) becomes another by scaling: cell
voltages stay, pack voltage is times the number of cells, current times a factor that gives the state of health wanted of the
capacity rated here. Sessions are picked, dated and given an odometer. Nothing is random: the same input gives the same bytes.
"""

import datetime
import pathlib
import sys

import pyarrow.parquet

KOREA = datetime.timezone(datetime.timedelta(hours=9))
CARS = [
    {
        "file": "ioniq5-2021.csv",
        "vin": "KMHKN81ABMU000005",
        # True capacity of the pack it is made of, Ah, and what it is to be here.
        "pack": "NMC000",
        "true_ah": 147.434297,
        "cells": 180,
        "wanted_ah": 0.932 * 111.2,
        # Session of the pack, start in Korea, odometer. Three end at the taper.
        "sessions": [
            (2, "2025-07-12 13:10:30", 74_318),
            (1, "2025-07-19 21:40:05", 74_402),
            (6, "2025-07-24 08:15:40", 74_477),
            (3, "2025-07-27 22:05:15", 74_519),
            (5, "2025-08-02 19:30:20", 74_603),
        ],
    },
    {
        "file": "kona-ev-2018.csv",
        "vin": "KMHK281GBJU000006",
        "pack": "NMC013",
        "true_ah": 148.364972,
        "cells": 98,
        "wanted_ah": 0.959 * 180.0,
        # None ends above 90 %: nothing but the BMS's own word says how full the battery was.
        "sessions": [
            (0, "2025-01-04 18:20:10", 100_212),
            (3, "2025-01-09 20:45:00", 100_301),
            (4, "2025-01-14 21:10:25", 100_388),
            (6, "2025-01-18 17:35:50", 100_476),
        ],
    },
]


def make(car, rows, folder):
    factor = car["wanted_ah"] / car["true_ah"]
    lines = ["time,vehicle,session,pack_voltage,pack_current,soc_bms,cell_max,cell_min,temp_min,temp_max,odometer"]
    for number, (session, start, odometer) in enumerate(car["sessions"], 1):
        begin = datetime.datetime.fromisoformat(start).replace(tzinfo=KOREA)
        for row in rows:
            if row["vehicle_id"] != car["pack"] or row["session"] != session:
                continue
            time = begin + datetime.timedelta(seconds=row["t_s"])
            voltage = row["pack_v"] * car["cells"] / 96
            lines.append(
                f"{time.isoformat()},{car['vin']},{number},{voltage:.1f},{row['pack_i_a'] * factor:.2f},{row['soc_pct']:.1f},"
                f"{row['vcell_max']:.3f},{row['vcell_min']:.3f},{row['temp_min_c']:.0f},{row['temp_max_c']:.0f},{odometer}"
            )
    (folder / car["file"]).write_text("\n".join(lines) + "\n")
    print(car["file"], len(lines) - 1, "rows")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    rows = pyarrow.parquet.read_table(sys.argv[1]).to_pylist()
    for car in CARS:
        make(car, rows, pathlib.Path(__file__).resolve().parent)


main()
