"""The papers of an instruction: acknowledgement of receipt, request for pieces, decision, reasons of a silence."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.acteur import Acteur
from accounts.models import Organisation
from accounts.states import Genre
from dossiers.documents import article, official_letter, remedies
from dossiers.models import Decision, DemandePieces
from dossiers.selectors.delais import explanation
from dossiers.selectors.people import ars_desk
from dossiers.states import AudienceDocument, NatureDecision, Visibilite
from funding.models import DemandeFir
from funding.states import EtatDemandeFir, Regime
from guichet.kernel.civil import date_heure, date_longue
from guichet.kernel.money import euros

Paper = dict[str, Any]
"""`modele`, `titre` and `contexte` of `create_document`."""


def audience_of(demande: DemandeFir) -> AudienceDocument:
    """A URPS that funds reads the papers of its requests; the ARS and the Assurance Maladie, those of the ARS. While
    the file is not sent to them, the ARS reads the papers of a request that goes without a letter as any funder.
    """
    shared = demande.regime == Regime.REJET and demande.dossier.visibilite == Visibilite.ARS
    return AudienceDocument.PARTIES if shared else AudienceDocument.FINANCEUR


def service_of(demande: DemandeFir) -> Organisation:
    """Who writes: the délégation in charge at the ARS, else the funder itself."""
    if demande.financeur.genre == Genre.ARS and (desk := ars_desk(demande.dossier)):
        return desk[0]
    return demande.financeur


def receipt(demande: DemandeFir, *, now: datetime) -> Paper:
    """Accusé de réception électronique (CRPA R112-11-1): date, service, what silence means and when, remedies."""
    jour = timezone.localdate(now)
    service = service_of(demande)
    facts = [
        ["Demande", f"{_named(demande)} de {euros(demande.montant_demande)}, {demande.get_objet_display().lower()}"],
        ["Reçue le", f"{date_heure(now)} (heure de Paris)"],
        ["Service en charge", service.nom],
        ["Adresse", ", ".join(service.adresse.splitlines()) or "Communiquée par le service"],
        ["Courriel", service.courriel or "Communiqué par le service"],
        ["Téléphone", service.telephone or "Communiqué par le service"],
    ]
    blocs: list[dict[str, Any]] = [{"genre": "definitions", "lignes": facts}, *_silence(demande)]
    return _letter(
        demande,
        modele="accuse_reception",
        titre="Accusé de réception de la demande de subvention",
        objet="Réception de votre demande de subvention",
        blocs=blocs,
        now=now,
        mentions=[article("accuse_reception", on=jour)],
    )


def _named(demande: DemandeFir) -> str:
    return "Subvention" if demande.financeur.genre == Genre.URPS else "Subvention FIR"


def _silence(demande: DemandeFir) -> list[dict[str, Any]]:
    delai = demande.delai
    if demande.regime != Regime.REJET or delai is None or delai.dernier_jour is None or delai.echeance_le is None:
        return [
            {"genre": "texte", "paragraphes": ["Aucun texte n’attache d’effet au silence gardé sur cette demande."]}
        ]
    return [
        {
            "genre": "encadre",
            "titre": "Si l’ARS ne répond pas",
            "paragraphes": [
                f"Le silence gardé jusqu’au {date_longue(delai.dernier_jour)} inclus vaudrait rejet à partir du "
                f"{date_longue(delai.echeance_le)}, sous réserve que la demande soit complète.",
                "S’il manque une pièce exigée par un texte, le service vous le dit\u00a0: le délai est alors suspendu "
                "(CRPA, art. L114-5).",
            ],
        },
        {"genre": "liste", "titre": "Comment ce délai est calculé", "elements": explanation(delai)},
        {
            "genre": "liste",
            "titre": "Si la demande est rejetée, vos recours",
            "elements": [
                "Vous pouvez demander les motifs du rejet, qui vous sont dus dans le mois (CRPA, art. L232-4).",
                *remedies(on=delai.recu_le),
            ],
        },
    ]


def pieces_asked(demande: DemandeFir, asked: DemandePieces, *, now: datetime) -> Paper:
    """Each piece, whether a text requires it and which, the limit, the effect on the period."""
    rows = [
        [
            item.intitule,
            f"Exigée par un texte\u00a0: {item.fondement}"
            if item.requise_par_un_texte
            else "Utile, aucun texte ne l’exige",
            date_longue(item.limite_le) if item.limite_le else "—",
        ]
        for item in asked.items.order_by("ordre")
    ]
    details = [f"{item.intitule}\u00a0: {item.precision}" for item in asked.items.order_by("ordre") if item.precision]
    blocs: list[dict[str, Any]] = [
        {"genre": "texte", "paragraphes": ["Pour instruire votre demande, le service a besoin des pièces suivantes."]},
        {
            "genre": "tableau",
            "titre": "Pièces demandées",
            "entetes": ["Pièce", "Pourquoi", "Au plus tard le"],
            "lignes": rows,
            "numeriques": [],
        },
    ]
    if details:
        blocs.append({"genre": "liste", "titre": "Précisions", "elements": details})
    blocs.append({"genre": "encadre", "titre": "L’effet sur le délai", "paragraphes": effect_on_period(demande)})
    return _letter(
        demande,
        modele="demande_pieces",
        titre="Demande de pièces",
        objet="Pièces demandées pour votre demande de subvention",
        blocs=blocs,
        now=now,
        mentions=[article("pieces_manquantes", on=asked.demandee_le)],
    )


def effect_on_period(demande: DemandeFir) -> list[str]:
    """What the request for pieces does to the period, in the same words for both sides."""
    delai = demande.delai
    if delai is None or demande.regime != Regime.REJET:
        return ["Aucun délai légal ne court sur cette demande."]
    lines = explanation(delai)
    return [line for line in lines if "pièce" in line.lower() or "dernier jour" in line] or lines


def decision(demande: DemandeFir, taken: Decision, *, now: datetime) -> Paper:
    """The decision: what is decided, on which ground, why, by whom and in virtue of what, how to contest it."""
    granted = taken.nature == NatureDecision.ACCORD_FIR
    blocs: list[dict[str, Any]] = [
        {
            "genre": "definitions",
            "lignes": [
                [
                    "Demande",
                    f"{euros(demande.montant_demande)} demandés par {demande.dossier.association.nom}"
                    f"{_deposited(demande)}",
                ],
                [
                    "Décision",
                    f"Subvention de {euros(taken.montant)} accordée" if granted and taken.montant else "Refus",
                ],
                ["Prise en vertu de", taken.acte],
            ],
        }
    ]
    if taken.motivation:
        titre = "Précisions" if granted else "Motifs"
        blocs.append({"genre": "texte", "titre": titre, "paragraphes": _paragraphs(taken.motivation)})
    if granted:
        blocs.append({"genre": "liste", "titre": "Et maintenant\u00a0?", "elements": _after_grant(demande, taken)})
    blocs += _remedies(taken)
    return _letter(
        demande,
        modele="decision_demande",
        titre="Décision sur une demande de subvention",
        objet="Décision sur votre demande de subvention",
        blocs=blocs,
        now=now,
        signature={
            "nom": taken.signataire,
            "qualite": taken.qualite,
            "mention": f"Signé le {date_longue(taken.signee_le)}",
        },
        mentions=[article(cle, on=taken.signee_le) for cle in (("fir_demande",) if granted else REFUS)],
    )


REFUS = ("fir_demande", "motivation")
"""The articles a refusal rests on."""


def _deposited(demande: DemandeFir) -> str:
    return f", le {date_longue(timezone.localdate(demande.deposee_at))}" if demande.deposee_at else ""


def _after_grant(demande: DemandeFir, taken: Decision) -> list[str]:
    from funding.selectors import reperes_on

    lines = [
        "Déclarez l’association et son compte bancaire depuis la page de la demande\u00a0: le versement en dépend."
    ]
    threshold = reperes_on(taken.signee_le).convention
    if threshold and taken.montant and taken.montant > threshold:
        lines.append(
            f"Au-dessus de {euros(threshold)}, une convention est signée avant le versement (décret n° 2001-495)."
        )
    lines.append("Un compte rendu financier est dû dans les six mois qui suivent la fin de l’exercice.")
    return lines


def _remedies(taken: Decision) -> list[dict[str, Any]]:
    found = remedies(on=taken.signee_le)
    return [{"genre": "liste", "titre": "Voies et délais de recours", "elements": found}] if found else []


def reasons(demande: DemandeFir, motifs: str, *, by: Acteur, now: datetime) -> Paper:
    """Why the silence rejected the request."""
    event = demande.evenements.filter(cible=EtatDemandeFir.REJETEE_TACITEMENT).order_by("recorded_at", "id").first()
    since = date_longue(event.prend_effet_le) if event else ""
    blocs: list[dict[str, Any]] = [
        {
            "genre": "texte",
            "paragraphes": [
                f"Votre demande de subvention de {euros(demande.montant_demande)} a été rejetée par le silence gardé "
                f"par l’administration, le {since}. Vous en avez demandé les motifs\u00a0: les voici.",
            ],
        },
        {"genre": "texte", "titre": "Motifs", "paragraphes": _paragraphs(motifs)},
    ]
    if found := remedies(on=timezone.localdate(now)):
        blocs.append({"genre": "liste", "titre": "Voies et délais de recours", "elements": found})
    return _letter(
        demande,
        modele="motifs",
        titre="Motifs d’un rejet par silence",
        objet="Motifs du rejet de votre demande de subvention",
        blocs=blocs,
        now=now,
        signature={"nom": str(by.user), "qualite": by.qualite},
        mentions=[article("motifs_du_silence", on=timezone.localdate(now))],
    )


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _letter(
    demande: DemandeFir,
    *,
    modele: str,
    titre: str,
    objet: str,
    blocs: list[dict[str, Any]],
    now: datetime,
    signature: dict[str, Any] | None = None,
    mentions: list[str] | None = None,
) -> Paper:
    contexte = official_letter(
        dossier=demande.dossier,
        titre=titre,
        objet=objet,
        emetteur=service_of(demande),
        destinataire=demande.dossier.association,
        jour=timezone.localdate(now),
        blocs=blocs,
        signature=signature,
        mentions=mentions or [],
    )
    return {"modele": modele, "titre": titre, "contexte": contexte}
