# What a certificate says in English. Every file in this folder has the same messages with the same places; a test compares them.

date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }

# The head of each page
title = Battery certificate
subtitle = State of health of the battery of a used electric car
issuer = Issued by { $name }
number = Certificate
issued = Issued
page = Page { $page } of { $pages }
specimen = SPECIMEN

# Car and battery
car = The car
make-and-model = Make and model
variant = Variant
vin = Vehicle number (VIN)
vin-withheld = withheld in this copy
first-registration = First registration
odometer = Odometer at the test
not-stated = not stated
battery = The battery
battery-id = Battery number
chemistry = Chemistry
cells = Cell groups in series
rated = Rated capacity
rated-source = Source of the rating
reported = Health shown by the car

# State of health
health = State of health
health-name = SoH (capacity, Carnet method)
interval = 95 % interval: { $lower } to { $upper }
of-what = { $capacity } today, as a percentage of the { $rated } rated when new.
grade = Grade
grade-basis = The grade counts the lower end of the interval, not the value.
class-field = Class Field: from charging as it happened in daily use.
class-guided = Class Guided: from charges led by the lab, from nearly empty to full.
curve-met = Meets the Euro 7 minimum of { $required } for its age and distance (voluntary for cars approved earlier).
curve-not-shown = Not shown to meet the Euro 7 minimum of { $required } for its age and distance (voluntary for cars approved earlier).
curve-none = No Euro 7 minimum applies at this age and distance.
gauge-minimum = Euro 7 minimum { $required }
gauge-alt = Scale from { $low } to { $high }. The value { $value } is marked, with the interval from { $lower } to { $upper } as a bar.

# Evidence
evidence = The evidence
evidence-how = Each point is one charging session: how much of the battery was filled, and the charge that went in. The steeper the line, the larger the battery.
evidence-anchored = Anchored sessions begin or end where the charge is known without the car’s own gauge. They decide.
period = Test period
period-value = { $from } to { $until }
sessions = Charging sessions
sessions-value = { $all }, of which { $anchored } anchored
method = Method
assessment-hash = Assessment (SHA-256)
data-hash = Charging log (SHA-256)
data-hash-several = { $count } files; the credential has the SHA-256 of each
axis-filled = Share of the battery that was filled
axis-charge = Charge
legend-anchored = anchored session
legend-other = other session
legend-this = this battery, 95 % interval
legend-new = new battery, as rated
plot-alt = Points for { $all } charging sessions, of which { $anchored } anchored, around a line of { $capacity } for the whole battery. The line of a new one is at { $rated }.

# Validity and the QR code
validity = Validity
valid-until = Valid until { $date }
valid-distance = or until the odometer shows { $distance }, whichever comes first.
valid-from = Valid from { $date }.
scan = Scan before you pay
scan-why = The code opens the issuer’s directory. Only there can you see whether this certificate has been suspended or withdrawn since.
qr-alt = QR code with the address { $url } and the SHA-256 of the credential.

# Checks
checks = Checks
check = Check, and what to do
found = Found
limit = Limit and its source
result = Result
at-most = at most { $value }
at-least = at least { $value }
within = { $range }
zero = none
no-limit = no limit
found-none = none
missing = not measured
outcome-pass = in order
outcome-watch = watch
outcome-fail = not in order
outcome-not-measured = not measured
outcome-stated = for information
check-cell-spread = Spread of cell voltages
check-temperature-spread = Spread of temperatures
check-highest-temperature = Highest temperature
check-isolation = Isolation of the high voltage
check-self-discharge = Self-discharge of a cell group
check-cell-limits = Cell voltages
check-high-voltage-faults = Open high-voltage faults
check-recalls = Open recalls
check-soc-definition = Meaning of the charge shown
check-reported-health = Health shown by the car
check-battery-history = Resets and swaps of the battery
check-tampering = Signs of altered data
check-second-meter = Current against a second meter
check-computation = Figures computed from the data by the issuer
advice-cell-spread = Charge fully and let it balance overnight; if the spread stays, look for a weak cell.
advice-temperature-spread = Look for a blocked coolant path or a broken sensor.
advice-highest-temperature = Do not charge; have the cooling and the cells examined.
advice-isolation = Do not touch, charge or ship it; have the fault found, then measure again.
advice-self-discharge = A cell group drains, perhaps from a short inside it: keep the car apart and have the pack opened.
advice-cell-limits = Have the cell groups measured one by one.
advice-high-voltage-faults = Have the faults repaired and cleared, drive, and read the codes again.
advice-recalls = Have the recall done by a dealer of the brand, free of charge, and show the record.
advice-soc-definition = Log the state of charge of the management system, not the display’s.
advice-reported-health = Rely on the interval; ask what the car’s own figure is a percentage of.
advice-battery-history = Test after the event only, and show the work order.
advice-tampering = Ask for the original files, or have the test repeated under supervision.
advice-second-meter = Have the current sensor or the meter checked.
advice-computation = Have the figures computed again from the charging logs.
watch-highest-temperature = Let it cool before charging, and have the cooling checked.
watch-isolation = Have moisture and worn insulation looked for, and measure with a checked tester before it is shipped.
watch-self-discharge = Log a longer rest; if it stays, have the cell groups measured before it is shipped.
watch-high-voltage-faults = Outside the high-voltage ranges: look each code up in the maker’s guide.
watch-battery-history = Show the work order; if it happened after the test, test again.
measure-cell-spread = Log the highest and the lowest cell voltage, each in its own column, also at rest.
measure-temperature-spread = Log the highest and the lowest temperature, each in its own column, also at rest.
measure-highest-temperature = Log the temperatures of the battery.
measure-isolation = Measure it with an insulation tester, or read it from the car.
measure-self-discharge = Log six hours or more at rest, with the highest and the lowest cell voltage.
measure-cell-limits = Log the cell voltages.
measure-high-voltage-faults = Read the trouble codes of all control units.
measure-recalls = Ask the maker or the register with the VIN.
measure-soc-definition = Charge once to full, and once from below 12 % after half an hour of rest.
measure-reported-health = Read it from the car, if it shows one.
measure-second-meter = Give the charger’s log too: a wrong gain of the current sensor shows no other way.
measure-battery-history = Ask the owner and the workshop for resets and replacements, and state them.

