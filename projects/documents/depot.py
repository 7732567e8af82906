"""The papers of a deposit: the letter, the request, their registration receipts, as frozen contexts of text."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.acteur import Acteur
from accounts.selectors import organisations_for
from dossiers.documents import digest, joined, party, pieces_bloc, section_blocs
from dossiers.models import Piece
from dossiers.selectors.reglages import fondement
from dossiers.states import AudienceDocument
from funding.documents.cerfa import cerfa_context
from funding.models import EvenementFir
from guichet.kernel.civil import date_heure, date_longue
from guichet.kernel.identifiers import masque_iban
from projects.models import EvenementLettre, LettreIntention
from projects.questions import letter_questions
from projects.sections import ASSOCIATION, TERRITOIRE
from projects.selectors import ordered_sections
from projects.territory_blocs import territory_blocs, territory_summary

Paper = dict[str, Any]


def deposit_papers(
    lettre: LettreIntention,
    *,
    event: EvenementLettre,
    demande_event: EvenementFir | None,
    by: Acteur,
    now: datetime,
) -> Iterator[Paper]:
    """Arguments of `create_document` for each paper of this deposit."""
    letter = letter_context(lettre, now=now)
    pieces = [[f"{piece.get_genre_display()}\u00a0: {piece.nom}", piece.sha256] for piece in joined(lettre.dossier)]
    receipt = receipt_context(
        lettre,
        what="lettre d’intention",
        rows=[["Lettre d’intention", digest(letter)], *pieces],
        suite=LETTRE_SUITE,
        by=by,
        now=now,
    )
    yield _paper(event, "lettre", "Lettre d’intention", letter)
    yield _paper(event, "accuse_lettre", "Accusé d’enregistrement de la lettre", receipt)
    if demande_event and lettre.demande and lettre.territoire:
        answers = {section.cle: section.contenu for section in lettre.sections.all()}
        answers["territoire"] = territory_summary(lettre.territoire)
        cerfa = cerfa_context(lettre.demande, lettre_contexte=answers, event=demande_event)
        receipt = receipt_context(
            lettre,
            what="demande de subvention",
            rows=[["Demande de subvention (FIR)", digest(cerfa)]],
            suite=DEMANDE_SUITE,
            by=by,
            now=now,
        )
        yield _paper(demande_event, "demande", "Demande de subvention", cerfa)
        yield _paper(demande_event, "accuse_demande", "Accusé d’enregistrement de la demande", receipt)


def _paper(event: EvenementLettre | EvenementFir, modele: str, titre: str, contexte: dict[str, Any]) -> Paper:
    audience = AudienceDocument.DEPOT if modele == "lettre" else AudienceDocument.PARTIES
    return {"evenement": event.pk, "modele": modele, "titre": titre, "contexte": contexte, "audience": audience}


def letter_context(lettre: LettreIntention, *, now: datetime, pieces: list[Piece] | None = None) -> dict[str, Any]:
    """The whole letter: every section in the order of the form, then the list of pieces. The IBAN is masked.

    `now` is when it was deposited; `pieces` are those of the deposit, by default all that the file holds.
    """
    dossier = lettre.dossier
    jour = timezone.localdate(now)
    sections = []
    for number, (rubrique, section) in enumerate(ordered_sections(lettre), 1):
        if rubrique.cle == TERRITOIRE:
            blocs = territory_blocs(lettre.territoire)
        else:
            blocs = section_blocs(
                letter_questions(rubrique.cle, jour=jour), safe_answers(rubrique.cle, section.contenu)
            )
        sections.append({"numero": str(number), "titre": rubrique.titre, "blocs": blocs})
    shown = joined(dossier) if pieces is None else pieces
    sections.append({"numero": str(len(sections) + 1), "titre": "Les pièces jointes", "blocs": [pieces_bloc(shown)]})
    guichet = organisations_for(dossier.region, "guichet").get()
    return {
        "presentation": "formulaire",
        "titre": "Lettre d’intention",
        "sous_titre": f"Communauté professionnelle territoriale de santé · {dossier.nom}",
        "reference": dossier.reference,
        "date": "",
        "emetteur": {"nom": dossier.association.nom, "lignes": dossier.association.adresse.splitlines()},
        "destinataire": party(guichet),
        "reperes": [
            ["Déposée le", date_heure(now)],
            ["Département pilote", str(dossier.departement_pilote)],
        ],
        "sections": sections,
        "mentions": ["Cette lettre ne contient aucune donnée de patient."],
    }


LETTRE_SUITE = (
    "Le Guichet vérifie votre lettre et recueille l’avis des URPS avant de la transmettre à l’ARS. "
    "Vous n’avez rien d’autre à faire pour l’instant."
)
DEMANDE_SUITE = (
    "La demande est transmise à l’ARS avec la lettre d’intention. Un accusé de réception vous est alors adressé\u00a0: "
    "il dira la date à laquelle le silence de l’ARS vaudrait rejet."
)


def receipt_context(
    lettre: LettreIntention, *, what: str, rows: list[list[str]], suite: str, by: Acteur, now: datetime
) -> dict[str, Any]:
    """Registration receipt (accusé d’enregistrement, CRPA R112-11-2): date, hour, what, SHA-256.

    `what` names the thing deposited in a sentence, `rows` are [element, SHA-256], `suite` says what comes next.
    """
    dossier = lettre.dossier
    jour = timezone.localdate(now)
    basis = fondement("accuse_enregistrement", on=jour)
    sentences = [
        f"Votre {what} pour la CPTS «\u00a0{dossier.nom}\u00a0» a été enregistrée le {date_heure(now)} "
        f"(heure de Paris) sous la référence {dossier.reference}.",
        f"Elle a été déposée par {by.user} ({by.qualite}).",
    ]
    blocs = [
        {"genre": "texte", "paragraphes": sentences},
        {
            "genre": "tableau",
            "titre": "Ce qui a été déposé",
            "entetes": ["Élément", "Empreinte SHA-256 du contenu"],
            "lignes": rows,
            "numeriques": [],
        },
        {"genre": "encadre", "titre": "Et maintenant\u00a0?", "paragraphes": [suite]},
    ]
    return {
        "presentation": "courrier",
        "titre": "Accusé d’enregistrement",
        "objet": f"Enregistrement de votre {what}",
        "reference": dossier.reference,
        "lieu": "",
        "date": date_longue(jour),
        "emetteur": party(organisations_for(dossier.region, "guichet").get()),
        "destinataire": {"nom": dossier.association.nom, "lignes": dossier.association.adresse.splitlines()},
        "sections": [{"blocs": blocs}],
        "mentions": [basis.article] if basis else [],
    }


def safe_answers(cle: str, contenu: dict[str, Any]) -> dict[str, Any]:
    """The answers with the bank account masked: a page and a paper never show it whole."""
    if cle == ASSOCIATION and contenu.get("iban"):
        return {**contenu, "iban": masque_iban(contenu["iban"])}
    return contenu
