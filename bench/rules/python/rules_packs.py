"""The rule packs in plain Python: what `border` does, written down as a Python programmer would.

Reads country.toml and the CSV tables of every pack, turns formulas and cells into closures once, and calculates with exact
decimals: checks with their waivers and disputes, export control, facts that are not known, ranges, rows that disagree, dates
known to the month only, both currencies, and what would break a verdict. It checks no pack and words nothing for people.

    rules_packs.py FOLDER_OF_PACKS < question.json

prints the verdicts of the sample, one JSON object a line, and then quotes per second.
"""
import calendar
import csv
import datetime
import json
import re
import sys
import time
import tomllib
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from pathlib import Path

ZERO, ONE, CENT = Decimal(0), Decimal(1), Decimal("0.01")
DAY = datetime.timedelta(days=1)


class Unknown:
    """Not known, for want of what it names."""

    __slots__ = ("of",)

    def __init__(self, of):
        self.of = of


class Range:
    """A number between two others."""

    __slots__ = ("low", "high")

    def __init__(self, low, high):
        self.low, self.high = low, high


ARITHMETIC, OVERLAP = Unknown("(arithmetic)"), Unknown("(overlap)")


def ends(number):
    return (number.low, number.high) if type(number) is Range else (number, number)


def span(low, high):
    return low if low == high else Range(low, high)


def is_number(value):
    return type(value) is Decimal or type(value) is Range


def hull(a, b):
    (a, b), (c, d) = ends(a), ends(b)
    return span(min(a, c), max(b, d))


# Three-valued truth: True, False, or Unknown.


def tri_and(a, b):
    if a is False or b is False:
        return False
    return a if a is not True else b


def tri_or(a, b):
    if a is True or b is True:
        return True
    return a if a is not False else b


def tri_not(a):
    return not a if type(a) is bool else a


def truth(value):
    if type(value) is bool or type(value) is Unknown:
        return value
    return False if value is None else ARITHMETIC


def at_least(a, b):
    if type(a) is Decimal and type(b) is Decimal:
        return a >= b
    if is_number(a) and is_number(b):
        (low, high), (other_low, other_high) = ends(a), ends(b)
        return True if low >= other_high else False if high < other_low else OVERLAP
    if isinstance(a, datetime.date) and isinstance(b, datetime.date):
        return a >= b
    return ARITHMETIC


def equal(a, b):
    for value in (a, b):
        if type(value) is Unknown:
            return value
    if a is None or b is None:
        return False
    if is_number(a) and is_number(b):
        (low, high), (other_low, other_high) = ends(a), ends(b)
        if low == high and other_low == other_high:
            return low == other_low
        return False if high < other_low or low > other_high else OVERLAP
    if type(a) is type(b):
        return a == b
    return ARITHMETIC


def arithmetic(sign, a, b):
    if type(a) is Decimal and type(b) is Decimal:
        if sign == "+":
            return a + b
        if sign == "-":
            return a - b
        if sign == "*":
            return a * b
        return a / b if b else ARITHMETIC
    for value in (a, b):
        if type(value) is Unknown:
            return value
    if a is None or b is None:
        return None
    if not (is_number(a) and is_number(b)):
        return ARITHMETIC
    (low, high), (other_low, other_high) = ends(a), ends(b)
    if sign == "+":
        return span(low + other_low, high + other_high)
    if sign == "-":
        return span(low - other_high, high - other_low)
    if sign == "/" and other_low <= 0 <= other_high:
        return ARITHMETIC
    corners = [x * y if sign == "*" else x / y for x in (low, high) for y in (other_low, other_high)]
    return span(min(corners), max(corners))


def compare(sign, a, b):
    for value in (a, b):
        if type(value) is Unknown:
            return value
    if sign == "=":
        return equal(a, b)
    if sign == "!=":
        return tri_not(equal(a, b))
    if a is None or b is None:
        return False
    if sign == ">=":
        return at_least(a, b)
    if sign == "<=":
        return at_least(b, a)
    return tri_not(at_least(a, b) if sign == "<" else at_least(b, a))


def call(name, values):
    first = values[0]
    if type(first) is Unknown:
        return first
    if name == "not":
        return True if first is None else tri_not(truth(first))
    if name == "list contains":
        if first is None:
            return False
        return values[1] if type(values[1]) is Unknown else values[1] in first
    if first is None:
        return None
    if name in ("max", "min"):
        pick = max if name == "max" else min
        low, high = ends(first) if is_number(first) else (None, None)
        for value in values[1:]:
            if type(value) is Unknown or value is None:
                return value
            low, high = pick(low, ends(value)[0]), pick(high, ends(value)[1])
        return span(low, high)
    way = ROUND_FLOOR if name == "floor" else ROUND_CEILING
    return span(*(end.to_integral_value(way) for end in ends(first)))


TOKEN = re.compile(r'\s*(list contains|"[^"]*"|[A-Za-z_]\w*|\d+(?:\.\d+)?|<=|>=|!=|[-<>=+*/(),])')


