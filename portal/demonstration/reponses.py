"""The answers of an invented letter and of its request: complete, plausible, about nobody.

Used by the demonstration, by the tests and by the load measurements, so that all three read the same file.
"""

from typing import Any

from funding import sections as fir
from projects import sections as lettre

ASSOCIATION: dict[str, Any] = {
    "statut": "existante",
    "nom": "Santé des Coteaux",
    "sigle": "SDC",
    "nom_cpts": "CPTS des Coteaux",
    "rna": "W313000014",
    "siret": "81234567600009",
    "adresse": "4 place de la Halle",
    "code_postal": "31290",
    "ville": "Villefranche-de-Lauragais",
    "courriel": "contact@sante-coteaux.example",
    "telephone": "05 00 00 00 00",
    "site": "https://sante-coteaux.example",
    "titulaire_compte": "Association Santé des Coteaux",
    "iban": "FR7630006000011234567890189",
}

PERSONNES: dict[str, Any] = {
    "representant_nom": "Camille Exemple",
    "representant_fonction": "Présidente",
    "representant_courriel": "porteur@demo.example",
    "representant_telephone": "05 00 00 00 01",
    "referent_nom": "Dominique Modèle",
    "referent_courriel": "redaction@demo.example",
    "referent_telephone": "05 00 00 00 02",
    "personnes": [
        {"nom": "Alix Fictif", "profession": "Infirmier libéral", "role": "tresorerie", "commune": "Nailloux"},
        {"nom": "Sacha Inventé", "profession": "Pharmacienne", "role": "secretariat", "commune": "Baziège"},
    ],
    "personnes_informees_le": "2025-06-10",
}

ACCES: dict[str, Any] = {
    "lieux": [
        {
            "recours": "premier_recours",
            "structure": "Maison de santé de la Halle",
            "commune": "Villefranche-de-Lauragais",
            "minutes": 10,
        },
        {
            "recours": "second_recours",
            "structure": "Consultations avancées de cardiologie",
            "commune": "Revel",
            "minutes": 35,
        },
        {
            "recours": "urgences",
            "structure": "Urgences du centre hospitalier",
            "commune": "Castelnaudary",
            "minutes": 25,
        },
        {"recours": "had", "structure": "Service d’hospitalisation à domicile", "commune": "Toulouse", "minutes": 45},
        {"recours": "ssr", "structure": "Centre de soins de suite", "commune": "Revel", "minutes": 35},
        {"recours": "ehpad", "structure": "EHPAD des Tilleuls", "commune": "Nailloux", "minutes": 15},
    ],
    "commentaire": "Les trajets vers Toulouse s’allongent de vingt minutes aux heures de pointe.",
}

BESOINS: dict[str, Any] = {
    "population": "Le territoire gagne des habitants chaque année. Une personne sur quatre a plus de soixante ans. "
    "Deux bassins de vie se partagent les services : Villefranche-de-Lauragais et Nailloux.",
    "acces_medecin": "Trois médecins généralistes de plus de soixante-deux ans n’ont pas de successeur.",
    "soins_non_programmes": "Une demande sur cinq, le samedi, n’obtient pas de réponse sur le territoire.",
    "parcours": "Les sorties d’hôpital du vendredi se font sans lien avec le cabinet infirmier.",
    "prevention": "Le dépistage organisé du cancer colorectal est moins suivi que dans le département.",
    "offre": "Deux maisons de santé, quatre pharmacies, dix-huit infirmiers libéraux.",
    "sources": "Portrait de territoire remis en réunion le 3 juin 2026 ; questionnaire aux libéraux, juillet 2026.",
    "priorites": "Trouver un médecin traitant ; répondre aux soins du samedi ; préparer les sorties d’hôpital.",
}

MOBILISATION: dict[str, Any] = {
    "professionnels": [
        {"profession": "medecin-generaliste", "mobilises": 9, "presents": 21},
        {"profession": "infirmier", "mobilises": 14, "presents": 18},
    ],
    "structures": [{"genre": "msp", "nom": "Maison de santé de la Halle", "commune": "Villefranche-de-Lauragais"}],
    "etablissements": [
        {"nom": "Centre hospitalier", "commune": "Castelnaudary", "lien": "Convention de sortie d’hospitalisation"}
    ],
    "medico_social": [
        {"nom": "EHPAD des Tilleuls", "commune": "Nailloux", "lien": "Groupe de travail sur la personne âgée"}
    ],
    "usagers": "Deux associations d’usagers ont participé à la réunion du 3 juin 2026.",
    "elus": "Les deux intercommunalités ont été rencontrées en juin 2026.",
    "information": "Trois réunions (avril, juin et septembre 2026), un courrier à tous les libéraux, un questionnaire.",
    "voisines": "Un échange a eu lieu avec la communauté voisine sur la limite du territoire.",
}

