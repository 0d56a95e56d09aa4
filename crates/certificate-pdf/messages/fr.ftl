# Textes du certificat en français. Les messages et leurs emplacements sont les mêmes dans tous les fichiers.

date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }

title = Certificat de batterie
subtitle = État de santé de la batterie d’une voiture électrique d’occasion
issuer = Délivré par { $name }
number = Certificat
issued = Délivré
page = Page { $page } sur { $pages }
specimen = SPÉCIMEN

car = La voiture
make-and-model = Marque et modèle
variant = Version
vin = Numéro du véhicule (VIN)
vin-withheld = masqué sur cette copie
first-registration = Première immatriculation
odometer = Kilométrage lors de l’essai
not-stated = non indiqué
battery = La batterie
battery-id = Numéro de batterie
chemistry = Chimie
cells = Groupes de cellules en série
rated = Capacité nominale
rated-source = Source de la valeur nominale
reported = Santé affichée par la voiture

health = État de santé
health-name = SoH (capacité, méthode Carnet)
interval = Intervalle à 95 % : de { $lower } à { $upper }
of-what = { $capacity } aujourd’hui, en pourcentage des { $rated } nominaux à l’état neuf.
grade = Note
grade-basis = La note retient la borne basse de l’intervalle, pas la valeur.
class-field = Classe Field : d’après les charges de l’usage quotidien.
class-guided = Classe Guided : d’après des charges menées par le laboratoire, de presque vide à pleine.
curve-met = Respecte le minimum Euro 7 de { $required } pour son âge et sa distance (facultatif pour les voitures homologuées avant).
curve-not-shown = Le respect du minimum Euro 7 de { $required } pour son âge et sa distance n’est pas démontré (facultatif pour les voitures homologuées avant).
curve-none = Aucun minimum Euro 7 ne s’applique à cet âge et à cette distance.
gauge-minimum = minimum Euro 7 { $required }
gauge-alt = Échelle de { $low } à { $high }. La valeur { $value } est marquée, l’intervalle de { $lower } à { $upper } forme une barre.

evidence = Les preuves
evidence-how = Chaque point est une charge : la part de la batterie remplie et la charge entrée. Plus la droite est raide, plus la batterie est grande.
evidence-anchored = Les charges ancrées commencent ou finissent là où la charge est connue sans la jauge de la voiture. Ce sont elles qui décident.
period = Période d’essai
period-value = du { $from } au { $until }
sessions = Charges
sessions-value = { $all }, dont { $anchored } ancrées
method = Méthode
assessment-hash = Évaluation (SHA-256)
data-hash = Relevé de charge (SHA-256)
data-hash-several = { $count } fichiers ; l’attestation porte le SHA-256 de chacun
axis-filled = Part de la batterie remplie
axis-charge = Charge
legend-anchored = charge ancrée
legend-other = autre charge
legend-this = cette batterie, intervalle à 95 %
legend-new = batterie neuve, valeur nominale
plot-alt = Points de { $all } charges, dont { $anchored } ancrées, autour d’une droite de { $capacity } pour la batterie entière. La droite d’une batterie neuve est à { $rated }.

validity = Validité
valid-until = Valable jusqu’au { $date }
valid-distance = ou jusqu’à { $distance } au compteur, selon la première échéance.
valid-from = Valable à partir du { $date }.
scan = Scannez avant de payer
scan-why = Le code ouvre l’annuaire de l’émetteur. Là seulement se voit si ce certificat a été suspendu ou retiré depuis son impression.
qr-alt = Code QR avec l’adresse { $url } et le SHA-256 de l’attestation.

checks = Contrôles
check = Contrôle et que faire
found = Constaté
limit = Limite et sa source
result = Résultat
at-most = au plus { $value }
at-least = au moins { $value }
within = { $range }
zero = aucun
no-limit = sans limite
found-none = aucun
missing = non mesuré
outcome-pass = en ordre
outcome-watch = à surveiller
outcome-fail = pas en ordre
outcome-not-measured = non mesuré
outcome-stated = pour information
check-cell-spread = Écart des tensions de cellules
check-temperature-spread = Écart des températures
check-highest-temperature = Température la plus haute
check-isolation = Isolement haute tension
check-self-discharge = Autodécharge d’un groupe de cellules
check-cell-limits = Tensions de cellules
check-high-voltage-faults = Défauts haute tension ouverts
check-recalls = Rappels en cours
check-soc-definition = Sens de la charge affichée
check-reported-health = Santé affichée par la voiture
check-battery-history = Réinitialisations et remplacements
check-tampering = Signes de données modifiées
check-second-meter = Courant face à un second appareil
check-computation = Chiffres calculés des données par l’émetteur
advice-cell-spread = Chargez à fond et laissez équilibrer une nuit ; si l’écart reste, cherchez une cellule faible.
advice-temperature-spread = Cherchez un circuit de refroidissement bouché ou un capteur en panne.
advice-highest-temperature = Ne chargez pas ; faites examiner le refroidissement et les cellules.
advice-isolation = Ni toucher, ni charger, ni embarquer ; faites trouver le défaut, puis mesurez à nouveau.
advice-self-discharge = Un groupe se décharge, peut-être par un court-circuit interne : isolez la voiture, faites ouvrir le pack.
advice-cell-limits = Faites mesurer les groupes de cellules un par un.
advice-high-voltage-faults = Faites réparer et effacer les défauts, roulez, puis relisez les codes.
advice-recalls = Faites effectuer le rappel, gratuit, chez un concessionnaire de la marque et montrez la preuve.
advice-soc-definition = Enregistrez la charge du système de gestion, non celle de l’écran.
advice-reported-health = Fiez-vous à l’intervalle ; demandez de quoi le chiffre de la voiture est un pourcentage.
advice-battery-history = Ne faites l’essai qu’après l’événement et montrez l’ordre de réparation.
advice-tampering = Demandez les fichiers d’origine ou faites refaire l’essai sous surveillance.
advice-second-meter = Faites contrôler le capteur de courant ou l’appareil.
advice-computation = Faites recalculer les chiffres à partir des journaux de charge.
watch-highest-temperature = Laissez refroidir avant de charger et faites contrôler le refroidissement.
watch-isolation = Cherchez humidité et isolant usé, et mesurez avec un contrôleur vérifié avant l’embarquement.
watch-self-discharge = Enregistrez un repos plus long ; si cela reste, faites mesurer les groupes avant l’embarquement.
watch-high-voltage-faults = Hors des plages haute tension : cherchez chaque code dans le guide du constructeur.
watch-battery-history = Montrez l’ordre de réparation ; si c’était après l’essai, refaites l’essai.
measure-cell-spread = Enregistrez la tension de cellule la plus haute et la plus basse, chacune dans sa colonne, aussi au repos.
measure-temperature-spread = Enregistrez la température la plus haute et la plus basse, chacune dans sa colonne, aussi au repos.
measure-highest-temperature = Enregistrez les températures de la batterie.
measure-isolation = Mesurez-le avec un contrôleur d’isolement ou lisez-le dans la voiture.
measure-self-discharge = Enregistrez six heures de repos ou plus, avec la tension de cellule la plus haute et la plus basse.
measure-cell-limits = Enregistrez les tensions de cellules.
measure-high-voltage-faults = Lisez les codes de défaut de tous les calculateurs.
measure-recalls = Demandez au constructeur ou au registre avec le VIN.
measure-soc-definition = Chargez une fois à fond et une fois depuis moins de 12 % après une demi-heure de repos.
measure-reported-health = Lisez-la dans la voiture, si elle l’affiche.
measure-second-meter = Donnez aussi le journal de la borne : une erreur de gain du capteur ne se voit pas autrement.
measure-battery-history = Demandez au propriétaire et à l’atelier les réinitialisations et remplacements, et déclarez-les.

