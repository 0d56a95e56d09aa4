# The page of a vehicle: what the report of the verifier does not say.
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
unchecked = Not yet checked by your browser
unchecked-text = What you read here is the word of the log’s server until your browser has checked every signature and proof.
unchecked-no-script = Your browser runs no scripts, so it cannot check this page itself. To check it, download the dossier below and give it to the checking page in another browser, or to the program carnet.
outcome-by-browser = Your browser checked this itself, in { $ms } ms, with the policy of the log { $log }.
outcome-own-code = This browser has no Ed25519 of its own that judges strictly; the page’s code was used instead, which gives the same answer more slowly.
outcome-differs = The page and its proof differ
outcome-differs-text = The dossier is sound, but it does not hold exactly the statements that this page lists. Do not believe the page; check the downloaded dossier instead.
outcome-failed = Your browser could not check this
report-complete = Complete as of { $time }
findings = What stands out
findings-none = Nothing in the statements contradicts itself.
findings-nothing-left = Nothing to judge: no statement about this car can be read any more.
findings-erased = { $erased } of { $count } statements were erased. What they said is not judged here.
findings-hint = A finding is evidence, not a verdict: it names what it rests on and what would settle it. No finding is only as good as the sources that spoke.
level-stop = Settle this before you buy
level-warn = Serious
level-ask = Ask about it
level-note = Good to know
finding-rests = Rests on
finding-tried = Innocent explanations tried
finding-settles = What would settle it
finding-blind = What the sources cannot show
finding-not-stated = not stated
readings-table = All readings as a table
reading = Reading
date-column = Date
remark = Remark
chart-doubted = a finding rests on it
battery = Battery
battery-certificate = Certificate { $number }
battery-none = The car runs on electricity, and no certificate of its battery is in this log.
standing = Status
standing-in_force = in force
standing-suspended = suspended
standing-revoked = withdrawn
standing-expired = expired
standing-as-of = as of { $time }, said by the statement at log index { $index }
grade = Grade
soh = State of health
soh-range = { $value } % (between { $low } and { $high } % with 95 % confidence)
valid-until = Valid until
odometer-limit = and up to an odometer reading of
credential-matches = The signed certificate is in the dossier, and its digest is the one that was sealed.
credential-differs = The certificate in the dossier is not the one that was sealed. Do not rely on it.
sources = Which sources spoke
sources-blind = Does not cover
sources-silent = Silent here
key = Key
key-valid = valid
key-revoked-later = revoked later
download = Download the dossier
download-hint = One file that proves all of this, also without a network and without us. Personal fields are left out; the seller can give you a dossier that shows them.
download-hint-shared = One file that proves all of this, also without a network and without us. It holds the fields that whoever sent you this link chose.
check-yourself = Check a dossier file yourself
share-note = { $who } shows you this car with the fields they chose. The link works until { $date }.
timeline-hint = In order of time, as stated and signed.
documents-list = All documents named ({ $count })
documents-named = Statements name documents by their digest (SHA-256). The checking page compares a file you hold with them.