class Parser:
    """FEEL to a function of the names."""

    def __init__(self, text):
        self.tokens, self.at = TOKEN.findall(text), 0

    def take(self, *wanted):
        if self.at < len(self.tokens) and self.tokens[self.at] in wanted:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def expression(self):
        if not self.take("if"):
            return self.either()
        condition = self.expression()
        self.take("then")
        yes = self.expression()
        self.take("else")
        no = self.expression()

        def choose(names):
            holds = truth(condition(names))
            if holds is True:
                return yes(names)
            if holds is False:
                return no(names)
            a, b = yes(names), no(names)
            if is_number(a) and is_number(b):
                return hull(a, b)
            return a if equal(a, b) is True else holds

        return choose

    def either(self):
        left = self.both()
        while self.take("or"):
            left = self.joined(tri_or, True, left, self.both())
        return left

    def both(self):
        left = self.comparison()
        while self.take("and"):
            left = self.joined(tri_and, False, left, self.comparison())
        return left

    @staticmethod
    def joined(join, settled, left, right):
        def both(names):
            first = truth(left(names))
            return first if first is settled else join(first, truth(right(names)))

        return both

    def comparison(self):
        left = self.sum()
        sign = self.take("<=", ">=", "!=", "<", ">", "=")
        if sign:
            right = self.sum()
            return lambda names: compare(sign, left(names), right(names))
        if self.take("in"):
            self.take("(")
            of = [self.sum()]
            while self.take(","):
                of.append(self.sum())
            self.take(")")

            def among(names):
                value, found = left(names), False
                for other in of:
                    found = tri_or(found, equal(value, other(names)))
                return found

            return among
        return left

    def sum(self):
        left = self.product()
        while sign := self.take("+", "-"):
            left = self.operation(sign, left, self.product())
        return left

    def product(self):
        left = self.factor()
        while sign := self.take("*", "/"):
            left = self.operation(sign, left, self.factor())
        return left

    @staticmethod
    def operation(sign, left, right):
        return lambda names: arithmetic(sign, left(names), right(names))

    def factor(self):
        token = self.tokens[self.at]
        self.at += 1
        if token == "(":
            inner = self.expression()
            self.take(")")
            return inner
        if token == "-":
            inner = self.factor()
            return lambda names: arithmetic("-", ZERO, inner(names))
        if token[0].isdigit():
            number = Decimal(token)
            return lambda names: number
        if token[0] == '"':
            text = token[1:-1]
            return lambda names: text
        if token in ("true", "false"):
            flag = token == "true"
            return lambda names: flag
        if not self.take("("):
            return lambda names: names[token]
        if token == "date":
            day = datetime.date.fromisoformat(self.tokens[self.at][1:-1])
            self.at += 2
            return lambda names: day
        arguments = [self.expression()]
        while self.take(","):
            arguments.append(self.expression())
        self.take(")")
        return lambda names: call(token, [argument(names) for argument in arguments])


def formula(text):
    return Parser(text).expression() if text else None


def value(text):
    """A value of a rule: a formula, or nothing where it was not found."""
    return None if text == "not found" else formula(text)


def bound(text):
    return datetime.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else Decimal(text)


def against(passes):
    """A comparison with a bound as a test of an exact number, a range or a day."""

    def test(value):
        if type(value) is Range:
            low, high = passes(value.low), passes(value.high)
            return low if low == high else OVERLAP
        return passes(value)

    return test


def between(low, low_belongs, high, high_belongs):
    day = isinstance(low if low is not None else high, datetime.date)
    above = against(lambda v: low is None or v > low or (low_belongs and v == low))
    below = against(lambda v: high is None or v < high or (high_belongs and v == high))

    def test(value):
        if type(value) is Unknown:
            return value
        if value is None:
            return False
        if is_number(value):
            return ARITHMETIC if day else tri_and(above(value), below(value))
        if isinstance(value, datetime.date):
            return day and above(value) and below(value)
        return ARITHMETIC

    return test


def word(text):
    def test(value):
        if type(value) is str:
            return value == text
        if type(value) is list:
            return text in value
        if type(value) is bool:
            return text == ("true" if value else "false")
        if type(value) is Unknown:
            return value
        return False if value is None else ARITHMETIC

    return test


def cell_test(cell):
    """A cell as a test of a value, and the words in it."""
    cell = cell.strip()
    if cell in ("", "-"):
        return None, []
    if cell.startswith("not("):
        inner, words = cell_test(cell[4:-1])
        return (lambda value: tri_not(inner(value))), words
    if "," in cell:
        parts = [cell_test(part) for part in cell.split(",")]

        def one_of(value):
            found = False
            for test, _ in parts:
                found = tri_or(found, test(value))
            return found

        return one_of, [one for _, words in parts for one in words]
    for sign, low, belongs in (("<=", False, True), (">=", True, True), ("<", False, False), (">", True, False)):
        if cell.startswith(sign):
            limit = bound(cell[len(sign):].strip())
            return (between(limit, belongs, None, False) if low else between(None, False, limit, belongs)), []
    if ".." in cell:
        low, high = (bound(part.strip()) for part in cell[1:-1].split(".."))
        return between(low, cell[0] == "[", high, cell[-1] == "]"), []
    try:
        exact = bound(cell)
        return between(exact, True, exact, True), []
    except ArithmeticError:
        return word(cell.strip('"')), [cell.strip('"')]


def first_day(text):
    return datetime.date.fromisoformat((text + "-01-01")[:10])


