"""The papers of a letter after its deposit: what is missing, the opinion of the Guichet, the slip, the decision."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Organisation
from accounts.selectors import organisations_for
from accounts.states import Genre
from dossiers.documents import article, digest, official_letter, remedies
from dossiers.models import Decision, DemandePieces, Document
from dossiers.selectors.people import ars_desk, bodies
from dossiers.selectors.reglages import valeur
from dossiers.states import AudienceDocument, NatureDecision
from guichet.kernel.civil import civil_day, date_heure, date_longue
from projects.models import Consultation, EvenementLettre, LettreIntention
from projects.states import EtatAvis, SensAvis

Paper = dict[str, Any]
"""`modele`, `titre`, `contexte` and, if need be, `audience` of `create_document`."""


def _guichet(lettre: LettreIntention) -> Organisation:
    return organisations_for(lettre.dossier.region, Genre.GUICHET).get()


def _ars(lettre: LettreIntention) -> Organisation:
    """The délégation of the lead département, else the agency."""
    return (ars_desk(lettre.dossier) or bodies(lettre.dossier, [Genre.ARS]))[0]


def pieces_asked(lettre: LettreIntention, asked: DemandePieces, *, reopened: bool, by: Acteur) -> Paper:
    """Each thing asked, what it is about, the date wished; the effect on the period of the request."""
    items = list(asked.items.order_by("ordre"))
    rows = [
        [
            item.intitule,
            "La demande de subvention" if item.concerne == "demande" else "La lettre d’intention",
            date_longue(item.limite_le) if item.limite_le else "Dès que possible",
        ]
        for item in items
    ]
    effect = (
        "La demande de subvention est rouverte avec la lettre\u00a0: le délai de deux mois s’arrête, un nouveau "
        "commencera à votre prochain dépôt."
        if reopened
        else "Cette demande n’a pas d’effet sur le délai de la demande de subvention."
    )
    blocs: list[dict[str, Any]] = [
        {
            "genre": "texte",
            "paragraphes": [
                "Le Guichet a lu votre lettre d’intention. Avant de recueillir l’avis des URPS, il a besoin des "
                "précisions suivantes. Répondez point par point dans le portail, corrigez la lettre si besoin, puis "
                "déposez-la à nouveau."
            ],
        },
        {
            "genre": "tableau",
            "titre": "Ce qui est demandé",
            "entetes": ["Point", "À propos de", "Pour le"],
            "lignes": rows,
            "numeriques": [],
        },
    ]
    if details := [[item.intitule, item.precision] for item in items if item.precision]:
        blocs.append({"genre": "definitions", "titre": "Précisions", "lignes": details})
    wished = "Les dates sont souhaitées\u00a0: aucun texte n’exige ces précisions."
    blocs.append({"genre": "encadre", "titre": "L’effet sur les délais", "paragraphes": [wished, effect]})
    contexte = official_letter(
        dossier=lettre.dossier,
        titre="Demande de précisions",
        objet="Précisions demandées sur votre lettre d’intention",
        emetteur=_guichet(lettre),
        destinataire=lettre.dossier.association,
        jour=asked.demandee_le,
        blocs=blocs,
        signature=_signed(by),
    )
    return {"modele": "precisions", "titre": "Demande de précisions", "contexte": contexte}


def synthesis(lettre: LettreIntention, consultation: Consultation, *, by: Acteur, now: datetime) -> Paper:
    """Avis du Guichet: the criteria, how many were asked and answered, the sense; never who said what."""
    jour = timezone.localdate(now)
    criteres = valeur("avis_criteres", on=jour, defaut=[])
    rows = [[c["libelle"], consultation.synthese.get(c["code"], "Sans observation")] for c in criteres]
    blocs: list[dict[str, Any]] = [
        {
            "genre": "definitions",
            "lignes": [
                ["CPTS", f"{lettre.dossier.nom}, portée par {lettre.dossier.association.nom}"],
                ["Lettre déposée le", date_heure(lettre.deposee_at) if lettre.deposee_at else ""],
                ["Avis du Guichet", SensAvis(consultation.sens).label],
            ],
        },
        {"genre": "liste", "titre": "La consultation", "elements": _participation(consultation)},
        {"genre": "definitions", "titre": "Les quatre critères", "lignes": rows},
        {"genre": "encadre", "titre": "Conclusion", "paragraphes": _lines(consultation.synthese["conclusion"])},
    ]
    contexte = official_letter(
        dossier=lettre.dossier,
        titre="Avis du Guichet",
        objet="Avis sur la lettre d’intention",
        emetteur=_guichet(lettre),
        destinataire=_ars(lettre),
        jour=jour,
        blocs=blocs,
        signature=_signed(by),
        mentions=[article("avis_consultatif", on=jour)],
    )
    return {"modele": "avis_guichet", "titre": "Avis du Guichet", "contexte": contexte}


def _participation(consultation: Consultation) -> list[str]:
    """Who was asked, in numbers: the names of the bodies asked, never their answers."""
    rows = list(consultation.avis.select_related("organisation").order_by("organisation__nom"))
    urps = [avis for avis in rows if avis.organisation.genre == Genre.URPS]
    given = sum(avis.etat == EtatAvis.RENDU for avis in rows)
    abstained = sum(avis.etat == EtatAvis.ABSTENTION for avis in rows)
    aside = sum(avis.etat == EtatAvis.DEPORT for avis in rows)
    others = [avis.organisation.nom for avis in rows if avis.organisation.genre != Genre.URPS]
    lines = [
        f"Ouverte le {date_longue(civil_day(consultation.ouverte_at))}, réponses attendues pour le "
        f"{date_longue(consultation.limite_le)}.",
        f"Organismes consultés\u00a0: {len(rows)}, dont {len(urps)} URPS.",
        f"Avis rendus\u00a0: {given}. Abstentions\u00a0: {abstained}. Déports\u00a0: {aside}. "
        f"Sans réponse\u00a0: {len(rows) - given - abstained - aside}.",
    ]
    if others:
        lines.append(f"Aussi consultés\u00a0: {', '.join(others)}.")
    return lines


def slip(lettre: LettreIntention, *, event: EvenementLettre, by: Acteur, without_opinion: bool, now: datetime) -> Paper:
    """Bordereau de transmission: each paper and piece with its SHA-256, the instant, sender and addressee."""
    dossier = lettre.dossier
    sent = Document.objects.filter(dossier=dossier).exclude(audience=AudienceDocument.GUICHET)
    documents = list(sent.order_by("created_at", "pk"))
    undrawn = any(not document.sha256 for document in documents)
    pieces = [
        [f"{piece.get_genre_display()}\u00a0: {piece.nom}", piece.sha256]
        for piece in dossier.pieces.filter(figee_at__isnull=False).order_by("genre", "nom", "pk")
    ]
    sender = dossier.association if by.genre == Genre.ASSOCIATION else _guichet(lettre)
    note = "Transmise sans avis du Guichet." if without_opinion else "L’avis du Guichet est joint."
    demande = lettre.demande if not lettre.sans_demande else None
    blocs: list[dict[str, Any]] = [
        {
            "genre": "definitions",
            "lignes": [
                ["Transmise le", f"{date_heure(now)} (heure de Paris)"],
                ["Par", f"{by.user}, {by.qualite}"],
                ["À", _ars(lettre).nom],
                ["Avis du Guichet", note],
                ["Demande de subvention", "Transmise avec la lettre" if demande else "Aucune"],
            ],
        },
        {
            "genre": "tableau",
            "titre": "Ce qui est transmis",
            "entetes": ["Document", "Empreinte SHA-256"],
            "lignes": [*map(_paper_line, documents), *pieces],
            "numeriques": [],
            "largeurs": [45, 55],
        },
    ]
    contexte = official_letter(
        dossier=dossier,
        titre="Bordereau de transmission",
        objet="Transmission d’une lettre d’intention",
        emetteur=sender,
        destinataire=_ars(lettre),
        jour=timezone.localdate(now),
        blocs=blocs,
        signature=_signed(by),
        mentions=[CONTENU if undrawn else "", article(event.fondement, on=timezone.localdate(now))],
    )
    return {"modele": "bordereau", "titre": "Bordereau de transmission", "contexte": contexte}


CONTENU = "Contenu\u00a0: le fichier n’est pas encore établi, l’empreinte est celle du texte figé dont il est tiré."


def _paper_line(document: Document) -> list[str]:
    """A paper and its SHA-256; of one not drawn yet, that of the frozen context it is drawn from."""
    name = f"{document.titre} (n°\u00a0{document.code_court})"
    if document.sha256:
        return [name, document.sha256]
    return [f"{name} – contenu", digest(document.contexte)]


def _signed(by: Acteur) -> dict[str, str]:
    """Who signs, in which capacity."""
    return {"nom": str(by.user), "qualite": by.qualite}


def decision(lettre: LettreIntention, taken: Decision, *, now: datetime) -> Paper:
    """What the ARS decides on the letter, why, by whom and in virtue of what, how to contest it."""
    validated = taken.nature == NatureDecision.VALIDATION_LETTRE
    lines = [
        ["CPTS", f"{lettre.dossier.nom}, portée par {lettre.dossier.association.nom}"],
        ["Décision", "La lettre d’intention est validée" if validated else "La lettre d’intention est refusée"],
        ["Prise en vertu de", taken.acte],
    ]
    if comite := taken.donnees.get("comite_le"):
        lines.append(["Après le comité du", date_longue(datetime.fromisoformat(comite).date())])
    blocs: list[dict[str, Any]] = [{"genre": "definitions", "lignes": lines}]
    if taken.motivation:
        blocs.append(
            {
                "genre": "texte",
                "titre": "Observations" if validated else "Motifs",
                "paragraphes": _lines(taken.motivation),
            }
        )
    if validated:
        suite = "Vous pouvez maintenant écrire le projet de santé de la communauté."
        blocs.append({"genre": "encadre", "titre": "Et maintenant\u00a0?", "paragraphes": [suite]})
    if found := remedies(on=taken.signee_le):
        blocs.append({"genre": "liste", "titre": "Voies et délais de recours", "elements": found})
    contexte = official_letter(
        dossier=lettre.dossier,
        titre="Décision sur la lettre d’intention",
        objet="Décision sur votre lettre d’intention",
        emetteur=_ars(lettre),
        destinataire=lettre.dossier.association,
        jour=taken.signee_le,
        blocs=blocs,
        signature={
            "nom": taken.signataire,
            "qualite": taken.qualite,
            "mention": f"Signé le {date_longue(taken.signee_le)}",
        },
        mentions=[article("validation_lettre" if validated else "motivation", on=taken.signee_le)],
    )
    return {"modele": "decision_lettre", "titre": "Décision sur la lettre d’intention", "contexte": contexte}


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]
