"""The page of one section: read, save, autosave, and what happens when two people write."""

from abc import ABC, abstractmethod
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from dossiers.models import Section
from dossiers.questions import Rubrique, SectionForm
from dossiers.services.sections import VersionConflict


class SectionView(ABC, View):
    """Subclasses say where the step is, which form a section has and how it is saved."""

    template_name: str

    @abstractmethod
    def get_step(self, request: HttpRequest, pk: int) -> Any:
        """The step, through its perimeter; Http404 when it is not the person's."""

    @abstractmethod
    def get_section(self, step: Any, cle: str) -> Section:
        """The section of the step; Http404 when there is none of that name."""

    @abstractmethod
    def make_form(self, step: Any, section: Section, **kwargs: Any) -> SectionForm:
        """The form of the section, given the data or initial of `kwargs`."""

    @abstractmethod
    def save(self, request: HttpRequest, step: Any, section: Section, form: SectionForm, version: int) -> Section:
        """Call the service that saves; it may raise VersionConflict or Refused."""

    @abstractmethod
    def page(self, step: Any, section: Section) -> dict[str, Any]:
        """What the template needs besides the form: the rubrique, the step, the next address."""

    def extras(self, step: Any, section: Section, form: SectionForm) -> dict[str, Any]:
        """What the template needs from the form as it is shown, bound or not; nothing by default."""
        return {}

    @abstractmethod
    def next_url(self, step: Any, section: Section) -> str:
        """Where a saved page leads."""

    def get(self, request: HttpRequest, pk: int, cle: str) -> HttpResponse:
        step = self.get_step(request, pk)
        section = self.get_section(step, cle)
        form = self.make_form(step, section, initial=section.contenu)
        return self._render(request, step, section, form, version=section.version)

    def post(self, request: HttpRequest, pk: int, cle: str) -> HttpResponse:
        step = self.get_step(request, pk)
        section = self.get_section(step, cle)
        form = self.make_form(step, section, data=request.POST, initial=section.contenu)
        raw = request.POST.get("version", "")
        version = int(raw) if raw.isdecimal() and len(raw) < 9 else -1
        if not form.is_valid():
            if is_autosave(request):
                return JsonResponse({"erreurs": form.errors}, status=422)
            return self._render(request, step, section, form, version=version, status=422)
        try:
            saved = self.save(request, step, section, form, version)
        except VersionConflict as conflict:
            return self._conflict(request, step, conflict, form)
        return self._saved(request, step, saved)

    def _saved(self, request: HttpRequest, step: Any, saved: Section) -> HttpResponse:
        if is_autosave(request):
            return JsonResponse(section_state(saved))
        if added := request.POST.get("ajouter"):
            return redirect(f"{request.path}#id_{added}")
        messages.success(request, "Enregistré.")
        return redirect(self.next_url(step, saved))

    def _conflict(self, request: HttpRequest, step: Any, conflict: VersionConflict, form: SectionForm) -> HttpResponse:
        current = conflict.current
        if is_autosave(request):
            told = f"{_who(current)} a modifié cette page. Votre texte est gardé ici\u00a0: enregistrez pour comparer."
            return JsonResponse({"conflit": True, "message": told, "url": request.path}, status=409)
        return self._render(
            request, step, current, form, version=current.version, status=409, comparaison=_differences(current, form)
        )

    def _render(
        self,
        request: HttpRequest,
        step: Any,
        section: Section,
        form: SectionForm,
        *,
        version: int,
        status: int = 200,
        comparaison: list[tuple[str, str, str]] | None = None,
    ) -> HttpResponse:
        context = {
            "form": form,
            "section": section,
            "version": version,
            "comparaison": comparaison,
            "auteur": _who(section) if comparaison else "",
            **self.page(step, section),
            **self.extras(step, section, form),
        }
        return render(request, self.template_name, context, status=status)


def is_autosave(request: HttpRequest) -> bool:
    """Whether the script of the page saves, not the person."""
    return request.headers.get("X-Autosave") == "1"


def section_state(section: Section) -> dict[str, Any]:
    """What the page shows after a save: hour in Paris, state, what is missing."""
    local = timezone.localtime(section.modifie_at) if section.modifie_at else None
    heure = f"{local.hour} h {local.minute:02d}" if local else ""
    return {"version": section.version, "heure": heure, "etat": section.etat, "manques": section.manques}


def find(rubriques: tuple[Rubrique, ...], cle: str) -> Rubrique | None:
    """The rubrique named `cle`, or None."""
    return next((r for r in rubriques if r.cle == cle), None)


def _who(section: Section) -> str:
    return str(section.modifie_par) if section.modifie_par else "Une autre personne"


def _differences(current: Section, form: SectionForm) -> list[tuple[str, str, str]]:
    """Label, what is saved, what the person typed: only where they differ."""
    rows = []
    for name, value in form.contenu().items():
        theirs = current.contenu.get(name)
        if theirs != value:
            rows.append((str(form.fields[name].label or name), _plain(theirs), _plain(value)))
    return rows


def _plain(value: Any) -> str:
    if value in (None, "", []):
        return "(vide)"
    if isinstance(value, list):
        return "\n".join(
            " · ".join(str(v) for v in row.values() if v) if isinstance(row, dict) else str(row) for row in value
        )
    return str(value)