PROJET: dict[str, Any] = {
    "mission_acces_soins": "Un numéro unique pour trouver un médecin ; un planning partagé de soins non programmés.",
    "mission_parcours": "Un parcours de sortie d’hospitalisation avec le centre hospitalier et les infirmiers.",
    "mission_prevention": "Deux actions par an, la première sur le dépistage du cancer colorectal.",
    "mission_crise_sanitaire": "Un annuaire de crise et un exercice par an.",
    "mission_qualite_pertinence": "Un groupe d’échange sur l’antibiothérapie.",
    "mission_accompagnement_ps": "Un livret d’accueil pour les étudiants et les nouveaux installés.",
    "autres": "",
}

ORGANISATION: dict[str, Any] = {
    "gouvernance": "Un bureau de six personnes de quatre professions, un conseil d’administration ouvert aux usagers.",
    "coordination": "Une coordinatrice à mi-temps dès le démarrage.",
    "groupes": "Trois groupes : accès aux soins, parcours, prévention.",
    "logiciels": "Quatre logiciels métier différents ; un agenda partagé à choisir.",
    "messagerie": "Messagerie sécurisée de santé déjà utilisée par deux tiers des professionnels.",
}

CALENDRIER: dict[str, Any] = {
    "etapes": [
        {"etape": "Recrutement de la coordinatrice", "debut": "2027-01-04", "fin": "2027-02-26"},
        {"etape": "Groupes de travail et diagnostic", "debut": "2027-03-01", "fin": "2027-06-30"},
    ],
    "projet_prevu_le": "2027-09-30",
}

FINANCEMENT: dict[str, Any] = {
    "demande": "avec",
    "estimation": "Coordination à mi-temps six mois, vingt réunions indemnisées, appui d’un consultant au diagnostic.",
    "autres_financeurs": "",
}

LETTRE: dict[str, dict[str, Any]] = {
    lettre.ASSOCIATION: ASSOCIATION,
    lettre.PERSONNES: PERSONNES,
    lettre.ACCES: ACCES,
    lettre.BESOINS: BESOINS,
    lettre.MOBILISATION: MOBILISATION,
    lettre.PROJET: PROJET,
    lettre.ORGANISATION: ORGANISATION,
    lettre.CALENDRIER: CALENDRIER,
    lettre.FINANCEMENT: FINANCEMENT,
}

COMMUNES = ("31582", "31396", "31048", "31451")
"""Four communes of Haute-Garonne: Villefranche-de-Lauragais, Nailloux, Baziège, Revel."""


def posted(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers as a browser posts them: rows become `<field>-<n>-<column>`."""
    data: dict[str, Any] = {}
    for name, value in answers.items():
        if isinstance(value, list):
            for n, row in enumerate(value):
                data.update({f"{name}-{n}-{column}": cell for column, cell in row.items() if cell is not None})
        elif value is not None and value is not False:
            data[name] = "on" if value is True else value
    return data


DEMANDE: dict[str, Any] = {
    "montant": "20000",
    "forme": "numeraire",
    "frequence": "premiere",
    "objet": "projet",
    "periode": "annuelle",
    "intitule": "Écrire le projet de santé de la CPTS des Coteaux",
    "objectifs": "Réunir les professionnels du territoire et écrire avec eux le projet de santé.",
    "description": "Une coordinatrice à mi-temps, vingt réunions de groupes de travail, un diagnostic partagé.",
    "beneficiaires": "Les habitants du territoire et une cinquantaine de professionnels.",
    "territoire": "Quatre communes de la Haute-Garonne.",
    "date_debut": "2027-01-04",
    "date_fin": "2027-12-31",
    "duree_mois": 12,
    "moyens": "Une coordinatrice, une salle prêtée, du temps de professionnels indemnisé.",
    "evaluation": "Nombre de professionnels présents, projet déposé avant la fin de l’année.",
}

CHIFFRAGE: dict[str, Any] = {"temps": [], "reunions": [], "forfaits": []}

MOYENS: dict[str, Any] = {
    "agrements": [],
    "utilite_publique": "non",
    "impots_commerciaux": "non",
    "affiliations": "",
    "personnes_morales": "Maison de santé de la Halle.",
    "benevoles": 12,
    "volontaires": 0,
    "salaries": 0,
    "adherents": 27,
    "adherents_hommes": 11,
    "adherents_femmes": 16,
}

ATTESTATIONS: dict[str, Any] = {
    "obligations": True,
    "engagement_republicain": True,
    "charte": True,
    "exactitude": True,
    "aides_publiques": "Aucune.",
    "lieu": "Villefranche-de-Lauragais",
    "signataire_nom": "Camille Exemple",
    "signataire_qualite": "Présidente",
}

REQUETE: dict[str, dict[str, Any]] = {
    fir.DEMANDE: DEMANDE,
    fir.CHIFFRAGE: CHIFFRAGE,
    fir.MOYENS: MOYENS,
    fir.ATTESTATIONS: ATTESTATIONS,
}

BUDGET_PROJET = {
    "62_honoraires": 9000,
    "62_deplacements": 1500,
    "64_remuneration": 8500,
    "64_sociales": 3000,
    "74_ars": 20000,
    "propres": 2000,
    "86_benevolat": 4000,
    "87_benevolat": 4000,
}

BUDGET_ASSOCIATION = {**BUDGET_PROJET, "61_assurance": 400, "75_cotisations": 400}
