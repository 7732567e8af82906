"""The dates of letters and projects for an agenda: opinions to give, consultations that end, pieces asked, sessions,
the period of the silence on a projet de santé.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.states import Droit, Genre
from dossiers.agenda import Etendue
from dossiers.selectors.agenda import of_period, titled, waiting_pieces, with_movements
from guichet.kernel.calendars import Jalon
from projects.lifecycles import DEMANDES
from projects.models import Avis, Consultation, EvenementLettre, EvenementProjet, LettreIntention, ProjetSante
from projects.selectors.desks import opinions_to_give
from projects.selectors.projets import with_arrival
from projects.selectors.seances import listed_sessions, points_visible_to, running_consultations

LONGEST = timedelta(days=63)
"""Two months and a day, at most: between an arrival and the day silence speaks."""
WRITES = frozenset({Droit.REDIGER, Droit.DEPOSER})


def jalons(etendue: Etendue) -> Iterator[Jalon]:
    """Of the letters and projects this person opens, by what its body has to do. Six queries at most."""
    acteur = etendue.acteur
    if _is_desk(acteur):
        yield from _consultations(etendue)
    elif acteur.est_agent:
        yield from _opinions(etendue)
    if _is_desk(acteur) or (acteur.genre == Genre.ASSOCIATION and acteur.droits & WRITES):
        yield from _precisions(etendue)
    if acteur.est_agent:
        yield from _sessions(etendue)
    if acteur.genre != Genre.URPS:
        yield from _silences(etendue)
        yield from _pieces_of_projects(etendue)


def _silences(etendue: Etendue) -> Iterator[Jalon]:
    """The period of each project that runs: its last day, the day silence accepts, for agents the last safe day; what
    came and was not sent counts already. Two queries.
    """
    rows = with_movements(ProjetSante.objects.visible_to(etendue.acteur).filter(delai__clos_at=None))
    rows = with_arrival(rows.select_related("delai", "dossier"))
    earlier = replace(etendue, depuis=etendue.depuis - LONGEST)
    for projet in (*etendue.borner(rows, le="delai__echeance_le"), *earlier.borner(rows, le="arrivee_le")):
        arrived = projet.arrivee()
        found = of_period(
            projet.delai,
            dossier=projet.dossier,
            objet="du projet de santé",
            url=reverse("projects:projet", args=[projet.pk]),
            acteur=etendue.acteur,
            mouvement_at=max(projet.mouvement_at, projet.repondu_at or projet.mouvement_at),
            dernier_jour=arrived and arrived.dernier_jour,
        )
        yield from (jalon for jalon in found if jalon.le >= etendue.depuis)


def _pieces_of_projects(etendue: Etendue) -> Iterator[Jalon]:
    """The limits of what the ARS asked about a project, for those who read it."""
    projects = ProjetSante.objects.visible_to(etendue.acteur)
    asked = EvenementProjet.objects.filter(action__in=DEMANDES, projet__in=projects)
    for jalon, projet in waiting_pieces(etendue, asked, etape="projet"):
        yield replace(jalon, url=reverse("projects:projet", args=[projet]))


def _is_desk(acteur: Acteur) -> bool:
    return acteur.genre == Genre.GUICHET and acteur.has(Droit.INSTRUIRE)


def _opinions(etendue: Etendue) -> Iterator[Jalon]:
    """The due dates of what the body may still answer."""
    rows = opinions_to_give(etendue.acteur)
    for avis in etendue.borner(_with_openings(rows, "consultation__lettre"), le="consultation__limite_le"):
        yield Jalon(
            cle=f"avis-{avis.pk}",
            le=avis.consultation.limite_le,
            titre=titled("Avis à rendre", avis.dossier),
            phrase=f"L’avis de votre organisme sur {_step(avis)} est attendu au plus tard ce jour.",
            url=reverse("projects:avis", args=[avis.pk]),
            categorie="Consultation",
            modifie_at=max(avis.consultation.ouverte_at, avis.ouverture_at or avis.consultation.ouverte_at),
            rang=max((avis.ouvertures or 0) - 1, 0),
        )


def _step(avis: Avis) -> str:
    return "le projet de santé" if avis.consultation.projet_id else "la lettre d’intention"


def _consultations(etendue: Etendue) -> Iterator[Jalon]:
    """For the Guichet: the ends of the consultations it runs."""
    rows = _with_openings(running_consultations(etendue.acteur), "lettre")
    for held in etendue.borner(rows, le="limite_le", dossier="lettre__dossier"):
        yield Jalon(
            cle=f"consultation-{held.pk}",
            le=held.limite_le,
            titre=titled("Fin de la consultation", held.lettre.dossier),
            phrase="Les organismes consultés sur la lettre d’intention répondent au plus tard ce jour.",
            url=reverse("projects:lettre", args=[held.lettre_id]),
            categorie="Consultation",
            modifie_at=held.ouverture_at or held.ouverte_at,
            rang=max((held.ouvertures or 0) - 1, 0),
        )


def _with_openings(rows: QuerySet[Avis] | QuerySet[Consultation], lettre: str) -> QuerySet[Avis | Consultation]:
    """With `ouvertures`, how many times the consultation of the letter was opened, and `ouverture_at`, the last."""
    events = EvenementLettre.objects.filter(
        lettre=OuterRef(lettre), action__in=("ouvrir_consultation", "rouvrir_consultation")
    )
    of_letter = events.order_by().values("lettre")
    return rows.annotate(
        ouvertures=Subquery(of_letter.annotate(n=Count("pk")).values("n")),
        ouverture_at=Subquery(of_letter.annotate(at=Max("recorded_at")).values("at")),
    )


def _precisions(etendue: Etendue) -> Iterator[Jalon]:
    """The limits of what the Guichet asked about a letter, for those who answer and those who asked."""
    letters = LettreIntention.objects.visible_to(etendue.acteur)
    asked = EvenementLettre.objects.filter(action="demander_pieces", lettre__in=letters)
    for jalon, lettre in waiting_pieces(etendue, asked, etape="lettre"):
        yield replace(jalon, url=reverse("projects:lettre", args=[lettre]))


def _sessions(etendue: Etendue) -> Iterator[Jalon]:
    """The sessions this person sees, of its files or of the one asked."""
    rows = listed_sessions(etendue.acteur)
    if etendue.dossier is not None:
        points = points_visible_to(etendue.acteur).filter(consultation__lettre__dossier=etendue.dossier)
        rows = rows.filter(Exists(points.filter(seance=OuterRef("pk"))))
    for seance in replace(etendue, dossier=None).borner(rows, le="tenue_le"):
        many = seance.dossiers or 0
        agenda = f"{many} dossiers" if many > 1 else "un dossier" if many else "ordre du jour à établir"
        yield Jalon(
            cle=f"seance-{seance.pk}",
            le=seance.tenue_le,
            titre=titled("Séance du Guichet", etendue.dossier) if etendue.dossier else f"Séance du Guichet – {agenda}",
            phrase=f"Séance du Guichet{f' à {seance.lieu}' if seance.lieu else ''}\u00a0: {agenda}.",
            url=reverse("projects:seance", args=[seance.pk]),
            categorie="Séance",
            modifie_at=seance.created_at,
        )
