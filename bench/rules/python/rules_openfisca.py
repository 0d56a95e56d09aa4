"""Ghana's charges in OpenFisca-core: one variable a line of the bill, rates as in rules/gh. One car, and ten thousand at once.

Prints: name, country, total, quotes per second.
"""
import time

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Car = build_entity(key="car", plural="cars", label="A car at the border", is_person=True)
PERIOD = "2026-03"


def given(name):
    return type(name, (Variable,), {"value_type": float, "entity": Car, "definition_period": DateUnit.MONTH, "label": name})


def line(name, compute):
    return type(name, (Variable,), {
        "value_type": float, "entity": Car, "definition_period": DateUnit.MONTH, "label": name,
        "formula": lambda car, period: compute(lambda other: car(other, period)),
    })


def share(name, rate, *bases):
    return line(name, lambda of: numpy.round(rate * sum(of(base) for base in bases), 2))


def band(value, limits, rates):
    return numpy.select([value <= limit for limit in limits], rates[:-1], rates[-1])


CHARGES = [
    line("import_duty", lambda of: numpy.round(band(of("cc"), [1900, 3000], [0.05, 0.1, 0.2]) * of("customs_cif"), 2)),
    share("nhil", 0.025, "customs_cif", "import_duty"),
    share("getfund", 0.025, "customs_cif", "import_duty"),
    share("covid_levy", 0.01, "customs_cif", "import_duty"),
    share("vat", 0.15, "customs_cif", "import_duty", "nhil", "getfund", "covid_levy"),
    share("ecowas_levy", 0.005, "customs_cif"),
    share("au_levy", 0.002, "customs_cif"),
    share("exim_levy", 0.0075, "customs_cif"),
    share("special_import_levy", 0.02, "customs_cif"),
    share("examination_fee", 0.01, "customs_cif"),
    share("withholding_tax", 0.01, "customs_cif"),
    share("upfront_vat_unregistered", 0.125, "customs_cif"),
    share("network_charge", 0.004, "vehicle_value"),
    share("network_nhil", 0.025, "network_charge"),
    share("network_getfund", 0.025, "network_charge"),
    share("network_covid", 0.01, "network_charge"),
    share("network_vat", 0.15, "network_charge", "network_nhil", "network_getfund"),
    line("disinfection", lambda of: 35 * of("usd")),
    line("shippers_authority", lambda of: 9 + 0 * of("usd")),
    line("e_idf", lambda of: 5 + 0 * of("usd")),
    line("vehicle_certification", lambda of: 0.5 + 0 * of("usd")),
    line("overage_penalty", lambda of: numpy.round(band(of("age"), [10, 12, 15], [0, 0.05, 0.2, 0.5]) * of("customs_cif"), 2)),
]
NAMES = [charge.__name__ for charge in CHARGES]


def system():
    tax = TaxBenefitSystem([Car])
    for variable in [given(name) for name in ("cc", "age", "hdv", "freight", "insurance", "usd")]:
        tax.add_variable(variable)
    tax.add_variable(line("depreciation", lambda of: band(of("age"), [0.5, 1.5, 2.5, 5], [0, 0.15, 0.3, 0.4, 0.5])))
    tax.add_variable(line("vehicle_value", lambda of: of("hdv") * (1 - of("depreciation"))))
    tax.add_variable(line("customs_cif", lambda of: of("vehicle_value") + of("freight") + of("insurance")))
    for variable in CHARGES:
        tax.add_variable(variable)
    tax.add_variable(line("total", lambda of: sum(of(name) for name in NAMES)))
    return tax


FACTS = {"cc": 1000, "age": 7.14, "hdv": 20000 * 90, "freight": 1500 * 90, "insurance": 60 * 90, "usd": 90}


def quote(tax, cars):
    simulation = SimulationBuilder().build_default_simulation(tax, count=cars)
    for name, value in FACTS.items():
        simulation.set_input(name, PERIOD, numpy.full(cars, value, dtype=float))
    return float(simulation.calculate("total", PERIOD)[0])


def main():
    tax = system()
    for name, cars in (("OpenFisca-core, one car at a time", 1), ("OpenFisca-core, 10,000 cars at once", 10_000)):
        total, done, since = quote(tax, cars), 0, time.process_time()
        while time.process_time() - since < 1:
            quote(tax, cars)
            done += cars
        print(f"{name}\tGH\t{total:.2f}\t{done / (time.process_time() - since):.1f}")


main()
