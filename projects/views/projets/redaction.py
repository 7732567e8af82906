"""The draft of a projet de santé for those who write it: its task list, its form, its document, its actions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from dossiers.views.actes import GesteView
from guichet.kernel.lifecycle import Refused
from guichet.kernel.uploads import FileRefused, FileTooLarge
from projects.catalogue import examples_on
from projects.conseils import project_reserves
from projects.forms.projets import DocumentForm
from projects.lifecycles import PROJET
from projects.models import ProjetSante
from projects.rubriques_projet import is_fiche
from projects.selectors import missions_on
from projects.selectors.projets import (
    completion,
    ordered_sections,
    sections_read,
    sheet_title,
    sheets_of,
)
from projects.services.projets.writing import add_sheet, attach_document, choose_form, remove_sheet
from projects.states import FormeProjet
from projects.views import etapes
from projects.views import presenters as shared
from projects.views.projets import presenters, steps


def draft_page(request: HttpRequest, projet: ProjetSante, *, deposits: bool) -> HttpResponse:
    """The task list of a draft, for a person who writes it."""
    now = request.now
    today = timezone.localdate(now)
    sections, sheets = ordered_sections(projet), sheets_of(projet)
    found = project_reserves(projet, on=today)
    context = {
        **presenters.page(projet),
        "etape": steps.next_step(projet, deposits=deposits, now=now),
        "avancement": completion(sections),
        "taches": shared.tasks(projet, sections, presenters.section_url, now=now),
        "missions": presenters.sheets_by_mission(projet, sheets, missions_on(today), now=now),
        "fiches": len(sheets),
        "reserves": presenters.reserves_by_part(projet, found, sections, sheets, retour=request.path),
        "nombre_reserves": len(found),
        "pieces": projet.dossier.pieces.count(),
        "territoire": projet.dossier.territoires.filter(fige_at=None).first(),
        "invites": projet.dossier.conseillers.filter(retire_at=None).count(),
        "retirable": not PROJET.refusal(projet, "retirer", by=request.acteur, now=now),
    }
    return render(request, "projects/projets/redaction.html", context)


class FormeView(LoginRequiredMixin, View):
    """Write it part by part, or join one's own document: one click, nothing written is lost."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        projet = etapes.PROJET.written(request, pk)
        forme = request.POST.get("forme", "")
        if forme not in FormeProjet.values:
            raise Http404
        choose_form(projet=projet, forme=forme, by=request.acteur)
        if forme == FormeProjet.DOCUMENT:
            messages.success(request, "Joignez votre document, puis remplissez la fiche de synthèse.")
        else:
            messages.success(request, "Le projet s’écrit ici, partie par partie.")
        return redirect("projects:projet", pk=pk)


class DocumentView(LoginRequiredMixin, View):
    """The association's own document: joined, or replaced by another."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._projet(request, pk), DocumentForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        projet = self._projet(request, pk)
        form = DocumentForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, projet, form, status=422)
        try:
            piece = attach_document(
                projet=projet, fichier=form.cleaned_data["fichier"], by=request.acteur, now=request.now
            )
        except (FileRefused, ValidationError) as refused:
            form.add_error("fichier", refused if isinstance(refused, ValidationError) else str(refused))
            return self._page(request, projet, form, status=413 if isinstance(refused, FileTooLarge) else 422)
        messages.success(request, f"«\u00a0{piece.nom}\u00a0» est joint.")
        return redirect("projects:projet", pk=pk)

    def _projet(self, request: HttpRequest, pk: int) -> Any:
        projet = etapes.PROJET.open_to_writing(request, pk)
        if projet.depose_at is not None:
            raise Refused("Le document déposé ne se remplace pas\u00a0: joignez une pièce en réponse à la demande.")
        return projet

    def _page(self, request: HttpRequest, projet: ProjetSante, form: DocumentForm, status: int = 200) -> HttpResponse:
        context = {**presenters.page(projet), "form": form}
        return render(request, "projects/projets/document.html", context, status=status)


class FichesView(LoginRequiredMixin, View):
    """The actions by mission, with the examples of the documents; one click adds one, empty or to adapt."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        projet = self._projet(request, pk)
        today = timezone.localdate(request.now)
        groups = presenters.sheets_by_mission(projet, sheets_of(projet), missions_on(today), now=request.now)
        context = {
            **presenters.page(projet),
            "missions": presenters.with_examples(groups, examples_on(today)),
            "sans_mission": [group for group in groups if not group["code"]],
        }
        return render(request, "projects/projets/fiches.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        projet = self._projet(request, pk)
        today = timezone.localdate(request.now)
        mission, exemple = request.POST.get("mission", ""), request.POST.get("exemple", "")
        known = {each.code for theme in examples_on(today) for each in theme.exemples if theme.mission == mission}
        if mission not in {each.code for each in missions_on(today)} or (exemple and exemple not in known):
            raise Http404
        sheet = add_sheet(projet=projet, mission=mission, exemple=exemple, by=request.acteur, now=request.now)
        if exemple:
            messages.success(request, "L’exemple est copié\u00a0: adaptez-le à votre territoire, puis enregistrez.")
        return redirect(reverse("projects:projet_section", args=[pk, sheet.cle]))

    def _projet(self, request: HttpRequest, pk: int) -> Any:
        projet = etapes.PROJET.open_to_writing(request, pk)
        prefetch_related_objects([projet], sections_read())
        if projet.forme != FormeProjet.RUBRIQUES:
            raise Refused("Votre projet est un document\u00a0: ses actions sont dans sa fiche de synthèse.")
        return projet


class RetirerFicheView(GesteView):
    """Removing an action, after a page that says what is lost."""

    titre = "Retirer cette fiche-action"
    bouton = "Retirer la fiche"
    danger = True
    fait = "La fiche est retirée."

    def allowed(self, request: HttpRequest, pk: int) -> Any:
        projet = etapes.PROJET.open_to_writing(request, pk)
        if not is_fiche(self.kwargs["cle"]):
            raise Http404
        self.sheet = projet.sections.filter(cle=self.kwargs["cle"]).first()
        if self.sheet is None and request.method == "GET":
            raise Http404
        return projet

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        title = sheet_title(self.sheet) if self.sheet else ""
        return [f"Ce que dit la fiche «\u00a0{title}\u00a0» est effacé.", "Les autres fiches ne changent pas."]

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        remove_sheet(projet=step, cle=self.kwargs["cle"], by=request.acteur)

    def back(self, step: ProjetSante) -> str:
        return reverse("projects:projet_fiches", args=[step.pk])
