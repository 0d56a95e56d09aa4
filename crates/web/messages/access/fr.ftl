# Words of logging in, setting up, the yard and links; and of problems with who may do what.
nav-yard = Parc
login-title = Connexion
login-name = Nom du compte
login-password = Mot de passe
login-submit = Se connecter
login-wrong = Aucun compte de ce nom n’a ce mot de passe.
login-wait =
    { $seconds ->
        [one] Trop d’essais. Le prochain est dans { $seconds } seconde.
       *[other] Trop d’essais. Le prochain est dans { $seconds } secondes.
    }
login-help = Lire un historique ne demande pas de compte. L’opérateur de ce journal crée les comptes et les nouveaux mots de passe.
logout-submit = Se déconnecter
setup-title = Créer le premier compte
setup-lead = Le journal a affiché un jeton d’installation là où il a été lancé. Il sert à créer une seule fois le compte de son opérateur.
setup-token = Jeton d’installation
setup-organisation-name = Nom de votre organisation
setup-organisation = Nom court de votre organisation
setup-organisation-hint = 1 à 40 signes parmi a-z, 0-9, trait d’union et point, par exemple association.
setup-display-name = Votre nom
setup-password-hint = Au moins 12 caractères. Quatre mots au hasard ou plus font un bon mot de passe.
setup-submit = Créer le compte
setup-refused = Le compte n’a pas été créé :
yard-title = Parc
yard-lead = { $person }, { $organisation }. Seule votre organisation voit cette page.
yard-empty = Aucune voiture ici pour l’instant.
yard-add-title = Ajouter une voiture
yard-lot = Lot
yard-note = Note
yard-add = Ajouter
yard-remove = Retirer du parc
yard-confirmed = Confirmé : votre organisation détient cette voiture.
yard-unconfirmed = Pas encore confirmé : les champs personnels ne vous sont pas montrés. Adressez-vous à l’opérateur de ce journal.
link-title = Liens
link-make-title = Créer un lien pour un acheteur
link-lead = Qui a le lien voit le dossier de cette voiture jusqu’à son terme ou à son retrait.
link-fields = Champs personnels à montrer
link-fields-hint = Noms séparés par des virgules, comme plate ; all pour tous ; vide pour aucun.
link-days = Jours
link-make = Créer le lien
link-made = Votre lien
link-made-once = Copiez-le maintenant : il n’est montré que cette fois.
link-until = jusqu’au { $day }
link-withdraw = Retirer le lien
link-open = ouvert
link-expired = expiré
link-withdrawn = retiré
link-shows-none = aucun champ personnel
problem-unauthenticated = Connectez-vous d’abord
problem-unauthenticated-fix = Ceci est réservé à qui a un compte.
problem-wrong-login = Nom ou mot de passe incorrect
problem-wrong-login-fix = Revenez en arrière et réessayez.
problem-conflict = Impossible en l’état
problem-conflict-fix = Regardez ce qu’il y a et demandez autre chose.
