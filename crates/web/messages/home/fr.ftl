# La première page, et le champ pour un numéro.
home-title = L’historique d’une voiture que chacun peut vérifier
home-lead = Registres, inspecteurs, garages et assureurs signent ce qu’ils savent d’une voiture. Ce journal le conserve de sorte que rien ne puisse être omis ni changé ensuite, et c’est votre propre appareil qui vérifie : inutile de croire le vendeur, ni nous.
home-vehicle = VIN ou numéro de châssis
home-vehicle-hint = Tel qu’il est frappé sur la voiture. Un VIN a 17 caractères ; un numéro de châssis japonais ressemble à ZVW30-1234567.
home-show = Voir l’historique
home-log = Voici le journal { $log }.
home-verify = On vous a envoyé un dossier (.carnet) ? Vérifiez-le dans votre navigateur, même sans réseau.
home-certificates = L’état de la batterie d’une voiture électrique, mesuré et certifié, et si un certificat est encore en vigueur.
home-market = La voiture peut-elle entrer dans un pays, et combien coûtera-t-elle à l’arrivée ?
home-how = Comment cela marche
home-how-sign = Qui sait quelque chose de la voiture le signe avec sa propre clé.
home-how-seal = Le journal le scelle. Des témoins indépendants veillent à ce qu’il n’oublie rien et ne raconte pas deux histoires.
home-how-check = Votre navigateur vérifie chaque signature et chaque preuve, et que rien n’a été omis.
home-limits = Ce qui est prouvé, c’est qui a dit quoi, et que c’est complet. Si c’est vrai, aucun journal ne peut le savoir ; là où des déclarations se contredisent, la page le montre.
find-wrong-title = Aucun véhicule n’a ce numéro
find-wrong-fix = Comparez-le au numéro de la voiture, caractère par caractère. On lit souvent 0 comme O, ou 1 comme I.