# What an assessment always words the same way: sources of limits, findings, carriers
source-ours = Carnet method (no public law fixes it)
source-repair-guides = SAE J2012; maker’s repair guides
source-recall-register = maker, national recall register
source-scheme = Carnet scheme, evaluation
source-soc-definition = Carnet method: display and BMS definitions were seen to differ by 19 % of capacity
source-reported-health = for comparison; UN GTR 22 Part A allows 5 pp
phrase-none-known = none known
phrase-none-stated = none stated
phrase-computed = yes
phrase-from-assessment = no: taken from an assessment as it was handed in
phrase-other-method = no: found by a method of another house
phrase-soc-limit = the management system’s own, agreeing with cell voltage at full
phrase-soc-limit-both = the management system’s own, agreeing with cell voltage at full and near empty
phrase-soc-own = management system’s own
phrase-soc-not-stated = not stated
phrase-soc-agrees = agrees with cell voltage at full
phrase-soc-agrees-empty = agrees with cell voltage near empty
phrase-soc-agrees-both = agrees with cell voltage at full and near empty
phrases = { $one }; { $other }
found-compared = { $own } (ours { $ours }, difference { $difference })
carrier-default = Ro-Ro, guidance where the carrier says nothing else
carrier-greece = Greek ferries
carrier-strict = Carrier that asks for at most 30 %

# Transport
transport = Transport
transport-ready = Ready for transport
transport-not-ready = Not ready for transport
un-number = Classification
soc = State of charge
soc-value = { $soc } on { $date }
soc-value-undated = { $soc }, date not stated
window = { $carrier }: { $range }
window-inside = inside
window-outside = outside
obstacle-soc-too-high = The charge is above what carriers take: drive it down first.
obstacle-soc-too-low = The charge is below what carriers take: charge first.
obstacle-damaged = Damaged or defective: special approval is needed.
obstacle-high-voltage-fault = An open high-voltage fault.
obstacle-isolation-too-low = Isolation below its limit.
obstacle-test-summary-missing = The test summary under UN 38.3 is missing.
obstacle-not-measured = A required measurement is missing.
obstacle-watched = A check above must be cleared before it is shipped.

# People
people = Who answers for it
evaluated = Evaluated
reviewed = Reviewed
decided = Decided
issued-by = Issued by
person = { $name }, { $date }
people-note = Three different people. ISO/IEC 17065 asks that whoever decides did not evaluate; this scheme also asks for a third who reviewed.

# Verifying
verify = How to check this certificate yourself
verify-scan = Scan the code on page 1, or open the address below. The directory says whether the certificate is in force.
verify-hash = Compare the SHA-256 of the credential that the directory shows with this one.
verify-offline = Without a network: this file carries the signed credential. The command { $command } checks the signature of { $issuer } and whether these pages say what the credential says.
address = Address
credential-hash = Credential (SHA-256)
says-not = What it does not say
says-not-text = It says what was measured in the test period. It is no forecast of range or life, no warranty, and not the certified energy (SOCE) of UN GTR 22.
