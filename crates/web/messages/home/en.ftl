# The first page, and the field for a number.
home-title = A car’s history that anyone can check
home-lead = Registers, inspectors, workshops and insurers sign what they know of a car. This log keeps it so that nothing can be left out or changed afterwards, and your own device checks it: you need not trust the seller, nor us.
home-vehicle = VIN or frame number
home-vehicle-hint = As it is stamped on the car. A VIN has 17 characters; a Japanese frame number looks like ZVW30-1234567.
home-show = Show the history
home-log = This is the log { $log }.
home-verify = You were sent a dossier (.carnet)? Check it in your browser, also without a network.
home-certificates = The health of an electric car’s battery, measured and certified, and whether a certificate is still in force.
home-market = May the car enter a country, and what will it cost on arrival?
home-how = How it works
home-how-sign = Whoever knows something about the car signs it with a key of their own.
home-how-seal = The log seals it. Independent witnesses watch that it never forgets and never tells two stories.
home-how-check = Your browser checks every signature and proof, and that nothing was left out.
home-limits = What is proven is who said what, and that it is complete. Whether it is true, no log can know; where statements contradict each other, the page shows it.
find-wrong-title = No vehicle has this number
find-wrong-fix = Compare it with the number on the car, character by character. Often 0 was read as O, or 1 as I.