transport = Transport
transport-ready = Prête au transport
transport-not-ready = Pas prête au transport
un-number = Classement
soc = État de charge
soc-value = { $soc } le { $date }
soc-value-undated = { $soc }, date non indiquée
window = { $carrier } : { $range }
window-inside = dedans
window-outside = dehors
obstacle-soc-too-high = La charge dépasse ce qu’acceptent les transporteurs : faites-la baisser d’abord.
obstacle-soc-too-low = La charge est sous ce qu’acceptent les transporteurs : rechargez d’abord.
obstacle-damaged = Endommagée ou défectueuse : une autorisation spéciale est requise.
obstacle-high-voltage-fault = Un défaut haute tension ouvert.
obstacle-isolation-too-low = Isolement sous sa limite.
obstacle-test-summary-missing = Le résumé d’épreuves UN 38.3 manque.
obstacle-not-measured = Une mesure obligatoire manque.
obstacle-watched = Une vérification ci-dessus doit être levée avant l’embarquement.

people = Qui en répond
evaluated = Évalué
reviewed = Revu
decided = Décidé
issued-by = Délivré par
person = { $name }, { $date }
people-note = Trois personnes différentes. L’ISO/IEC 17065 demande que qui décide n’ait pas évalué ; ce schéma demande aussi une troisième personne, qui a vérifié.

verify = Vérifier soi-même ce certificat
verify-scan = Scannez le code de la page 1 ou ouvrez l’adresse ci-dessous. L’annuaire dit si le certificat est en vigueur.
verify-hash = Comparez le SHA-256 de l’attestation affiché par l’annuaire avec celui-ci.
verify-offline = Sans réseau : ce fichier contient l’attestation signée. La commande { $command } vérifie la signature de { $issuer } et que ces pages disent ce que dit l’attestation.
address = Adresse
credential-hash = Attestation (SHA-256)
says-not = Ce qu’il ne dit pas
says-not-text = Il dit ce qui a été mesuré pendant la période d’essai. Ce n’est ni une prévision d’autonomie ou de durée de vie, ni une garantie, ni l’énergie certifiée (SOCE) du RTM ONU n° 22.

source-ours = Méthode Carnet (aucun texte public ne le fixe)
source-repair-guides = SAE J2012 ; guides de réparation du constructeur
source-recall-register = constructeur, registre national des rappels
source-scheme = Schéma Carnet, évaluation
source-soc-definition = Méthode Carnet : on a vu les définitions de l’afficheur et du BMS différer de 19 % de la capacité
source-reported-health = pour comparaison ; UN GTR 22, partie A, admet 5 pts
phrase-none-known = aucun connu
phrase-none-stated = rien de déclaré
phrase-computed = oui
phrase-from-assessment = non : repris d’une évaluation telle que remise
phrase-other-method = non : trouvés par la méthode d’une autre maison
phrase-soc-limit = celle du BMS même, en accord avec la tension des cellules à pleine charge
phrase-soc-limit-both = celle du BMS même, en accord avec la tension des cellules à pleine charge et presque à vide
phrase-soc-own = celle du BMS même
phrase-soc-not-stated = non indiqué
phrase-soc-agrees = en accord avec la tension des cellules à pleine charge
phrase-soc-agrees-empty = en accord avec la tension des cellules presque à vide
phrase-soc-agrees-both = en accord avec la tension des cellules à pleine charge et presque à vide
phrases = { $one } ; { $other }
found-compared = { $own } (la nôtre { $ours }, écart { $difference })
carrier-default = Ro-Ro, recommandation si le transporteur ne dit rien d’autre
carrier-greece = Ferries grecs
carrier-strict = Transporteur qui demande 30 % au plus
