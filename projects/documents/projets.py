"""The papers of a projet de santé: the project, its acknowledgement, requests for pieces, decisions, attestation."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from accounts.selectors import organisations_for
from dossiers.documents import (
    article,
    joined,
    official_letter,
    party,
    pieces_bloc,
    remedies,
    section_blocs,
)
from dossiers.models import Decision, DemandePieces, Piece
from dossiers.selectors.delais import explanation
from dossiers.selectors.people import ars_desk
from dossiers.states import GenrePiece, NatureDecision
from guichet.kernel.civil import date_heure, date_longue
from guichet.kernel.journal import Origine
from projects.documents.motifs import ground_lines
from projects.models import EvenementProjet, ProjetSante, VersionProjet
from projects.questions.projet import projet_questions
from projects.reserves import Reserve
from projects.rubriques_projet import TERRITOIRE
from projects.selectors import missions_on
from projects.selectors.projets import ordered_sections, sheet_title, sheets_of
from projects.states import FormeProjet
from projects.territory_blocs import territory_blocs

Paper = dict[str, Any]
"""`modele`, `titre` and `contexte` of `create_document`."""
Bloc = dict[str, Any]

DES_SERVICES = (GenrePiece.COURRIER, GenrePiece.PREUVE)


# --- What is frozen -----------------------------------------------------------------------------------


def parts(projet: ProjetSante, *, jour: date, limit: int | None = None) -> list[dict[str, Any]]:
    """Each section and sheet in the words of the page: `cle`, `titre`, `blocs`; `limit` bounds the communes shown."""
    found = []
    missions = missions_on(jour)
    for rubrique, section in ordered_sections(projet):
        if projet.origine == Origine.PAPIER and rubrique.cle != TERRITOIRE:
            continue  # the scan stands for the answers; what the association was writing stays its own
        if rubrique.cle == TERRITOIRE:
            territoire = projet.territoire or projet.dossier.territoires.order_by("-numero").first()
            blocs = territory_blocs(territoire, limit=limit)
        else:
            blocs = section_blocs(projet_questions(rubrique.cle, jour=jour, missions=missions), section.contenu)
        found.append({"cle": rubrique.cle, "titre": rubrique.titre, "blocs": blocs})
    sheets = sheets_of(projet) if projet.origine != Origine.PAPIER else []
    asks = projet_questions(sheets[0].cle, jour=jour, missions=missions) if sheets else None  # the same for each
    for number, sheet in enumerate(sheets, 1):
        assert asks is not None
        blocs = section_blocs(asks, sheet.contenu)
        found.append({"cle": sheet.cle, "titre": f"Fiche-action {number}\u00a0: {sheet_title(sheet)}", "blocs": blocs})
    return found


def frozen(projet: ProjetSante, *, found: Sequence[Reserve], now: datetime) -> dict[str, Any]:
    """The content of a version: its parts, the réserves acknowledged, the pieces joined with their SHA-256."""
    pieces = pieces_deposited(projet)
    return {
        "forme": projet.forme,
        "document": projet.document.sha256 if projet.document else "",
        "parties": parts(projet, jour=timezone.localdate(now)),
        "reserves": [reserve.phrase for reserve in found],
        "pieces": [[f"{piece.get_genre_display()}\u00a0: {piece.nom}", piece.sha256] for piece in pieces],
    }


def pieces_deposited(projet: ProjetSante) -> list[Piece]:
    """What the association deposited: neither a file it only keeps for later, nor the desks' own mail and proofs."""
    return [piece for piece in joined(projet.dossier) if piece.figee_at and piece.genre not in DES_SERVICES]


# --- Deposit ------------------------------------------------------------------------------------------


def deposit_papers(
    projet: ProjetSante, version: VersionProjet, *, event: EvenementProjet, now: datetime
) -> Iterator[Paper]:
    """The project as deposited, then its acknowledgement of receipt."""
    yield _project(projet, version, now=now)
    yield receipt(projet, event=event, now=now)


