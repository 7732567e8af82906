"""Minutes of a session of the Guichet: one paper a file, that tells nothing of the others."""

from datetime import datetime
from typing import Any

from accounts.acteur import Acteur
from accounts.models import Organisation
from accounts.selectors import organisations_for
from accounts.states import Genre
from dossiers.documents import article, official_letter
from guichet.kernel.civil import civil_day, date_longue
from projects.models import Avis, PointSeance, Seance
from projects.states import EtatAvis, SensAvis

Paper = dict[str, Any]


def minutes(seance: Seance, point: PointSeance, *, by: Acteur, now: datetime) -> Paper:
    """Who was there, what was said of the file, the opinions given in the session, the déports."""
    lettre = point.consultation.lettre
    guichet = organisations_for(seance.region, Genre.GUICHET).get()
    names = named_bodies(seance)
    answers = list(
        Avis.objects.filter(consultation=point.consultation_id)
        .select_related("organisation")
        .order_by("organisation__nom", "pk")
    )
    here = [avis for avis in answers if avis.seance_id == seance.pk and avis.etat == EtatAvis.RENDU]
    blocs: list[dict[str, Any]] = [
        {
            "genre": "definitions",
            "lignes": [
                ["Séance du", date_longue(seance.tenue_le)],
                *([["Lieu", seance.lieu]] if seance.lieu else []),
                ["Dossier", f"{lettre.dossier.nom}, porté par {lettre.dossier.association.nom}"],
                ["Point", f"n° {point.ordre} de l’ordre du jour"],
            ],
        },
        _present_bloc(seance, names),
        {"genre": "texte", "titre": "Ce qui a été dit", "paragraphes": _lines(point.releve) or ["Sans observation."]},
        _opinions_bloc(here),
    ]
    if aside := _aside(seance, point, answers, names):
        blocs.append({"genre": "liste", "titre": "Déports", "elements": aside})
    contexte = official_letter(
        dossier=lettre.dossier,
        titre="Compte rendu de séance",
        objet=f"Séance du Guichet du {date_longue(seance.tenue_le)}",
        emetteur=guichet,
        destinataire=guichet,
        jour=civil_day(now),
        blocs=blocs,
        signature={"nom": str(by.user), "qualite": by.qualite},
        mentions=[article("avis_consultatif", on=seance.tenue_le)],
    )
    contexte["destinataire"] = None
    return {"modele": "compte_rendu_seance", "titre": "Compte rendu de séance", "contexte": contexte}


def named_bodies(seance: Seance) -> dict[str, str]:
    """The names of the bodies of those present, by code. One query."""
    codes = {row.get("organisation", "") for row in seance.presents}
    return dict(Organisation.objects.filter(code__in=codes).order_by("code").values_list("code", "nom"))


def _present_bloc(seance: Seance, names: dict[str, str]) -> dict[str, Any]:
    rows: list[list[str]] = []
    for present in seance.presents:
        row = [
            present.get("nom") or "—",
            names.get(present.get("organisation", ""), "—"),
            present.get("qualite") or "—",
        ]
        if row not in rows:
            rows.append(row)
    return {
        "genre": "tableau",
        "titre": "Présents",
        "entetes": ["Nom", "Organisme", "Qualité"],
        "lignes": rows,
        "numeriques": [],
    }


def _opinions_bloc(given: list[Avis]) -> dict[str, Any]:
    if not given:
        return {"genre": "texte", "titre": "Avis donnés en séance", "paragraphes": ["Aucun."]}
    return {
        "genre": "tableau",
        "titre": "Avis donnés en séance",
        "entetes": ["Organisme", "Avis", "Commentaire"],
        "lignes": [[avis.organisation.nom, SensAvis(avis.sens).label, avis.commentaire or "—"] for avis in given],
        "numeriques": [],
        "largeurs": [35, 25, 40],
    }


def _aside(seance: Seance, point: PointSeance, answers: list[Avis], names: dict[str, str]) -> list[str]:
    """Who left the room for this file, and the bodies that declared a tie."""
    told = [
        f"{present.get('nom') or 'Une personne'}, {names.get(present.get('organisation', ''), 'sans organisme')}, "
        "ne prend pas part à ce point."
        for present in seance.presents
        if present.get("deport") == str(point.pk)
    ]
    return told + [f"{avis.organisation.nom} s’est déportée." for avis in answers if avis.etat == EtatAvis.DEPORT]


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]
