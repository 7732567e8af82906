"""The calendar of a file: what happened to its letter, its request and its project, today, and what comes."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from dossiers.models import Delai, PieceDemandee
from dossiers.states import EtatPieceDemandee
from dossiers.views.timeline import Item, Kind, Period, Timeline, timeline
from funding.lifecycles import DEMANDE_FIR
from guichet.kernel.civil import date_longue
from guichet.kernel.deadlines import Echeance
from guichet.kernel.lifecycle import Lifecycle
from projects.lifecycles import LETTRE, PROJET
from projects.models import ProjetSante
from projects.models.projet import VALIDES
from projects.states import EtatProjet
from projects.views.journal import events_of
from projects.views.onglets import Parcours

DITS: dict[str, dict[str, str]] = {
    LETTRE.name: {
        "deposer": "Lettre d’intention déposée",
        "enregistrer_depot_exterieur": "Lettre d’intention enregistrée",
        "demander_pieces": "Précisions demandées par le Guichet",
        "ouvrir_consultation": "Consultation ouverte",
        "rendre_synthese": "Avis du Guichet rendu",
        "transmettre": "Lettre transmise à l’ARS",
        "saisir_ars": "ARS saisie par l’association",
        "valider": "Lettre validée",
        "refuser": "Lettre refusée",
        "retirer": "Lettre retirée",
    },
    DEMANDE_FIR.name: {
        "transmettre": "Subvention demandée à l’ARS",
        "demander_pieces": "Pièces demandées sur la subvention",
        "completer": "Demande de subvention complétée",
        "accorder": "Subvention accordée",
        "accorder_apres_silence": "Subvention accordée après le silence",
        "refuser": "Subvention refusée",
        "constater_rejet": "Subvention rejetée par silence",
    },
    PROJET.name: {
        "deposer": "Projet de santé déposé",
        "enregistrer_depot_exterieur": "Projet de santé enregistré",
        "constater_reception": "Réception constatée par l’ARS",
        "demander_pieces": "Pièces exigées demandées",
        "infirmer_par_demande_de_pieces": "Pièces exigées demandées, preuve à l’appui",
        "demander_piece_utile": "Pièces utiles demandées",
        "envoyer_pieces_utiles": "Pièces utiles envoyées",
        "contester_exigence": "Exigence contestée",
        "constater_non_conforme": "Pièce reçue, non conforme",
        "completer": "Projet complété",
        "renoncer_aux_pieces": "L’ARS renonce aux pièces",
        "valider": "Projet validé",
        "infirmer_par_validation": "Projet validé, preuve à l’appui",
        "opposer": "Opposition de l’ARS",
        "infirmer_par_opposition": "Opposition de l’ARS, preuve à l’appui",
        "constater_silence": "Projet réputé validé par le silence",
        "rapporter_opposition": "Opposition rapportée",
        "prononcer_retrait": "Validation retirée",
        "retirer": "Projet retiré",
    },
}
"""What each act is called once done. An act that is not here is told by the journal alone."""


def calendar_of(request: HttpRequest, parcours: Parcours) -> Timeline:
    """The days and the periods of the file, drawn and in words."""
    today = timezone.localdate(request.now)
    return timeline(items_of(request, parcours), today=today, periods=periods_of(request, parcours))


def items_of(request: HttpRequest, parcours: Parcours) -> list[Item]:
    """The days of the file in their order, today among them. The opinions of the bodies are never told."""
    today = timezone.localdate(request.now)
    past = [_done(event, cycle) for event, cycle in events_of(request, parcours)]
    agent = request.acteur.est_agent
    found = [each for each in past if each] + _coming(parcours, today, agent=agent)
    found.append(Item(today, "Aujourd’hui", "today"))
    ranks = {"done": 0, "today": 1, "coming": 2}
    return sorted(found, key=lambda each: (each.day, ranks[each.kind], each.label))


def _done(event: Any, cycle: Lifecycle) -> Item | None:
    titre = DITS[cycle.name].get(event.action)
    return Item(event.prend_effet_le, titre, "done", event.qualite) if titre else None


def _coming(parcours: Parcours, today: date, *, agent: bool) -> list[Item]:
    """What the law does by itself: the last day, the silence, the consolidation; to agents, the last safe day."""
    found = []
    projet, lettre = parcours.projet, parcours.lettre
    if projet:
        found += _deadlines(
            projet.delai, projet.arrivee() or projet.delai, "", "Validation par le silence", agent=agent
        )
        found += _required_limits(projet, today)
    demande = lettre.demande if lettre and not lettre.sans_demande else None
    if demande and demande.transmise_at:
        found += _deadlines(demande.delai, demande.delai, " (subvention)", "Rejet par le silence", agent=agent)
    coming = [each for each in found if each.day >= today]
    return [*coming, *_end_of_withdrawal(projet, today)] if projet else coming


def _required_limits(projet: ProjetSante, today: date) -> list[Item]:
    """The days given for the required pieces that did not come: nothing happens by itself on them. One query, while
    the project waits for some.
    """
    if projet.etat != EtatProjet.INCOMPLET:
        return []
    awaited = PieceDemandee.objects.filter(
        demande__evenement__in=projet.demandes_de_pieces(), demande__close_at=None, requise_par_un_texte=True
    ).exclude(etat=EtatPieceDemandee.REPONDUE)
    days = awaited.exclude(limite_le=None).order_by("limite_le").values_list("limite_le", flat=True).distinct()
    return [Item(day, "Pièces exigées attendues", "coming", "Date limite donnée par l’ARS") for day in days]


def _end_of_withdrawal(projet: ProjetSante, today: date) -> list[Item]:
    """Until when an illegal validation may be withdrawn: told too once it is past, for it is then final."""
    last = projet.consolidation_le() if projet.etat in VALIDES else None
    if last is None:
        return []
    kind: Kind = "coming" if last >= today else "done"
    told = "Quatre mois pour retirer une validation illégale\u00a0; le lendemain, elle est définitive"
    return [Item(last, "Fin du retrait possible", kind, told)]


def _deadlines(
    delai: Delai | None, ends: Delai | Echeance | None, about: str, silence: str, *, agent: bool
) -> list[Item]:
    """The last days of a period that runs: `ends` says when, what came and was not sent included."""
    if delai is None or delai.clos_at is not None or ends is None or ends.dernier_jour is None:
        return []
    last, due = ends.dernier_jour, ends.echeance_le
    safe = Item(last - timedelta(days=1), f"Dernier jour sûr{about}", "coming", "Les alertes le visent")
    return [
        *([safe] if agent else []),
        Item(last, f"Dernier jour de l’ARS{about}", "coming", "Jusqu’à la fin de la journée, heure de Paris"),
        *([Item(due, silence, "coming", "Sans réponse de l’ARS d’ici là")] if due else []),
    ]


def periods_of(request: HttpRequest, parcours: Parcours) -> list[Period]:
    """The legal periods of the file this person reads, the oldest first: one per attempt, and that of the request."""
    today = timezone.localdate(request.now)
    found = []
    lettre = parcours.lettre
    demande = lettre.demande if lettre and not lettre.sans_demande else None
    if demande and demande.delai and demande.transmise_at:
        found.append(_period("Examen de la subvention", demande.delai, today))
    if parcours.projet:
        attempts = ProjetSante.objects.visible_to(request.acteur).filter(dossier=parcours.dossier)
        rows = attempts.filter(delai__isnull=False).select_related("delai").order_by("depose_at", "pk")
        arrived = {parcours.projet.pk: parcours.projet.arrivee()}
        found += [
            _period("Examen du projet de santé", row.delai, today, arrived.get(row.pk)) for row in rows if row.delai
        ]
    return sorted(found, key=lambda each: (each.start, each.label))


def _period(titre: str, delai: Delai, today: date, arrived: Echeance | None = None) -> Period:
    if delai.clos_at is not None:
        end = min(timezone.localdate(delai.clos_at), delai.dernier_jour or date.max)
        return Period(titre, delai.recu_le, max(end, delai.recu_le), "over", "délai terminé")
    last = (arrived or delai).dernier_jour
    if last is None:
        return Period(titre, delai.recu_le, None, "suspended", "délai non commencé, pièces attendues")
    left = (last - today).days
    if left < 0:
        return Period(titre, delai.recu_le, last, "over", "délai passé")
    words = "dernier jour aujourd’hui" if not left else f"{left} jour{'s' if left > 1 else ''} avant la fin"
    return Period(titre, delai.recu_le, last, "running", f"jusqu’au {date_longue(last)}, {words}")
