"""What the letter of intent already says of the projet de santé: carried over, never typed twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from projects import rubriques_projet as projet
from projects import sections as lettre
from projects.models import Mission
from projects.questions import association, contenu
from projects.questions.projet.acteurs import ETABLISSEMENT, MEDICO_SOCIAL
from projects.questions.projet.diagnostic import LONG_PROJET
from projects.questions.projet.identite import ASSOCIATION, EN_CREATION
from projects.questions.projet.missions import RETENUE

SOURCE = "la lettre d’intention"

Contenu = Mapping[str, Any]

IDENTITE = (
    *("nom_cpts", "nom", "sigle", "rna", "siret", "adresse", "code_postal", "ville"),
    *("courriel", "telephone", "site"),
)
PERSONNES = (
    *("representant_nom", "representant_fonction", "representant_courriel", "representant_telephone"),
    *("referent_nom", "referent_courriel", "referent_telephone"),
)
BESOINS = (
    *("population", "acces_medecin", "soins_non_programmes", "parcours", "prevention"),
    *("offre", "sources", "priorites"),
)
FORMES = {association.EXISTANTE: ASSOCIATION, association.EN_CREATION: EN_CREATION}
LIBELLES = {name: str(field.label) for name, field in contenu.FinancementForm.base_fields.items()}


def prefill(answers: Mapping[str, Contenu], *, missions: Sequence[Mission] = ()) -> dict[str, dict[str, Any]]:
    """Answers of the project's sections and of its first actions, from those of the letter: key to field to value.

    Only what the letter fills is given; a section of which it says nothing is absent. One action per mission with a
    text in the letter, in the order of `missions` (those of the day) and named after them; a mission that is no longer
    in force leaves its text to an action without mission. Neither the bank account nor the day on which people were
    informed is carried: the first has no use here, the second is asked again.
    """
    found = {
        projet.IDENTITE: _identite(answers),
        projet.DIAGNOSTIC: _diagnostic(answers),
        projet.GOUVERNANCE: _take(
            answers.get(lettre.ORGANISATION, {}),
            {"instances": "gouvernance", "coordination": "coordination", "groupes_travail": "groupes"},
        ),
        projet.PARTENAIRES: _partenaires(answers.get(lettre.MOBILISATION, {})),
        projet.MISSIONS: _missions(answers, missions),
        projet.SYSTEME_INFORMATION: _take(
            answers.get(lettre.ORGANISATION, {}), {"commentaire": "logiciels", "messagerie": "messagerie"}
        ),
        projet.USAGERS: _take(answers.get(lettre.MOBILISATION, {}), {"usagers": "usagers", "elus": "elus"}),
        projet.BUDGET: _budget(answers.get(lettre.FINANCEMENT, {})),
        **_fiches(answers.get(lettre.PROJET, {}), missions),
    }
    return {cle: values for cle, values in found.items() if values}


def _take(source: Contenu, names: Mapping[str, str]) -> dict[str, Any]:
    """The filled answers of `source`, each under its name in the project."""
    return {name: source[old] for name, old in names.items() if source.get(old)}


def _identite(answers: Mapping[str, Contenu]) -> dict[str, Any]:
    told = answers.get(lettre.ASSOCIATION, {})
    forme = FORMES.get(told.get("statut", ""))
    people = answers.get(lettre.PERSONNES, {})
    return {
        **_take(told, {name: name for name in IDENTITE}),
        **({"forme": forme} if forme else {}),
        **_take(people, {name: name for name in PERSONNES} | {"signataires": "personnes"}),
    }


def _diagnostic(answers: Mapping[str, Contenu]) -> dict[str, Any]:
    return {
        **_take(answers.get(lettre.BESOINS, {}), {name: name for name in BESOINS}),
        **_take(answers.get(lettre.ACCES, {}), {"lieux": "lieux", "acces_commentaire": "commentaire"}),
    }


def _partenaires(told: Contenu) -> dict[str, Any]:
    rows = [
        *(_partenaire(row, ETABLISSEMENT) for row in told.get("etablissements") or []),
        *(_partenaire(row, MEDICO_SOCIAL) for row in told.get("medico_social") or []),
        *(_partenaire(row, row.get("genre") or "") for row in told.get("structures") or []),
    ]
    names = {name: name for name in ("professionnels", "information", "voisines")}
    return {**_take(told, names), **({"partenaires": rows} if rows else {})}


def _partenaire(row: Contenu, genre: str) -> dict[str, Any]:
    """A structure of the letter as a partner. How firm the link is, the letter does not say."""
    return {
        "nom": row.get("nom") or "",
        "genre": genre,
        "commune": row.get("commune") or "",
        "objet": row.get("lien") or "",
        "forme": "",
        "etat": "",
    }


def _missions(answers: Mapping[str, Contenu], missions: Sequence[Mission]) -> dict[str, Any]:
    told = answers.get(lettre.PROJET, {})
    in_force = {mission.code for mission in missions}
    kept = [code for code in _codes(told, missions) if code in in_force or not missions]
    return {
        **{f"mission_{code}": RETENUE for code in kept},
        **_take(told, {"autres": "autres"}),
        **_take(answers.get(lettre.CALENDRIER, {}), {"etapes": "etapes"}),
    }


def _budget(told: Contenu) -> dict[str, Any]:
    texts = [f"{LIBELLES[name]}\u00a0: {told[name]}" for name in ("estimation", "autres_financeurs") if told.get(name)]
    return {"commentaire": "\n\n".join(texts)[:LONG_PROJET]} if texts else {}


def _fiches(told: Contenu, missions: Sequence[Mission]) -> dict[str, dict[str, Any]]:
    names = {mission.code: mission.nom for mission in missions}
    fiches = {}
    for number, code in enumerate(_codes(told, missions), 1):
        known = code in names or not missions
        fiches[f"{projet.FICHE_PREFIX}{number}"] = {
            **({"intitule": names[code]} if code in names else {}),
            "mission": code if known else "",
            "action": told[f"{MISSION}{code}"],
        }
    return fiches


MISSION = "mission_"


def _codes(told: Contenu, missions: Sequence[Mission]) -> list[str]:
    """The missions of which the letter says something, those of the day first, in their order."""
    order = [mission.code for mission in missions]
    codes = sorted(name.removeprefix(MISSION) for name, text in told.items() if name.startswith(MISSION) and text)
    return sorted(codes, key=lambda code: order.index(code) if code in order else len(order))
