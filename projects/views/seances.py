"""Sessions of the Guichet: list, agenda, people present, opinions given there, minutes."""

from typing import Any

import rules
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views import View

from dossiers.views.choix import cellule
from guichet.kernel.civil import date_longue
from projects.models import PointSeance, Seance
from projects.selectors.avis import reponses_by_letter
from projects.selectors.seances import (
    bodies_of,
    listed_sessions,
    minutes_of,
    points_visible_to,
    seances_visible_to,
)
from projects.states import EtatLettre
from projects.views import seance_actes
from projects.views.grille import line_of


class SeancesView(LoginRequiredMixin, View):
    """The sessions one sees, the latest first."""

    PER_PAGE = 25

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.acteur.est_agent:
            raise Http404
        page = Paginator(listed_sessions(request.acteur), self.PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": page,
            "tient": rules.test_rule("seance.tenir", request.acteur),
            "colonnes": [column(name) for name in ("Séance", "Lieu", "Dossiers", "État")],
            "lignes": [_line(seance, request) for seance in page.object_list],
        }
        return render(request, "projects/seances.html", context)


def column(libelle: str) -> dict[str, str]:
    """The head of a column nothing is sorted by."""
    return {"libelle": libelle, "url": "", "tri": "", "classe": ""}


def _line(seance: Seance, request: HttpRequest) -> list[dict[str, str]]:
    tag = tag_of(seance, request)
    return [
        cellule(date_longue(seance.tenue_le), url=reverse("projects:seance", args=[seance.pk])),
        cellule(seance.lieu or "—", libelle="Lieu"),
        cellule(str(seance.dossiers or 0), libelle="Dossiers"),
        cellule(tag["libelle"], ton=tag["ton"], libelle="État"),
    ]


def tag_of(seance: Seance, request: HttpRequest) -> dict[str, str]:
    """Where a session stands; that minutes are to be made is said to who makes them."""
    if seance.close_at:
        return {"libelle": "Close", "ton": "ok"}
    if seance.tenue_le > timezone.localdate(request.now):
        return {"libelle": "À venir", "ton": "info"}
    if not rules.test_rule("seance.tenir", request.acteur, seance):
        return {"libelle": "Tenue", "ton": ""}
    return {"libelle": "Compte rendu à établir", "ton": "warn"}


class SeanceView(LoginRequiredMixin, View):
    """The agenda; for the Guichet, also who was there, the answers on each file and what to do next."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        seance = get_object_or_404(seances_visible_to(request.acteur), pk=pk)
        holds = rules.test_rule("seance.tenir", request.acteur, seance)
        points = list(points_visible_to(request.acteur).filter(seance=seance).order_by("ordre", "pk"))
        context = {
            "seance": seance,
            "etat": tag_of(seance, request),
            "tient": holds,
            "ouverte": holds and seance.close_at is None,
            "passee": seance.tenue_le <= timezone.localdate(request.now),
            "points": self._with_answers(request, points) if holds else [{"point": point} for point in points],
        }
        if not holds:
            return render(request, "projects/seance_organisme.html", context)
        context |= {"presents": present_rows(seance, points), "documents": minutes_of(seance)}
        return render(request, "projects/seance.html", context)

    def _with_answers(self, request: HttpRequest, points: list[PointSeance]) -> list[dict[str, Any]]:
        """Each file with its answers: how many, those given, those still awaited, which the session may record."""
        letters = [point.consultation.lettre_id for point in points]
        answers = reponses_by_letter(letters, acteur=request.acteur)
        shown = []
        for point in points:
            found = answers.get(point.consultation.lettre_id, [])
            shown.append(
                {
                    "point": point,
                    "total": len(found),
                    "donnes": [line_of(reponse) for reponse in found if reponse.avis],
                    "attendus": [reponse for reponse in found if reponse.avis is None],
                    "ouvert": point.consultation.lettre.etat == EtatLettre.EN_CONSULTATION,
                }
            )
        return shown


def present_rows(seance: Seance, points: list[PointSeance]) -> list[dict[str, str]]:
    """Who was there, with the names of the bodies and of the files."""
    bodies = dict(bodies_of(seance.region))
    files = {str(point.pk): point.consultation.lettre.dossier.nom for point in points}
    return [
        {
            "nom": row.get("nom") or "Sans nom",
            "organisme": bodies.get(row.get("organisation", ""), ""),
            "qualite": row.get("qualite", ""),
            "deport": files.get(row.get("deport", ""), ""),
        }
        for row in seance.presents
    ]


urlpatterns: list[URLPattern] = [
    path("seances/", SeancesView.as_view(), name="seances"),
    path("seances/<int:pk>/", SeanceView.as_view(), name="seance"),
    *seance_actes.urlpatterns,
]