def last_day(text):
    if len(text) == 10:
        return datetime.date.fromisoformat(text)
    year, month = (int(part) for part in text.split("-")) if len(text) == 7 else (int(text), 12)
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


YES, NO, PERHAPS = "yes", "no", "perhaps"


class Law:
    def __init__(self, row):
        self.id, self.status, self.confidence = row["id"], row["status"], row["confidence"]
        self.disputes = row["disputes"].split()
        start, end = row["from"], row["to"]
        self.first = first_day(start) if start else datetime.date.min
        self.begun = self.first if len(start) in (0, 10) else last_day(start) + DAY
        self.last = last_day(end) if end else datetime.date.max
        self.lasts = self.last if len(end) in (0, 10) else first_day(end) - DAY
        self.days = [day for day in (self.first, self.begun) if start] + ([first_day(end), self.last + DAY] if end else [])

    def on(self, day):
        if self.status == "superseded" or day < self.first or day > self.last:
            return NO
        return YES if self.begun <= day <= self.lasts else PERHAPS


def rows(path):
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8-sig") as file:
        return [{(k or "").strip(): (v or "").strip() for k, v in row.items()} for row in csv.DictReader(file)]


class Rule:
    def __init__(self, row, bands, tests):
        self.law, self.when = Law(row), formula(row["when"])
        self.rows = []
        for band in (band for band in bands if band["rule"] == self.law.id):
            values = {
                column: value(cell)
                for column, cell in band.items()
                if column not in ("rule", "note") and not column.startswith("when ")
            }
            self.rows.append(([cell_test(band["when " + test])[0] for test in tests], values))
        if not self.rows:
            self.rows.append(([None] * len(tests), {"value": value(row["value"])}))


class Step:
    def __init__(self, toml, law, bands, decimals):
        self.name, self.kind = toml["name"], toml["kind"]
        self.when, self.base = formula(toml.get("when")), formula(toml.get("base"))
        self.formula = formula(toml.get("formula") or ("value * base" if "base" in toml else "value"))
        self.otherwise = formula(toml.get("otherwise"))
        self.decimals = toml.get("round", None if self.kind == "value" else decimals)
        names = [column[5:].strip() for column in (bands[0] if bands else {}) if column.startswith("when ")]
        self.tests = [formula(name) for name in names]
        self.columns = {column for band in bands for column in band if not column.startswith("when ")} | {"value"}
        self.rules = [Rule(row, bands, names) for row in law if row["for"] == self.name]


class Check:
    def __init__(self, row):
        self.law, self.key, self.effect = Law(row), row["key"], row["effect"]
        self.law.key = self.key
        self.when, self.fact, self.fact_text = formula(row["when"]), formula(row["fact"]), row["fact"]
        self.test, self.words = cell_test(row["test"])
        self.evidence = [part.strip() for part in row["evidence"].split(";") if part.strip()]

    def trigger_of_test(self, names):
        return True if self.fact is None or self.test is None else self.test(self.fact(names))

    def trigger(self, names):
        if self.effect == "require":
            return tri_not(self.trigger_of_test(names))
        if self.effect == "require_all":
            found = self.fact(names)
            if type(found) is list:
                return not all(word in found for word in self.words)
            return found if type(found) is Unknown else ARITHMETIC
        return self.trigger_of_test(names)

    def outcome(self, trigger, perhaps, car):
        firm = self.law.status == "" and self.law.confidence != "low" and not perhaps
        if self.effect == "none":
            return "NoLimit"
        if trigger is False:
            return "Passed"
        if self.effect == "warn" or self.law.status == "suspended":
            return "Warning"
        if self.effect in ("permit", "hold") and self.evidence and "documents" in car:
            if all(needed in car["documents"] for needed in self.evidence):
                return "Passed"
        if self.effect in ("hold", "limit"):
            return "Condition"
        if self.effect in ("require", "require_all") and self.fact_text == "documents":
            return "Condition"
        if trigger is True:
            if firm:
                return "Denied"
            return "Condition" if perhaps and self.law.status == "" else "Doubtful"
        return "Condition" if firm else "Warning"


def tells_category(*texts):
    return any(re.search(r"\bcategory\b", text or "") for text in texts)


M, N = {"M1", "M2", "M3"}, {"N1", "N2", "N3"}


def by_load(car, possible):
    """Of a van or pickup the M or the N that are possible, by seats and payload (Regulation (EU) 2018/858, annex I, part A, 3)."""
    if "seats" not in car:
        return possible
    passengers = car["seats"] - 1
    if passengers > (8 if possible & {"N2", "N3"} else 6):
        return possible & M
    if "payload_kg" not in car:
        return possible
    least = 100 if passengers == 0 else passengers * 68 if passengers > 2 else max(passengers * 68, 150)
    if car["payload_kg"] < least:
        return possible & M
    return possible & N if passengers <= 6 or "N1" not in possible else possible


def categories(car):
    """The categories of vehicles that it may be of."""
    if "category" in car:
        return {car["category"]}
    possible, body, seats, kg = M | N, car.get("body"), car.get("seats"), car.get("mass_kg")
    if seats is not None:
        possible -= {"M1"} if seats > 9 else {"M2", "M3"}
    if kg is not None:
        possible -= {"N1"} if kg > 3500 else {"N2", "N3"}
        possible -= {"M2"} if kg > 5000 else {"M3"}
        possible -= {"N2"} if kg > 12000 else {"N3"}
    if body == "truck":
        return possible & N
    if body in ("bus", "minibus"):
        return possible & (M - {"M1"} if body == "bus" and seats is None else M)
    if body in ("van", "pickup") or (body is None and car.get("payload_kg")):
        return by_load(car, possible)
    if "M1" not in possible:
        return possible & M
    return possible if body is None and kg is not None and kg > 3500 else {"M1"}