def completion_papers(
    projet: ProjetSante, version: VersionProjet, *, event: EvenementProjet, now: datetime
) -> Iterator[Paper]:
    """The new version, and an acknowledgement with the new dates."""
    yield _project(projet, version, now=now)
    yield receipt(projet, event=event, now=now, complet=True)


def _project(projet: ProjetSante, version: VersionProjet, *, now: datetime) -> Paper:
    own = projet.forme == FormeProjet.DOCUMENT
    titre = "Fiche du projet de santé" if own else "Projet de santé"
    sections: list[dict[str, Any]] = [
        {"numero": str(number), "titre": part["titre"], "blocs": part["blocs"]}
        for number, part in enumerate(version.contenu["parties"], 1)
    ]
    if own and projet.document:
        line = [[projet.document.nom, projet.document.sha256]]
        sections.append({"titre": "Le document déposé", "blocs": [_table(["Fichier", "Empreinte SHA-256"], line)]})
    if reserves := version.contenu["reserves"]:
        note = "Réserves lues par le déposant. Elles n’empêchent pas le dépôt et ne suspendent pas le délai."
        sections.append(
            {
                "titre": "Réserves signalées au dépôt",
                "blocs": [{"genre": "texte", "paragraphes": [note]}, {"genre": "liste", "elements": reserves}],
            }
        )
    sections.append({"titre": "Les pièces jointes", "blocs": [pieces_bloc(pieces_deposited(projet))]})
    dossier = projet.dossier
    contexte = {
        "presentation": "lettre",
        "titre": titre,
        "sous_titre": dossier.nom,
        "reference": dossier.reference,
        "date": f"Déposé le {date_heure(now)} (heure de Paris), version {version.numero}",
        "emetteur": party(dossier.association),
        "destinataire": party(service_of(projet)),
        "reperes": [["Version", str(version.numero)], ["Empreinte du contenu", version.sha256[:16]]],
        "sections": sections,
        "mentions": [f"Empreinte SHA-256 du contenu déposé\u00a0: {version.sha256}"],
    }
    return {"modele": "projet", "titre": titre, "contexte": contexte}


def service_of(projet: ProjetSante) -> Organisation:
    """Who is in charge at the ARS: the délégation of the lead département, else the agency."""
    desk = ars_desk(projet.dossier)
    return desk[0] if desk else organisations_for(projet.dossier.region, "ars").get()


def receipt(projet: ProjetSante, *, event: EvenementProjet, now: datetime, complet: bool = False) -> Paper:
    """Accusé de réception électronique (CRPA R112-11-1): receipt and origin of the period, service, what silence means
    and from when, under the condition that the project is complete, the right to an attestation.
    """
    service = service_of(projet)
    delai = projet.delai
    facts = [
        ["Projet de santé", f"{projet.dossier.nom}, porté par {projet.dossier.association.nom}"],
        ["Déposé le", f"{date_heure(projet.depose_at)} (heure de Paris)" if projet.depose_at else ""],
        ["Reçu par l’ARS le", date_longue(delai.recu_le) if delai else "À constater par l’ARS"],
        ["Service en charge", service.nom],
        ["Adresse", ", ".join(service.adresse.splitlines()) or "Communiquée par le service"],
        ["Courriel", service.courriel or "Communiqué par le service"],
        ["Téléphone", service.telephone or "Communiqué par le service"],
    ]
    titre = "Accusé de réception du projet de santé"
    objet = "Réception des pièces de votre projet de santé" if complet else "Réception de votre projet de santé"
    jour = timezone.localdate(now)
    blocs: list[Bloc] = [{"genre": "definitions", "lignes": facts}, *_silence(projet)]
    mentions = [article("accuse_reception", on=jour), article("projet_silence", on=jour)]
    return letter(projet, "accuse_projet", titre, objet, blocs, jour=jour, mentions=mentions)


