# La page de vérification dans le cadre du service.
verify-offline = Cette page est maintenant gardée sur votre appareil et s’ouvre aussi sans réseau.
verify-save = Pour vérifier plus tard, ou pour transmettre la page :
verify-save-file = enregistrez-la en un seul fichier
