"""The answers of an invented projet de santé: complete, plausible, about nobody. It follows the letter of `reponses`.

Used by the demonstration and by the tests, so that both read the same file. Its actions are in `fiches`.
"""

from typing import Any

from portal.demonstration import reponses
from projects import rubriques_projet as projet

IDENTITE: dict[str, Any] = {
    "nom_cpts": "CPTS des Coteaux",
    "forme": "association",
    "nom": "Santé des Coteaux",
    "sigle": "SDC",
    "rna": "W313000014",
    "siret": "81234567600009",
    "adresse": "4 place de la Halle",
    "code_postal": "31290",
    "ville": "Villefranche-de-Lauragais",
    "courriel": "contact@sante-coteaux.example",
    "telephone": "05 00 00 00 00",
    "site": "https://sante-coteaux.example",
    "representant_nom": "Camille Exemple",
    "representant_fonction": "Présidente",
    "representant_courriel": "porteur@demo.example",
    "representant_telephone": "05 00 00 00 01",
    "referent_nom": "Dominique Modèle",
    "referent_courriel": "redaction@demo.example",
    "referent_telephone": "05 00 00 00 02",
    "signataires": [
        {"nom": "Alix Fictif", "profession": "Infirmier libéral", "role": "tresorerie", "commune": "Nailloux"},
        {"nom": "Sacha Inventé", "profession": "Pharmacienne", "role": "secretariat", "commune": "Baziège"},
        {"nom": "Lou Supposé", "profession": "Sage-femme", "role": "membre", "commune": "Revel"},
    ],
    "signataires_informes_le": "2025-06-10",
}

DIAGNOSTIC: dict[str, Any] = {
    "population": "Le territoire gagne des habitants chaque année et vieillit en même temps : une personne sur quatre "
    "a plus de soixante ans.\nTrois bassins de vie se partagent les services : Villefranche-de-Lauragais, Nailloux et "
    "Revel. Les ménages modestes sont plus nombreux à Revel, les jeunes familles à Nailloux et à Baziège.\nLe diabète "
    "et les maladies du cœur viennent en tête des affections de longue durée.",
    "acces_medecin": "Une personne sur neuf n’a pas de médecin traitant, une sur quinze parmi celles qui ont une "
    "affection de longue durée. Trois médecins généralistes de plus de soixante-deux ans n’ont pas de successeur.",
    "soins_non_programmes": "Une demande sur cinq, le samedi, n’obtient pas de réponse sur le territoire. "
    "Aucun cabinet ne sait ce que les autres peuvent encore recevoir dans la journée.",
    "parcours": "Les sorties d’hôpital du vendredi se font sans lien avec le cabinet infirmier. "
    "Les proches d’une personne âgée cherchent seuls qui appeler.",
    "prevention": "Le dépistage organisé du cancer colorectal est moins suivi que dans le département. "
    "Les pharmacies vaccinent, sans se répartir les publics.",
    "risques": "Canicule dans les bourgs, inondation le long de l’Hers, coupures de route l’hiver autour de Revel.",
    "lieux": reponses.ACCES["lieux"],
    "acces_commentaire": "Les trajets vers Toulouse s’allongent de vingt minutes aux heures de pointe.",
    "offre": "Vingt et un médecins généralistes, dix-huit infirmiers libéraux, quatre pharmacies, deux maisons de "
    "santé. Une installation de sage-femme en 2026. Deux départs de médecins prévus d’ici deux ans.",
    "methode": "Quatre groupes de travail de janvier à juin 2026, une enquête auprès des habitants (mars 2026), une "
    "réunion de restitution ouverte à tous (juin 2026).",
    "sources": "Portrait de territoire remis en réunion le 3 juin 2026 ; données de l’Assurance Maladie de mars 2026 ; "
    "enquête auprès des habitants, mars 2026.",
    "priorites": "Trouver un médecin traitant, d’abord aux patients en affection de longue durée.\nRépondre aux soins "
    "du jour, samedi compris.\nPréparer les sorties d’hôpital.\nFaire avancer le dépistage.\nSavoir qui appeler en cas "
    "de crise.",
}