def _silence(projet: ProjetSante) -> list[Bloc]:
    delai = projet.delai
    if delai is None or delai.dernier_jour is None or delai.echeance_le is None:
        told = "Le délai de deux mois court à partir du jour où l’ARS a le projet. Il ne court pas encore."
        return [{"genre": "encadre", "titre": "Si l’ARS ne répond pas", "paragraphes": [told]}]
    return [
        {
            "genre": "encadre",
            "titre": "Si l’ARS ne répond pas",
            "paragraphes": [
                f"Le silence gardé jusqu’au {date_longue(delai.dernier_jour)} inclus vaut acceptation\u00a0: le projet "
                f"sera réputé validé à partir du {date_longue(delai.echeance_le)}, sous réserve que la demande soit "
                "complète (CSP, art. L1434-12).",
                "S’il manque une pièce exigée par un texte, l’ARS vous le dit et fixe une date\u00a0: le délai ne "
                "court alors qu’à partir de son arrivée (CRPA, art. L114-5).",
                "Une attestation de la validation tacite vous sera délivrée (CRPA, art. L232-3)\u00a0: le portail "
                "l’établit de lui-même.",
            ],
        },
        {"genre": "liste", "titre": "Comment ce délai est calculé", "elements": explanation(delai)},
    ]


# --- Pieces -------------------------------------------------------------------------------------------


def pieces_asked(projet: ProjetSante, asked: DemandePieces, *, now: datetime) -> Paper:
    """Each piece, whether a text requires it and which, the limit, the effect on the clock."""
    items = list(asked.items.order_by("ordre"))
    rows = [
        [
            item.intitule,
            f"Exigée par un texte\u00a0: {item.fondement}"
            if item.requise_par_un_texte
            else "Utile\u00a0: aucun texte ne l’exige",
            date_longue(item.limite_le) if item.limite_le else "—",
        ]
        for item in items
    ]
    blocs: list[Bloc] = [
        {"genre": "texte", "paragraphes": ["Pour examiner votre projet de santé, l’ARS vous demande\u00a0:"]},
        _table(["Pièce", "Pourquoi", "Au plus tard le"], rows, titre="Pièces demandées"),
    ]
    if details := [[item.intitule, item.precision] for item in items if item.precision]:
        blocs.append({"genre": "definitions", "titre": "Précisions", "lignes": details})
    blocs.append({"genre": "encadre", "titre": "L’effet sur le délai", "paragraphes": effect_on_clock(projet)})
    contest = [
        "Si, selon vous, aucun texte n’exige une de ces pièces, dites-le depuis la page du projet\u00a0: les deux "
        "dates y seront affichées."
    ]
    if any(item.requise_par_un_texte for item in items):
        blocs.append({"genre": "texte", "paragraphes": contest})
    mentions = [article("pieces_acceptation", on=asked.demandee_le)]
    objet = "Pièces demandées sur votre projet de santé"
    return letter(projet, "pieces_projet", "Demande de pièces", objet, blocs, jour=asked.demandee_le, mentions=mentions)


def effect_on_clock(projet: ProjetSante) -> list[str]:
    """What the request does to the period, in the same words for both sides."""
    if projet.delai is None:
        return ["Aucun délai ne court encore sur ce projet."]
    lines = explanation(projet.delai)
    words = ("pièce", "dernier jour", "délai de deux mois")
    return [line for line in lines if any(word in line.lower() for word in words)] or lines


# --- Decisions ----------------------------------------------------------------------------------------


RESULTATS = {
    NatureDecision.VALIDATION_PROJET: "Le projet de santé est validé",
    NatureDecision.OPPOSITION_PROJET: "L’ARS s’oppose au projet de santé",
    NatureDecision.RETRAIT_PROJET: "La validation du projet de santé est retirée",
    NatureDecision.RAPPORT_PROJET: "L’opposition est rapportée\u00a0: le projet de santé est validé",
}
ARTICLES = {
    NatureDecision.OPPOSITION_PROJET: ("projet_sante", "motivation"),
    NatureDecision.RETRAIT_PROJET: ("retrait_illegalite", "motivation"),
}


