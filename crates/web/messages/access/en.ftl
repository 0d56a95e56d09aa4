# Words of logging in, setting up, the yard and links; and of problems with who may do what.
nav-yard = Yard
login-title = Log in
login-name = Account name
login-password = Password
login-submit = Log in
login-wrong = No account of this name has this password.
login-wait =
    { $seconds ->
        [one] Too many attempts. The next one is in one second.
       *[other] Too many attempts. The next one is in { $seconds } seconds.
    }
login-help = Reading a history needs no account. Whoever runs this log makes accounts, and new passwords for those who have lost theirs.
logout-submit = Log out
setup-title = Set up the first account
setup-lead = The log has printed a setup token where it was started. With it you make the account of its operator, once.
setup-token = Setup token
setup-organisation-name = Name of your organisation
setup-organisation = Short name of your organisation
setup-organisation-hint = 1 to 40 of a-z, 0-9, hyphen and full stop, such as association.
setup-display-name = Your name
setup-password-hint = At least 12 characters. Four or more random words are a good password.
setup-submit = Make the account
setup-refused = The account was not made:
yard-title = Yard
yard-lead = { $person }, { $organisation }. Only your organisation sees this page.
yard-empty = No car is here yet.
yard-add-title = Add a car
yard-lot = Lot
yard-note = Note
yard-add = Add
yard-remove = Remove
yard-confirmed = Confirmed: your organisation holds this car.
yard-unconfirmed = Not confirmed yet: personal fields are not shown to you. Ask the operator of this log.
link-title = Links
link-make-title = Make a link for a buyer
link-lead = Whoever has the link sees this car’s dossier until it ends or you withdraw it.
link-fields = Personal fields to show
link-fields-hint = Names with commas between them, such as plate; all for every one; empty for none.
link-days = Days
link-make = Make the link
link-made = Your link
link-made-once = Copy it now: it is shown only this once.
link-until = until { $day }
link-withdraw = Withdraw
link-open = open
link-expired = expired
link-withdrawn = withdrawn
link-shows-none = no personal fields
problem-unauthenticated = Log in first
problem-unauthenticated-fix = This is for those who have an account.
problem-wrong-login = Name or password is wrong
problem-wrong-login-fix = Go back and try again.
problem-conflict = This cannot be done as things are
problem-conflict-fix = See what there is, and ask for something else.