GOUVERNANCE: dict[str, Any] = {
    "criteres": [
        {"critere": "pluriprofessionnalite", "reponse": "oui", "precision": "Article 6 : quatre professions au moins"},
        {"critere": "adhesion", "reponse": "oui", "precision": "Article 5 : cinq collèges"},
        {"critere": "financements", "reponse": "oui", "precision": "Article 12"},
        {"critere": "missions", "reponse": "oui", "precision": "Article 2"},
        {"critere": "personnel", "reponse": "oui", "precision": "Article 13"},
    ],
    "statuts_adoptes_le": "2025-05-18",
    "representativite": "Le conseil compte seize membres de sept professions. Aucune profession n’a plus de quatre "
    "places. Chaque collège élit les siens pour trois ans.",
    "attribution": "La présidente représente l’association. Le bureau suit le budget et le recrutement. "
    "Chaque action a un groupe responsable, qui rend compte au bureau tous les deux mois.",
    "decision": "Le conseil décide à la majorité des présents, la moitié au moins étant là. "
    "Le bureau peut engager seul jusqu’à 2 000 euros.",
    "partenariat": "Un partenaire rejoint la CPTS par une convention d’un an renouvelable, ou par le cinquième "
    "collège. La coordinatrice est son interlocutrice.",
    "outils": "Un compte rendu sous dix jours après chaque réunion ; des protocoles relus chaque année ; un annuaire "
    "tenu à jour par la coordinatrice.",
    "instances": "Bureau de six personnes chaque mois ; conseil d’administration chaque trimestre ; assemblée générale "
    "une fois par an.",
    "coordination": "Une coordinatrice à mi-temps depuis février 2026, à temps plein dès la signature du contrat.",
    "groupes_travail": "Quatre groupes : accès aux soins, parcours, prévention, crise.",
    "indemnisation": "Un montant par heure de réunion, le même pour toutes les professions, voté par l’assemblée. "
    "Un registre suit ce que chacun reçoit dans l’année.",
}

PARTENAIRES: dict[str, Any] = {
    "professionnels": [
        {"profession": "medecin-generaliste", "mobilises": 15, "presents": 21},
        {"profession": "infirmier", "mobilises": 16, "presents": 18},
    ],
    "information": "Six réunions depuis avril 2026, une lettre chaque trimestre à tous les professionnels installés, "
    "une visite à chaque nouvel installé.",
    "partenaires": [
        {
            "nom": "Centre hospitalier",
            "genre": "etablissement",
            "commune": "Castelnaudary",
            "objet": "Prévenir le cabinet infirmier deux jours avant la sortie d’un patient",
            "forme": "convention",
            "etat": "en_place",
        },
        {
            "nom": "EHPAD des Tilleuls",
            "genre": "medico_social",
            "commune": "Nailloux",
            "objet": "Groupe de travail sur la personne âgée",
            "forme": "action",
            "etat": "en_place",
        },
        {
            "nom": "Centre communal d’action sociale",
            "genre": "social",
            "commune": "Revel",
            "objet": "Repérer les personnes sans médecin traitant",
            "forme": "echanges",
            "etat": "prevu",
        },
        {
            "nom": "Maison de santé de la Halle",
            "genre": "msp",
            "commune": "Villefranche-de-Lauragais",
            "objet": "Accueil des soins du samedi, par roulement",
            "forme": "gouvernance",
            "etat": "en_place",
        },
        {
            "nom": "Dispositif d’appui à la coordination",
            "genre": "dac",
            "commune": "Toulouse",
            "objet": "Situations complexes : qui appelle qui",
            "forme": "convention",
            "etat": "discussion",
        },
    ],
    "prs": "Le projet reprend trois objectifs du projet régional : l’accès à un médecin traitant, le maintien à "
    "domicile des personnes âgées, la participation aux dépistages.",
    "ptsm": "Une psychologue du centre médico-psychologique participe au groupe « parcours ».",
    "ght": "Le projet médical du groupement prévoit un numéro direct pour les médecins du territoire.",
    "dac": "La CPTS organise ; le dispositif d’appui aide un professionnel pour une situation précise.",
    "exercice_coordonne": "Les deux maisons de santé coordonnent les soins de leurs patients ; la CPTS s’occupe de ce "
    "qui concerne tout le territoire.",
    "voisines": "La limite du territoire a été convenue avec la communauté voisine en octobre 2026.",
}

MISSIONS: dict[str, Any] = {
    "objectifs": "Que chaque habitant en affection de longue durée ait un médecin traitant.\nQu’une demande de soins "
    "du jour trouve une réponse sur le territoire, samedi compris.\nQu’aucune sortie d’hôpital ne surprenne le "
    "domicile.\nQue les professionnels se connaissent et aient envie de rester.",
    "thematiques": [
        {
            "theme": "L’accès à un médecin et aux soins du jour",
            "raison": "Première attente de l’enquête auprès des habitants",
        },
        {"theme": "Le retour à domicile", "raison": "Cité par les infirmiers, l’hôpital et les familles"},
        {"theme": "La prévention", "raison": "Un dépistage moins suivi que dans le département"},
    ],
    "numerique": "non",
    "filiere": "non",
    "modalites": "Un groupe par action réunit au moins trois professions, deux heures tous les deux mois.\n"
    "Les protocoles sont écrits par ceux qui les appliquent, signés par chaque profession, relus chaque année.\n"
    "Une situation difficile se discute en réunion à trois ou quatre, avec l’accord du patient.\n"
    "L’information passe par la messagerie sécurisée, jamais par téléphone personnel.",
    "mission_acces_soins": "retenue",
    "mission_parcours": "retenue",
    "mission_prevention": "retenue",
    "mission_crise_sanitaire": "retenue",
    "mission_qualite_pertinence": "plus_tard",
    "mission_accompagnement_ps": "retenue",
    "autres": "",
    "etapes": [
        {"etape": "Signature du contrat", "debut": "2028-01-10", "fin": "2028-03-31"},
        {"etape": "Accès aux soins et plan de crise", "debut": "2028-04-03", "fin": "2028-09-29"},
        {"etape": "Parcours et prévention", "debut": "2028-09-04", "fin": "2029-03-30"},
    ],
}

