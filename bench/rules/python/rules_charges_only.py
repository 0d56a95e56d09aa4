"""The rule packs in plain Python: read TOML and CSV, turn FEEL into Python source once, evaluate with decimals.

It does what anybody would write first: no ranges, no unknowns, no waivers; the car must have every fact that is needed.
Prints, for a car that the Rust bench uses too: name, country, total of the known charges, quotes per second.
"""
import csv
import datetime
import re
import sys
import time
import tomllib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

TOKEN = re.compile(r'\s*(list contains|"[^"]*"|[A-Za-z_]\w*|\d+(?:\.\d+)?|<=|>=|!=|[-<>=+*/(),])')


def translate(text):
    """FEEL to Python: numbers become decimals, `=` becomes `==`, `if … then … else …` the conditional expression."""
    tokens = TOKEN.findall(text)
    at = 0

    def expression(stop):
        nonlocal at
        out = []
        while at < len(tokens) and tokens[at] not in stop:
            token = tokens[at]
            at += 1
            if token == "if":
                condition = expression({"then"})
                at += 1
                yes = expression({"else"})
                at += 1
                no = expression(stop)
                out.append(f"(({yes}) if ({condition}) else ({no}))")
            elif token == "(":
                inner = expression({")"})
                at += 1
                # A bracket after `in` is a tuple even with one member.
                out.append(f"({inner},)" if out and out[-1] == "in" else f"({inner})")
            elif token[0].isdigit():
                out.append(f'D("{token}")')
            else:
                out.append({"=": "==", "list contains": "contains", "not": "not_", "date": "day"}.get(token, token))
        return " ".join(out)

    return compile(expression(set()), text, "eval")


def bound(text):
    return datetime.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else Decimal(text)


def test(cell):
    """A cell as a function of one value."""
    cell = cell.strip()
    if cell in ("", "-"):
        return lambda value: True
    if cell.startswith("not("):
        inner = test(cell[4:-1])
        return lambda value: not inner(value)
    if "," in cell and ".." not in cell:
        tests = [test(part) for part in cell.split(",")]
        return lambda value: any(one(value) for one in tests)
    for sign in ("<=", ">=", "<", ">"):
        if cell.startswith(sign):
            limit = bound(cell[len(sign):].strip())
            compare = {"<=": lambda v: v <= limit, ">=": lambda v: v >= limit, "<": lambda v: v < limit, ">": lambda v: v > limit}[sign]
            return lambda value: value is not None and compare(value)
    if ".." in cell:
        low, high = (bound(part) for part in cell[1:-1].split(".."))
        with_low, with_high = cell[0] == "[", cell[-1] == "]"
        return lambda v: v is not None and (v > low or (with_low and v == low)) and (v < high or (with_high and v == high))
    try:
        exact = bound(cell)
        return lambda value: value == exact
    except ArithmeticError:
        return lambda value: cell in value if isinstance(value, list) else value == cell


def first_day(text):
    return datetime.date.fromisoformat((text + "-01-01")[:10]) if text else datetime.date.min


def last_day(text):
    if not text:
        return datetime.date.max
    if len(text) == 10:
        return datetime.date.fromisoformat(text)
    year, month = (int(text[:4]), int(text[5:7])) if len(text) == 7 else (int(text), 12)
    return datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Pack:
    def __init__(self, root, country):
        self.folder = Path(root) / country.lower()
        self.toml = tomllib.loads((self.folder / "country.toml").read_text(encoding="utf-8"))
        folders = [Path(root) / name for name in self.toml.get("uses", [])] + [self.folder]
        law = [row for folder in folders for row in rows(folder / "rules.csv")]
        self.steps = []
        for step in self.toml["step"]:
            name = step["name"]
            tables = [folder / f"{name}.csv" for folder in folders if (folder / f"{name}.csv").exists()]
            bands = [row for table in tables for row in rows(table)]
            compiled = []
            for rule in (rule for rule in law if rule["for"] == name and rule["status"] != "superseded"):
                mine = [row for row in bands if row["rule"] == rule["id"]]
                parsed = []
                for row in mine:
                    tests = [(translate(column[5:]), test(cell)) for column, cell in row.items() if column.startswith("when ")]
                    values = {c: translate(v) for c, v in row.items() if c not in ("rule", "note") and not c.startswith("when ") and v not in ("", "not found")}
                    parsed.append((tests, values))
                if not mine:
                    parsed.append(([], {"value": translate(rule["value"])} if rule["value"] not in ("", "not found") else {}))
                when = translate(rule["when"]) if rule["when"] else None
                compiled.append((first_day(rule["from"]), last_day(rule["to"]), when, parsed))
            formula = step.get("formula") or ("value * base" if "base" in step else "value")
            self.steps.append((
                name, step["kind"], translate(step["when"]) if "when" in step else None,
                translate(step["base"]) if "base" in step else None, translate(formula),
                step.get("round", None if step["kind"] == "value" else self.toml.get("round", 2)), compiled,
            ))

    def total(self, facts, day, rates):
        names = dict(BUILTINS)
        names.update(facts)
        names.update(rates)
        total = Decimal(0)
        for name, kind, when, base, formula, digits, rules in self.steps:
            if kind == "condition":
                names[name] = eval(formula, names)
                continue
            if when is not None and not eval(when, names):
                names[name] = Decimal(0)
                continue
            if base is not None:
                names["base"] = eval(base, names)
            amounts = [] if rules else [eval(formula, names)]
            for start, end, rule_when, parsed in rules:
                if not start <= day <= end or (rule_when is not None and not eval(rule_when, names)):
                    continue
                for tests, values in parsed:
                    if all(one(eval(what, names)) for what, one in tests):
                        names.update({column: eval(value, names) for column, value in values.items()})
                        amounts.append(eval(formula, names))
            amount = min(amounts)
            if digits is not None:
                amount = amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
            names[name] = amount
            if kind == "charge":
                total += amount
        return total


BUILTINS = {"D": Decimal, "max": max, "min": min, "not_": lambda truth: not truth, "contains": lambda items, word: word in items,
            "day": datetime.date.fromisoformat, "true": True, "false": False, "__builtins__": {}}


def car(rate):
    """Car 0 of the Rust bench: petrol, 1000 cc, 60 kW, made on 15 January 2019, arriving on 10 March 2026."""
    age = Decimal(7) + (Decimal(1) + Decimal(23) / 32) / 12
    return {
        "fuel": "petrol", "cc": Decimal(1000), "engine_kw": Decimal(60), "kw_30min": None, "motor_kw": None, "age": age,
        "age_calendar": Decimal(7), "importer": "person", "personal_use": True, "importer_is": [], "cleared_in": "none",
        "steering": "left", "hdv": Decimal(20000) * rate, "freight": Decimal(1500) * rate, "insurance": Decimal(60) * rate,
        "cif": Decimal(13560) * rate,
    }


def main():
    rate = Decimal(90)
    rates = {"USD": rate, "EUR": rate / Decimal("0.9")}
    day = datetime.date(2026, 3, 10)
    for country in ("GH", "RU"):
        pack = Pack(sys.argv[1], country)
        facts = car(rate)
        total = pack.total(facts, day, rates)
        done, since = 0, time.process_time()
        while time.process_time() - since < 1:
            pack.total(facts, day, rates)
            done += 1
        print(f"the same packs in Python\t{country}\t{total}\t{done / (time.process_time() - since):.1f}")


main()
