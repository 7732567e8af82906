FICHE_DOCUMENT = "fiche_document"
FICHE_PREFIX = "fiche-"
BLOQUANTES = {"identite": "x", "territoire": "x", "diagnostic": "x", "missions": "x"}