SYSTEME_INFORMATION: dict[str, Any] = {
    "logiciels": [
        {"logiciel": "Dossier de cabinet A", "par": "Douze médecins", "usage": "Dossier patient", "echange": "oui"},
        {
            "logiciel": "Dossier de cabinet B",
            "par": "Neuf médecins",
            "usage": "Dossier patient",
            "echange": "a_verifier",
        },
        {
            "logiciel": "Logiciel infirmier",
            "par": "Tous les cabinets infirmiers",
            "usage": "Tournées",
            "echange": "non",
        },
    ],
    "commentaire": "Les deux dossiers de cabinet envoient et reçoivent par la messagerie sécurisée.",
    "messagerie": "Deux tiers des professionnels utilisent une messagerie sécurisée de santé.",
    "besoins": "Voir les places du jour de tous les cabinets ; prévenir d’une sortie d’hôpital ; tenir l’annuaire.",
    "outils_prevus": "Un agenda partagé des soins du jour. Pas de second dossier patient.",
    "protection": "Chaque professionnel reste responsable de son dossier. La CPTS ne garde aucune donnée de patient.",
}

USAGERS: dict[str, Any] = {
    "usagers": "Deux associations d’usagers siègent au cinquième collège et relisent les documents destinés au public.",
    "elus": "Les deux intercommunalités prêtent des salles et siègent, sans voter, au conseil.",
    "rencontres": [
        {"le": "2026-06-03", "avec": "Deux associations d’usagers", "objet": "Premier diagnostic"},
        {"le": "2026-06-17", "avec": "Les deux intercommunalités", "objet": "Restitution du diagnostic"},
    ],
    "information": "Une page sur le site, une affiche dans les cabinets et les mairies, une réunion par an.",
}

EVALUATION: dict[str, Any] = {
    "pilotage": "Le bureau, avec la coordinatrice ; chaque groupe tient les indicateurs de son action.",
    "reunions_par_an": 2,
    "recueil": "L’Assurance Maladie transmet ses données chaque semestre ; la coordinatrice tient le reste dans un "
    "tableau unique.",
    "resultats": "Moins d’habitants sans médecin traitant ; moins de passages aux urgences sans hospitalisation ; des "
    "sorties d’hôpital annoncées.",
    "ajustement": "Le conseil lit les résultats chaque semestre et corrige l’action ou sa cible. L’assemblée générale "
    "et le site en rendent compte.",
}

BUDGET: dict[str, Any] = {
    "annee": 2028,
    "mise_en_place": [
        {"libelle": "Coordinatrice à temps plein", "montant": "52000"},
        {"libelle": "Secrétariat, un jour par semaine", "montant": "8000"},
    ],
    "fonctionnement": [
        {"libelle": "Local, assurance, déplacements", "montant": "9000"},
        {"libelle": "Indemnités de réunion et de groupe", "montant": "38000"},
        {"libelle": "Actions de prévention", "montant": "12000"},
    ],
    "investissement": [{"libelle": "Agenda partagé des soins du jour", "montant": "6000"}],
    "ressources": [
        {
            "origine": "assurance_maladie",
            "precision": "Contrat, première année",
            "montant": "121000",
            "etat": "envisagee",
        },
        {"origine": "collectivite", "precision": "Salles et matériel", "montant": "3500", "etat": "demandee"},
        {"origine": "adherents", "precision": "", "montant": "500", "etat": "acquise"},
    ],
    "commentaire": "Les montants du personnel comptent les charges. Les indemnités supposent quarante réunions.",
}

ANNEXES: dict[str, Any] = {
    "statuts": "joint",
    "reglement": "joint",
    "lettres": [
        {"organisme": "Centre hospitalier", "objet": "Annoncer les sorties", "le": "2026-07-02"},
        {"organisme": "Maison de santé de la Halle", "objet": "Accueillir les soins du samedi", "le": "2026-07-05"},
    ],
    "autres": "",
}

PROJET: dict[str, dict[str, Any]] = {
    projet.IDENTITE: IDENTITE,
    projet.DIAGNOSTIC: DIAGNOSTIC,
    projet.GOUVERNANCE: GOUVERNANCE,
    projet.PARTENAIRES: PARTENAIRES,
    projet.MISSIONS: MISSIONS,
    projet.SYSTEME_INFORMATION: SYSTEME_INFORMATION,
    projet.USAGERS: USAGERS,
    projet.EVALUATION: EVALUATION,
    projet.BUDGET: BUDGET,
    projet.ANNEXES: ANNEXES,
}