def decision(projet: ProjetSante, taken: Decision, *, now: datetime) -> Paper:
    """What is decided, on which ground, why, by whom and in virtue of what; remedies where it is contested."""
    nature = NatureDecision(taken.nature)
    lines = [
        ["CPTS", f"{projet.dossier.nom}, portée par {projet.dossier.association.nom}"],
        ["Projet déposé le", date_heure(projet.depose_at) if projet.depose_at else ""],
        ["Décision", RESULTATS[nature]],
        ["Prise en vertu de", taken.acte],
        *ground_lines(taken.donnees),
    ]
    blocs: list[Bloc] = [{"genre": "definitions", "lignes": lines}]
    if taken.motivation:
        titre = "Observations" if nature == NatureDecision.VALIDATION_PROJET else "Motifs"
        blocs.append({"genre": "texte", "titre": titre, "paragraphes": _lines(taken.motivation)})
    blocs += _after(nature, taken)
    if found := remedies(on=taken.signee_le):
        blocs.append({"genre": "liste", "titre": "Voies et délais de recours", "elements": found})
    return letter(
        projet,
        "decision_projet",
        "Décision sur le projet de santé",
        "Décision sur votre projet de santé",
        blocs,
        jour=taken.signee_le,
        signature={
            "nom": taken.signataire,
            "qualite": taken.qualite,
            "mention": f"Signé le {date_longue(taken.signee_le)}",
        },
        mentions=[article(cle, on=taken.signee_le) for cle in ARTICLES.get(nature, ("projet_sante",))],
    )


def _after(nature: NatureDecision, taken: Decision) -> list[Bloc]:
    """What follows, in a sentence or two."""
    if nature == NatureDecision.OPPOSITION_PROJET:
        told = ["Vous pouvez former un recours, ou déposer un nouveau projet qui reprend ce que vous aviez écrit."]
    elif nature == NatureDecision.RETRAIT_PROJET:
        told = ["Le projet n’est plus validé. Un nouveau projet peut reprendre ce que vous aviez écrit."]
    else:
        told = ["La communauté peut maintenant préparer son contrat avec l’ARS et l’Assurance Maladie."]
        if taken.consolidation_le:
            told.append(
                "Cette décision crée des droits\u00a0: elle ne peut être retirée que si elle est illégale, et jusqu’au "
                f"{date_longue(taken.consolidation_le)} (CRPA, art. L242-1)."
            )
    return [{"genre": "encadre", "titre": "Et maintenant\u00a0?", "paragraphes": told}]


def _table(entetes: list[str], lignes: list[list[str]], *, titre: str = "") -> Bloc:
    return {
        "genre": "tableau",
        **({"titre": titre} if titre else {}),
        "entetes": entetes,
        "lignes": lignes,
        "numeriques": [],
    }


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def letter(
    projet: ProjetSante,
    modele: str,
    titre: str,
    objet: str,
    blocs: list[Bloc],
    *,
    jour: date,
    signature: dict[str, Any] | None = None,
    mentions: Sequence[str] = (),
    service: Organisation | None = None,
) -> Paper:
    contexte = official_letter(
        dossier=projet.dossier,
        titre=titre,
        objet=objet,
        emetteur=service or service_of(projet),
        destinataire=projet.dossier.association,
        jour=jour,
        blocs=blocs,
        signature=signature,
        mentions=mentions,
    )
    return {"modele": modele, "titre": titre, "contexte": contexte}


__all__ = [
    "completion_papers",
    "decision",
    "deposit_papers",
    "effect_on_clock",
    "frozen",
    "letter",
    "parts",
    "pieces_asked",
    "receipt",
    "service_of",
]
