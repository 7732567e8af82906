"""The actions of the invented projet de santé, and the short fiche of one deposited as a document."""

from typing import Any

Fiche = dict[str, Any]


def _indicateur(libelle: str, nature: str, unite: str, base: str, cible: str, **told: str) -> dict[str, Any]:
    return {
        "libelle": libelle,
        "nature": nature,
        "unite": unite,
        "base": base,
        "cible": cible,
        "echeance": "Fin de la deuxième année",
        "source": "compte_rendu",
        "usage": "suivi",
        **told,
    }


MEDECIN_TRAITANT: Fiche = {
    "intitule": "Trouver un médecin traitant",
    "mission": "acces_soins",
    "objectif": "Que chaque habitant en affection de longue durée qui cherche un médecin traitant en trouve un.",
    "action": "Les pharmacies, les infirmiers et les mairies signalent à la coordinatrice les personnes qui cherchent, "
    "avec leur accord.\nLe groupe classe les demandes par priorité.\nChaque médecin dit, chaque trimestre, combien de "
    "patients il peut encore prendre.",
    "pilote": "Le groupe « accès aux soins »",
    "partenaires": "Médecins généralistes, pharmacies, infirmiers, action sociale, Assurance Maladie.",
    "debut": "2028-04-03",
    "fin": None,
    "moyens_humains": "Quatre heures de coordination par semaine ; dix heures indemnisées par médecin et par an.",
    "moyens_materiels": "Une fiche de signalement, transmise par la messagerie sécurisée.",
    "budget": "9000",
    "indicateurs": [
        _indicateur(
            "Part des patients en ALD avec médecin traitant",
            "resultat",
            "%",
            "93",
            "97",
            source="export_am",
            usage="variable",
        ),
        _indicateur("Demandes qui ont trouvé un médecin traitant", "action", "demandes par an", "0", "250"),
    ],
}

SOINS_DU_JOUR: Fiche = {
    "intitule": "Répondre aux soins du jour",
    "mission": "acces_soins",
    "objectif": "Qu’une personne qui a besoin de soins dans la journée, sans urgence vitale, soit vue en 24 heures.",
    "action": "Chaque cabinet réserve deux créneaux par jour dans un agenda partagé.\nLes secrétariats et le service "
    "d’accès aux soins orientent vers ces créneaux.\nUn roulement tient deux cabinets ouverts le samedi.",
    "pilote": "Le groupe « accès aux soins »",
    "partenaires": "Médecins généralistes, infirmiers, pharmacies, maison de santé de la Halle.",
    "debut": "2028-05-02",
    "fin": None,
    "moyens_humains": "Une compensation par créneau resté libre ; trois heures de coordination par semaine.",
    "moyens_materiels": "Un agenda partagé.",
    "budget": "24000",
    "indicateurs": [
        _indicateur(
            "Passages aux urgences non suivis d’hospitalisation",
            "resultat",
            "pour 1 000 habitants",
            "182",
            "165",
            source="export_am",
            usage="variable",
        ),
        _indicateur("Créneaux du jour utilisés", "action", "%", "0", "80", source="logiciel"),
    ],
}

SORTIES: Fiche = {
    "intitule": "Préparer les sorties d’hôpital",
    "mission": "parcours",
    "objectif": "Qu’aucune personne âgée ne rentre chez elle sans que son infirmier et son médecin le sachent.",
    "action": "L’hôpital prévient deux jours avant la sortie.\nLe cabinet infirmier confirme la première visite.\n"
    "Le pharmacien vérifie l’ordonnance.\nLe groupe relit chaque trimestre ce qui n’a pas marché.",
    "pilote": "Le groupe « parcours »",
    "partenaires": "Centre hospitalier, infirmiers, médecins, pharmacies, EHPAD des Tilleuls.",
    "debut": "2028-09-04",
    "fin": None,
    "moyens_humains": "Une infirmière référente, trois heures par semaine.",
    "moyens_materiels": "Une fiche de sortie commune.",
    "budget": "14000",
    "indicateurs": [
        _indicateur("Sorties annoncées deux jours avant", "action", "%", "20", "75", usage="variable"),
        _indicateur("Patients satisfaits de leur retour à domicile", "resultat", "%", "61", "80", source="enquete"),
    ],
}