def is_other(car):
    """Whether it is, or may be, a vehicle that rules for passenger cars are not about."""
    return categories(car) != {"M1"}


def withhold(pack, findings, lines):
    """Of a vehicle that is no passenger car only rules that tell categories apart are sure."""
    for finding in findings:
        if finding[3] == "Denied" and finding[1].key not in pack.keys_by_category:
            finding[3] = "Doubtful"
            finding[4].append(("passenger cars",))
    for line in lines:
        if line["kind"] in ("charge", "upside") and not line["given"] and line["name"] not in pack.steps_by_category:
            line["amount"] = None
            line["why"].append(("passenger cars",))


class Pack:
    def __init__(self, root, folder):
        toml = tomllib.loads((folder / "country.toml").read_text(encoding="utf-8"))
        self.country, self.currency, self.side = toml["country"], toml["currency"], toml.get("side", "import")
        self.regions, self.inputs = toml.get("regions", []), [one["name"] for one in toml.get("input", [])]
        folders = [root / name for name in toml.get("uses", [])] + [folder]
        law = [row for one in folders for row in rows(one / "rules.csv")]
        self.steps = []
        for step in toml.get("step", []):
            bands = [row for one in folders for row in rows(one / (step["name"] + ".csv"))]
            self.steps.append(Step(step, law, bands, toml.get("round", 2)))
        checks = rows(folder / "checks.csv")
        self.checks = [Check(row) for row in checks]
        self.steps_by_category = set()
        for step, toml_step in zip(self.steps, toml.get("step", [])):
            bands = [row for one in folders for row in rows(one / (step.name + ".csv"))]
            texts = [toml_step.get(name) for name in ("when", "base", "formula", "otherwise")]
            texts += [row[name] for row in law if row["for"] == step.name for name in ("when", "value")]
            texts += [text for band in bands for column, cell in band.items() if column != "note" for text in (column, cell)]
            conditions = [one.name for one in self.steps if one.kind == "condition" and one.name in self.steps_by_category]
            if tells_category(*texts) or any(re.search(rf"\b{name}\b", text or "") for name in conditions for text in texts):
                self.steps_by_category.add(step.name)
        self.keys_by_category = {row["key"] for row in checks if tells_category(row["when"], row["fact"])}
        text = "\n".join(file.read_text(encoding="utf-8") for one in folders for file in sorted(one.iterdir()))
        self.currencies = sorted(set(re.findall(r"\b[A-Z]{3}\b", text)))
        self.laws = [rule.law for step in self.steps for rule in step.rules] + [check.law for check in self.checks]


def derived(rate):
    """A rate that follows from others has 17 significant digits."""
    return rate.quantize(ONE.scaleb(rate.adjusted() - 16), ROUND_HALF_UP) if len(rate.as_tuple().digits) > 17 else rate


class Rates:
    def __init__(self, pairs):
        self.pairs = {(a, b): Decimal(rate) for a, b, rate in pairs}
        self.known = list(dict.fromkeys(currency for pair in sorted(self.pairs) for currency in pair))
        self.cache = {}

    def direct(self, a, b):
        if (a, b) in self.pairs:
            return self.pairs[a, b]
        return derived(ONE / self.pairs[b, a]) if (b, a) in self.pairs else None

    def rate(self, a, b):
        if a == b:
            return ONE
        if (a, b) not in self.cache:
            found = self.direct(a, b)
            for via in self.known:
                if found is None and self.direct(a, via) is not None and self.direct(via, b) is not None:
                    found = derived(self.direct(a, via) * self.direct(via, b))
            self.cache[a, b] = found
        return self.cache[a, b]


NUMBERS = set(
    "cc engine_kw motor_kw kw_30min battery_kwh fiscal_hp model_year odometer_km seats mass_kg payload_kg euro co2".split()
)
LISTS = {"title", "prior_use", "modifications", "documents", "importer_is", "route"}
FLAGS = {"used", "personal_use", "consignee_known"}
DATES = {"manufactured", "first_registration"}
TEXTS = set(
    "category body make model fuel engine_fuel steering drive built_in importer region cleared_in".split()
)
AFTER_USE = set(
    "salvage junk rebuilt non_repairable irreparable total_loss partial_loss rollover major_accident accident minor_accident "
    "cut_chassis rebuilt_chassis".split()
)
ABSENT = {
    **dict.fromkeys(("electric", "hydrogen"), ("cc", "engine_kw", "engine_fuel")),
    **dict.fromkeys(("petrol", "diesel", "lpg", "cng"), ("motor_kw", "kw_30min")),
}


def read_car(texts):
    car = {}
    for name, text in texts.items():
        if name in NUMBERS:
            car[name] = Decimal(text)
        elif name in LISTS:
            car[name] = [] if text == "none" else [part.strip() for part in text.split(",")]
        elif name in FLAGS:
            car[name] = text == "true"
        else:
            car[name] = text
    return car


