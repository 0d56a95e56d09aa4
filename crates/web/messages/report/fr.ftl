# La page d’un véhicule : ce que le rapport du vérificateur ne dit pas.
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
unchecked = Pas encore vérifié par votre navigateur
unchecked-text = Ce que vous lisez ici est la parole du serveur du journal tant que votre navigateur n’a pas vérifié chaque signature et chaque preuve.
unchecked-no-script = Votre navigateur n’exécute pas de scripts et ne peut donc pas vérifier cette page. Pour la vérifier, téléchargez le dossier ci-dessous et donnez-le à la page de vérification d’un autre navigateur, ou au programme carnet.
outcome-by-browser = Votre navigateur l’a vérifié lui-même, en { $ms } ms, avec la politique du journal { $log }.
outcome-own-code = Ce navigateur n’a pas d’Ed25519 propre qui juge strictement ; le code de la page a été utilisé, qui donne la même réponse plus lentement.
outcome-differs = La page et sa preuve diffèrent
outcome-differs-text = Le dossier est sain, mais il ne contient pas exactement les déclarations que cette page énumère. Ne croyez pas la page ; vérifiez plutôt le dossier téléchargé.
outcome-failed = Votre navigateur n’a pas pu vérifier ceci
report-complete = Complet au { $time }
findings = Ce qui frappe
findings-none = Rien dans les déclarations ne se contredit.
findings-nothing-left = Rien à juger : plus aucune déclaration sur cette voiture ne peut être lue.
findings-erased = Déclarations effacées : { $erased } sur { $count }. Ce qu’elles disaient n’est pas jugé ici.
findings-hint = Un constat est un indice, pas un verdict : il dit sur quoi il repose et ce qui le trancherait. L’absence de constat ne vaut que ce que valent les sources qui ont parlé.
level-stop = À régler avant d’acheter
level-warn = Grave
level-ask = À demander
level-note = Bon à savoir
finding-rests = Repose sur
finding-tried = Explications innocentes essayées
finding-settles = Ce qui le trancherait
finding-blind = Ce que les sources ne peuvent montrer
finding-not-stated = non précisé
readings-table = Tous les relevés en tableau
reading = Relevé
date-column = Date
remark = Remarque
chart-doubted = un constat repose dessus
battery = Batterie
battery-certificate = Certificat { $number }
battery-none = La voiture roule à l’électricité, et ce journal ne contient aucun certificat de sa batterie.
standing = État
standing-in_force = en vigueur
standing-suspended = suspendu
standing-revoked = retiré
standing-expired = expiré
standing-as-of = au { $time }, selon la déclaration d’indice { $index } du journal
grade = Classe
soh = État de santé (SoH)
soh-range = { $value } % (entre { $low } et { $high } % avec une confiance de 95 %)
valid-until = Valable jusqu’au
odometer-limit = et jusqu’à un kilométrage de
credential-matches = Le certificat signé est dans le dossier, et son empreinte est celle qui a été scellée.
credential-differs = Le certificat du dossier n’est pas celui qui a été scellé. Ne vous y fiez pas.
sources = Quelles sources ont parlé
sources-blind = Ne couvre pas
sources-silent = Muettes ici
key = Clé
key-valid = valide
key-revoked-later = révoquée ensuite
download = Télécharger le dossier
download-hint = Un seul fichier qui prouve tout cela, même sans réseau et sans nous. Les champs personnels sont laissés de côté ; le vendeur peut vous donner un dossier qui les montre.
download-hint-shared = Un seul fichier qui prouve tout cela, même sans réseau et sans nous. Il contient les champs choisis par la personne qui vous a envoyé ce lien.
check-yourself = Vérifier soi-même un dossier
share-note = { $who } vous montre cette voiture avec les champs choisis. Le lien fonctionne jusqu’au { $date }.
timeline-hint = Dans l’ordre du temps, tel que déclaré et signé.
documents-list = Tous les documents nommés ({ $count })
documents-named = Les déclarations nomment les documents par leur empreinte (SHA-256). La page de vérification leur compare un fichier que vous détenez.