DEPISTAGE: Fiche = {
    "intitule": "Faire avancer le dépistage du cancer colorectal",
    "mission": "prevention",
    "objectif": "Que le territoire rejoigne la participation du département.",
    "action": "Chaque pharmacie propose le test.\nLes médecins et les infirmiers en parlent avec le même message.\n"
    "Deux rencontres par an dans les communes, avec les associations d’usagers.",
    "pilote": "Le groupe « prévention »",
    "partenaires": "Pharmacies, médecins, infirmiers, associations d’usagers, communes.",
    "debut": "2028-10-02",
    "fin": "2029-09-28",
    "moyens_humains": "Vingt heures de professionnels indemnisées par rencontre.",
    "moyens_materiels": "Affiches et tests fournis.",
    "budget": "12000",
    "indicateurs": [
        _indicateur(
            "Participation au dépistage organisé", "resultat", "%", "27.5", "33", source="export_am", usage="variable"
        ),
        _indicateur("Rencontres tenues", "action", "par an", "0", "2", source="emargement"),
    ],
}

CRISE: Fiche = {
    "intitule": "Savoir qui appeler en cas de crise",
    "mission": "crise_sanitaire",
    "objectif": "Qu’une cellule de professionnels soit réunie dans la journée.",
    "action": "Écrire un plan pour la canicule, l’inondation et l’épidémie.\nTenir la liste des professionnels "
    "mobilisables.\nFaire un exercice par an avec les communes et l’hôpital.",
    "pilote": "Le bureau",
    "partenaires": "Tous les professionnels, communes, centre hospitalier.",
    "debut": "2028-04-03",
    "fin": None,
    "moyens_humains": "Une journée d’exercice indemnisée par an.",
    "moyens_materiels": "Une liste d’alerte.",
    "budget": "5000",
    "indicateurs": [_indicateur("Exercices tenus", "action", "par an", "0", "1")],
}

ACCUEIL: Fiche = {
    "intitule": "Accueillir étudiants et nouveaux installés",
    "mission": "accompagnement_ps",
    "objectif": "Que les étudiants découvrent le territoire et que les nouveaux installés ne soient pas seuls.",
    "action": "Un livret, un parrain ou une marraine, deux soirées par an, une liste de logements pour les stagiaires.",
    "pilote": "La coordinatrice",
    "partenaires": "Maîtres de stage, intercommunalités.",
    "debut": "2028-09-04",
    "fin": None,
    "moyens_humains": "Deux heures de coordination par semaine.",
    "moyens_materiels": "Un livret.",
    "budget": "4000",
    "indicateurs": [_indicateur("Stagiaires accueillis", "action", "par an", "6", "12")],
}

FICHES: list[tuple[str, Fiche]] = [
    ("fiche-1", MEDECIN_TRAITANT),
    ("fiche-2", SOINS_DU_JOUR),
    ("fiche-3", SORTIES),
    ("fiche-4", DEPISTAGE),
    ("fiche-5", CRISE),
    ("fiche-6", ACCUEIL),
]

DOCUMENT: Fiche = {
    "titre": "Projet de santé de la CPTS des Coteaux",
    "objet": "Que chaque habitant en affection de longue durée ait un médecin traitant, qu’une demande de soins du "
    "jour trouve une réponse sur le territoire, qu’aucune sortie d’hôpital ne surprenne le domicile.",
    "territoire": "Quatre communes de la Haute-Garonne et leurs trois bassins de vie, où l’on se soigne déjà.",
    "mission_acces_soins": True,
    "mission_parcours": True,
    "mission_prevention": True,
    "mission_crise_sanitaire": True,
    "mission_qualite_pertinence": False,
    "mission_accompagnement_ps": True,
    "actions": "Accès aux soins : trouver un médecin traitant ; répondre aux soins du jour.\nParcours : préparer les "
    "sorties d’hôpital.\nPrévention : dépistage du cancer colorectal.\nCrise : plan et exercice annuel.\n"
    "Accompagnement : accueil des étudiants et des nouveaux installés.",
    "numerique": "non",
    "filiere": "non",
    "gouvernance": "Un conseil de seize membres de sept professions, un bureau de six, usagers et élus associés.",
    "modalites": "Un groupe d’au moins trois professions par action ; des protocoles communs relus chaque année ; "
    "l’information par la messagerie sécurisée.",
    "evaluation": "Au moins un indicateur par action, deux réunions de suivi par an, tenues par le bureau.",
    "budget_total": "125000",
    "contact_nom": "Dominique Modèle",
    "contact_courriel": "redaction@demo.example",
    "contact_telephone": "05 00 00 00 02",
}