def years(start, end):
    months = (end.year - start.year) * 12 + end.month - start.month
    due = min(start.day, calendar.monthrange(end.year, end.month)[1])
    if end.day >= due:
        days = end.day - due
    else:
        months -= 1
        before = end.replace(day=1) - DAY
        days = before.day - min(start.day, before.day) + end.day
    parts = months * 32 + days
    return Decimal(parts // 384) if parts % 384 == 0 else (Decimal(parts) / 384).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def faults(car, arrival):
    """What cannot be, or contradicts itself."""
    found = []
    fuel, cc = car.get("fuel"), car.get("cc")
    if cc is not None and fuel in ("electric", "hydrogen") and cc != 0:
        found.append(("cc", cc, "an electric car has no displacement"))
    elif cc is not None and fuel is not None and fuel not in ("electric", "hydrogen") and cc == 0:
        found.append(("cc", cc, "a car with an engine has displacement"))
    if "kw_30min" in car and "motor_kw" in car and car["kw_30min"] > car["motor_kw"]:
        found.append(("kw_30min", car["kw_30min"], "more than the peak power"))
    if fuel in ("petrol", "diesel", "lpg", "cng"):
        found += [(name, car[name], "no traction motor") for name in ("motor_kw", "kw_30min") if car.get(name)]
    made, registered = car.get("manufactured"), car.get("first_registration")
    found += [(name, text, "after the arrival") for name, text in (("manufactured", made), ("first_registration", registered)) if text and first_day(text) > arrival]
    if made and registered and last_day(registered) < first_day(made):
        found.append(("first_registration", registered, "before the manufacture"))
    if made and "model_year" in car and abs(car["model_year"] - int(made[:4])) > 2:
        found.append(("model_year", car["model_year"], "does not go with the manufacture"))
    if fuel in ("petrol", "diesel", "lpg", "cng") and car.get("battery_kwh"):
        found.append(("battery_kwh", car["battery_kwh"], "no traction battery"))
    if car.get("used") is False and (registered or car.get("odometer_km", ZERO) > 6000 or car.get("prior_use") or AFTER_USE & set(car.get("title", ()))):
        found.append(("used", False, "it shows that the car has been used"))
    return found


def cases(car, arrival):
    def choices(name):
        if name not in car:
            return [None]
        first, last = first_day(car[name]), min(last_day(car[name]), arrival)
        return [first] if first == last else [first, last]

    found = [
        (made, registered)
        for made in choices("manufactured")
        for registered in choices("first_registration")
        if made is None or registered is None or registered >= made
    ]
    return found or [(choices("manufactured")[0], choices("first_registration")[-1])]


def facts(car, arrival, made, registered):
    names = {name: Unknown(name) for name in NUMBERS | LISTS | FLAGS | DATES | TEXTS}
    names.update((name, value) for name, value in car.items() if name not in DATES)
    for name in ABSENT.get(car.get("fuel"), ()):
        names[name] = None
    if "cleared_in" not in car:
        names["cleared_in"] = "none"
    ages = []
    for day, age, by_year, fact in (
        (made, "age", "age_calendar", "manufactured"),
        (registered, "age_registered", "age_calendar_registered", "first_registration"),
    ):
        if day is None:
            names[age] = names[by_year] = Unknown(fact)
        else:
            names[age], names[by_year], names[fact] = years(day, arrival), Decimal(arrival.year - day.year), day
            ages.append(names[age])
    names["manufactured_year"] = Unknown("manufactured") if made is None else Decimal(made.year)
    names["age_model_year"] = Unknown("model_year")
    if "model_year" in car:
        names["age_model_year"] = arrival.year - car["model_year"]
        ages.append(names["age_model_year"])
    names["age_any"] = span(min(ages), max(ages)) if ages else Unknown("manufactured")
    for name, kw in (("metric_hp", Decimal("0.73549875")), ("mechanical_hp", Decimal("0.74569987158227022"))):
        if "engine_kw" in car:
            names[name] = car["engine_kw"] / kw
        else:
            names[name] = None if car.get("fuel") in ("electric", "hydrogen") else Unknown("engine_kw")
    if len(categories(car)) == 1:
        (names["category"],) = categories(car)
    names["route_named"] = car.get("route", [])
    names["arrival"] = arrival
    return names


def rounded(number, decimals):
    if decimals is None or number.as_tuple().exponent >= -decimals:
        return number
    return number.quantize(ONE.scaleb(-decimals), ROUND_HALF_UP)


class Case:
    """One pack's view of one car."""

    def __init__(self, pack, destination, car, names, arrival, departure, values, rates):
        self.pack, self.car, self.rates, self.names = pack, car, rates, dict(names)
        self.day = departure if pack.side == "export" else arrival
        self.names["destination"] = destination
        if pack.regions and self.names["region"] not in pack.regions:
            self.names["region"] = pack.regions[0]
        for currency in pack.currencies:
            rate = rates.rate(currency, pack.currency)
            self.names[currency] = Unknown(currency) if rate is None else rate
        self.given = {name: self.local(name, amount) for name, amount in values.items()}
        for name in pack.inputs:
            self.names[name] = self.given.get(name, Unknown(name))
        price, freight, insurance = (self.given.get(name, Unknown(name)) for name in ("price", "freight", "insurance"))
        fob = self.given.get("fob", price)
        cif = self.given.get("cif", arithmetic("+", arithmetic("+", fob, freight), insurance))
        self.names.update(price=price, freight=freight, insurance=insurance, fob=fob, cif=cif)

    def local(self, name, amount):
        number, currency = amount
        rate = ONE if currency is None else self.rates.rate(currency, self.pack.currency)
        return Unknown(name) if rate is None else number * rate

    def checks(self):
        findings = []
        for check in self.pack.checks:
            force = check.law.on(self.day)
            if check.effect == "waive" or force == NO:
                continue
            applies = True if check.when is None else truth(check.when(self.names))
            if applies is False:
                continue
            trigger = tri_and(applies, check.trigger(self.names))
            why = [("not known", trigger.of)] if type(trigger) is Unknown else []
            if force == PERHAPS and trigger is not False:
                why.append(("day not read", check.law.id))
            outcome = check.outcome(trigger, force == PERHAPS, self.car)
            if outcome in ("Denied", "Condition", "Doubtful"):
                outcome = self.waived(check, outcome, why, findings)
            findings.append([self.pack.country, check.law, check.effect, outcome, why])
        for finding in findings:
            if finding[3] == "Denied":
                law = finding[1]
                for _, other, _, outcome, _ in findings:
                    if outcome in ("Passed", "NoLimit") and (law.id in other.disputes or other.id in law.disputes):
                        finding[3] = "Doubtful"
                        finding[4].append(("disagree", law.id, other.id))
                        break
        return findings

    def waived(self, check, outcome, why, findings):
        for waiver in self.pack.checks:
            if waiver.effect != "waive" or waiver.key != check.key:
                continue
            force = waiver.law.on(self.day)
            if force == NO:
                continue
            applies = True if waiver.when is None else truth(waiver.when(self.names))
            lifts = tri_and(applies, waiver.trigger_of_test(self.names)) if applies is not False else False
            if lifts is True and force == YES and waiver.law.status == "":
                findings.append([self.pack.country, waiver.law, "waive", "NoLimit", []])
                return "Waived"
            if lifts is True:
                outcome = "Condition"
                why.append(("proposed", waiver.law.id))
            elif lifts is not False:
                outcome = "Condition"
                why.append(("not known", lifts.of))
                findings.append([self.pack.country, waiver.law, "waive", "Warning", []])
        return outcome

    def lines(self):
        lines = []
        for step in self.pack.steps:
            if step.kind == "condition":
                self.names[step.name] = step.formula(self.names)
                continue
            line = self.step(step)
            if line is None:
                self.names[step.name] = ZERO
                continue
            amount = line["amount"]
            self.names[step.name] = Unknown(step.name) if amount is None else amount
            lines.append(line)
        return lines

    def step(self, step):
        line = {
            "name": step.name, "kind": step.kind, "amount": None, "base": None, "rules": [], "why": [], "given": step.name in self.given,
        }
        if step.name in self.given:
            line["amount"] = self.amount(self.given[step.name], step, line["why"])
            return line
        when = True if step.when is None else truth(step.when(self.names))
        if when is False:
            return None
        if step.base is not None:
            line["base"] = self.names["base"] = step.base(self.names)
        if step.rules:
            self.by_rules(step, line)
        else:
            line["amount"] = self.amount(step.formula(self.names), step, line["why"])
        if when is not True:
            line["why"].append(("not known", when.of))
            if line["amount"] is not None:
                line["amount"] = hull(line["amount"], ZERO)
        return line

    @staticmethod
    def amount(value, step, why):
        if is_number(value):
            return span(*(rounded(max(end, ZERO), step.decimals) for end in ends(value)))
        why.append(("does not apply",) if value is None else ("not known", getattr(value, "of", "(arithmetic)")))
        return None

    def by_rules(self, step, line):
        settled = firm = missing = False
        amount = None
        looked_at = [test(self.names) for test in step.tests]
        for rule in step.rules:
            force = rule.law.on(self.day)
            if force == NO:
                continue
            when = True if rule.when is None else truth(rule.when(self.names))
            if when is False:
                continue
            for tests, values in rule.rows:
                fits = when
                for test, value in zip(tests, looked_at):
                    if test is not None:
                        fits = tri_and(fits, test(value))
                        if fits is False:
                            break
                if fits is False:
                    continue
                if fits is not True:
                    line["why"].append(("not known", fits.of))
                if force == PERHAPS:
                    line["why"].append(("day not read", rule.law.id))
                if rule.law.status in ("quota", "proposed", "unverified"):
                    line["why"].append((rule.law.status, rule.law.id))
                settled |= fits is True and force == YES
                firm |= rule.law.status in ("", "suspended")
                for column, value in values.items():
                    self.names[column] = Unknown(column) if value is None else value(self.names)
                one = self.amount(step.formula(self.names), step, line["why"])
                if one is None:
                    missing = True
                else:
                    amount = one if amount is None else hull(amount, one)
                line["rules"].append((rule.law, one))
        proposed_only = bool(line["rules"]) and not firm
        if not settled or proposed_only:
            if step.otherwise is not None:
                other = self.amount(step.otherwise(self.names), step, line["why"])
                if other is None:
                    missing = True
                else:
                    amount = other if amount is None else hull(amount, other)
            elif not line["rules"]:
                missing = True
                line["why"].append(("no rule", step.name))
            elif proposed_only and amount is not None:
                amount = hull(amount, ZERO)
        line["amount"] = None if missing else amount
        ids = {law.id for law, _ in line["rules"] if law.status == ""}
        if len(ids) > 1 and len({ends(one) for _, one in line["rules"] if one is not None}) > 1:
            line["why"].append(("disagree", *sorted(ids)))


RANK = ["Passed", "NoLimit", "Waived", "Warning", "Condition", "Doubtful", "Denied"]


def known_sum(lines, end):
    return sum((ends(line["amount"])[end] for line in lines if line["kind"] == "charge" and line["amount"] is not None), ZERO)


def merge(results):
    """One of several cases: the cheapest and the dearest as a whole."""
    if len(results) == 1:
        return results[0]
    findings = [list(finding) for finding in results[0][0]]
    controls = results[0][2]
    for other, _, other_controls in results[1:]:
        for at, finding in enumerate(other):
            mine = next((one for one in findings if one[1] is finding[1]), None)
            if mine is None:
                findings.insert(controls if at < other_controls else len(findings), list(finding))
                controls += at < other_controls
            elif mine[3] != finding[3]:
                mine[3] = "Condition"
    lines = {}
    for _, case, _ in results:
        for line in case:
            lines.setdefault(line["name"], dict(line))
    cheap = min(range(len(results)), key=lambda at: known_sum(results[at][1], 0))
    sums = [known_sum(case, 1) for _, case, _ in results]
    dear = max(range(len(results)), key=lambda at: (sums[at], at))
    for name, line in lines.items():
        of = [next((one for one in case if one["name"] == name), {"amount": ZERO})["amount"] for _, case, _ in results]
        if any(amount is None for amount in of):
            line["amount"] = None
        else:
            line["amount"] = span(ends(of[cheap])[0], ends(of[dear])[1])
    return findings, list(lines.values()), controls


class Rulebook:
    def __init__(self, root):
        root = Path(root)
        packs = [Pack(root, folder) for folder in sorted(root.iterdir()) if (folder / "country.toml").exists()]
        self.exports = [pack for pack in packs if pack.side == "export"]
        self.packs = {pack.country: pack for pack in packs if pack.side == "import"}

    def verdict(self, car, country, arrival, departure, values, rates):
        pack = self.packs[country]
        wrong = faults(car, arrival)
        if wrong:
            raise ValueError(wrong)
        results = []
        for made, registered in cases(car, arrival):
            names = facts(car, arrival, made, registered)
            arguments = country, car, names, arrival, departure, values, rates
            findings = [found for export in self.exports for found in Case(export, *arguments).checks()]
            case = Case(pack, *arguments)
            lines, own = case.lines(), case.checks()
            if is_other(car):
                withhold(pack, own, lines)
            results.append((findings + own, lines, len(findings)))
        findings, lines, controls = merge(results)
        worst = max((RANK.index(finding[3]) for finding in findings), default=0)
        if RANK[worst] == "Denied":
            status = "NotAdmissible"
        elif RANK[worst] == "Doubtful" or is_other(car) or all(effect == "warn" for _, _, effect, _, _ in findings[controls:]):
            status = "Unknown"
        else:
            status = "Conditional" if RANK[worst] == "Condition" else "Admissible"
        currency = values["price"][1] if "price" in values else None
        rate = rates.rate(pack.currency, currency) if currency else None
        low = high = seller_low = seller_high = ZERO
        missing = []
        for line in lines:
            line["seller"] = None
            if line["amount"] is not None and rate is not None and line["kind"] != "value":
                line["seller"] = [rounded(end * rate, 2) for end in ends(line["amount"])]
            if line["kind"] != "charge":
                continue
            if line["amount"] is None:
                missing.append(line["name"])
                continue
            low, high = low + ends(line["amount"])[0], high + ends(line["amount"])[1]
            if line["seller"]:
                seller_low, seller_high = seller_low + line["seller"][0], seller_high + line["seller"][1]
        paid = local_paid = None
        if all(name in values for name in ("price", "freight", "insurance")):
            amounts = [values[name] for name in ("price", "freight", "insurance")]
            paid, local_paid = (self.paid(amounts, to, rates) for to in (currency, pack.currency))
        charged = any(step.kind == "charge" for step in pack.steps)
        complete = charged and not missing
        return {
            "country": country, "status": status, "findings": findings, "lines": lines, "known": (low, high),
            "missing": missing, "total": (low, high) if complete else None,
            "seller_total": (seller_low, seller_high) if complete and rate is not None else None,
            "landed": (low + local_paid, high + local_paid) if complete and local_paid is not None else None,
            "seller_landed": (seller_low + paid, seller_high + paid) if complete and rate is not None and paid is not None else None,
            "asks": self.asks(car, findings, lines), "cautions": self.cautions(pack, car, lines),
        }

    @staticmethod
    def paid(amounts, to, rates):
        found = [rates.rate(currency, to) for _, currency in amounts]
        if None in found:
            return None
        return sum((rounded(number * rate, 2) for (number, _), rate in zip(amounts, found)), ZERO)

    @staticmethod
    def asks(car, findings, lines):
        """What somebody could answer, each once; of a line that rests on others, what they need."""
        by_name = {line["name"]: line for line in lines}
        found = {}
        if is_other(car) and "M1" in categories(car):
            found["category"] = ("not known", "category")

        def ask(why):
            if why[0] == "not known":
                if why[1] in by_name:
                    for deeper in by_name[why[1]]["why"]:
                        if deeper[1:2] != (why[1],):
                            ask(deeper)
                else:
                    found[why[1]] = why

        for _, _, _, outcome, whys in findings:
            if outcome in ("Condition", "Doubtful", "Denied"):
                for why in whys:
                    ask(why)
        for line in lines:
            if line["kind"] == "charge":
                for why in line["why"]:
                    ask(why)
        return list(found.values())

    @staticmethod
    def cautions(pack, car, lines):
        only = categories(car)
        found = [("passenger cars", next(iter(only)) if len(only) == 1 else None)] * is_other(car)
        if pack.regions and car.get("region") not in pack.regions:
            found.append(("region assumed", pack.regions[0]))
        used = [law for line in lines for law, _ in line["rules"]]
        undated = list(dict.fromkeys(law.id for law in used if law.first == datetime.date.min))
        weak = list(dict.fromkeys(law.id for law in used if law.confidence == "low"))
        return found + [("undated", *undated)] * bool(undated) + [("weak", *weak)] * bool(weak)

    def outlook(self, car, country, arrival, departure, values, rates, horizon):
        """The days until the horizon on which the verdict changes, with the new one."""
        voyage = arrival - departure
        days = {datetime.date(year, 1, 1) for year in range(arrival.year, horizon.year + 1)}
        for pack in [*self.exports, self.packs[country]]:
            shift = voyage if pack.side == "export" else datetime.timedelta(0)
            days |= {day + shift for law in pack.laws for day in law.days if day < datetime.date.max - shift}
        for fact in DATES & car.keys():
            for start in {first_day(car[fact]), last_day(car[fact])}:
                months = (arrival.year - start.year) * 12
                begin = max(months // 6 - 2, 1)
                for half_year in range(begin, begin + 16):
                    year, month = divmod(start.month - 1 + half_year * 6, 12)
                    year, month = start.year + year, month + 1
                    day = datetime.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
                    days |= {day, day + DAY}
        breaks = []
        state = self.state(car, country, arrival, departure, values, rates)
        for day in sorted(day for day in days if arrival < day <= horizon):
            following = self.state(car, country, day, day - voyage, values, rates)
            if following != state:
                breaks.append((day, following))
                state = following
        return breaks

    def state(self, *question):
        verdict = self.verdict(*question)
        said = {law.id: outcome for _, law, _, outcome, _ in verdict["findings"] if RANK.index(outcome) > 1}
        return verdict["status"], verdict["total"], verdict["known"], said


def shown(pair):
    return None if pair is None else [format(end.normalize(), "f") for end in pair]


def main():
    asked = json.load(sys.stdin)
    since = time.process_time()
    book = Rulebook(sys.argv[1])
    loaded = time.process_time() - since
    rates = Rates(asked["rates"])
    arrival = datetime.date.fromisoformat(asked["arrival"])
    values = {name: (Decimal(number), currency) for name, (number, currency) in asked["values"].items()}
    cars = [read_car(texts) for texts in asked["cars"]]
    horizon = arrival + datetime.timedelta(days=asked["horizon_days"])
    for at, car in enumerate(cars):
        for country in asked["markets"]:
            verdict = book.verdict(car, country, arrival, arrival, values, rates)
            print(json.dumps({
                "car": at, "country": country, "status": verdict["status"], "known": shown(verdict["known"]),
                "total": shown(verdict["total"]), "seller_total": shown(verdict["seller_total"]), "missing": verdict["missing"],
                "findings": sorted(f"{country} {law.id} {outcome}" for country, law, _, outcome, _ in verdict["findings"]),
                "lines": {
                    line["name"]: None if line["amount"] is None else shown([round(end, 9) for end in ends(line["amount"])])
                    for line in verdict["lines"]
                },
                "breaks": [str(day) for day, _ in book.outlook(car, country, arrival, arrival, values, rates, horizon)]
                if at < asked["with_outlook"] else None,
            }))
    one = cars[0]

    def measure(what, each, work):
        done, begin = 0, time.process_time()
        while time.process_time() - begin < asked["seconds"]:
            work()
            done += each
        print(json.dumps({"measured": what, "per_second": done / (time.process_time() - begin)}))

    for country in asked["one_market"]:
        measure(country, 1, lambda country=country: book.verdict(one, country, arrival, arrival, values, rates))
    every = asked["markets"]
    measure("each", len(every), lambda: [book.verdict(one, to, arrival, arrival, values, rates) for to in every])
    measure("all", len(every), lambda: [book.verdict(one, to, arrival, arrival, values, rates) for to in every])
    several = [read_car(texts) for texts in asked["yard_cars"]]
    measure("yard", len(every) * len(several), lambda: [book.verdict(car, to, arrival, arrival, values, rates) for car in several for to in every])
    measure("outlook", len(every), lambda: [book.outlook(one, to, arrival, arrival, values, rates, horizon) for to in every])
    print(json.dumps({"measured": "load", "seconds": loaded}))


main()
