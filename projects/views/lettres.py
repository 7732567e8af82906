"""Pages of a letter of intent: open, task list, check, deposit, withdraw, copy, read."""

from typing import Any

import rules
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from dossiers.views import suivi
from projects.forms.actes import NouvelleForm, RetirerForm
from projects.lifecycles import LETTRE
from projects.models import LettreIntention
from projects.selectors import (
    completion,
    letter_in_progress,
    letters_for_pages,
    ordered_request_sections,
    ordered_sections,
    own_letters,
    with_own_sections,
    with_sections,
)
from projects.selectors.consultations import follow_ups, with_guichet_opinion
from projects.services.depositing import deposit, withdraw
from projects.services.opening import copy_letter, open_letter
from projects.services.writing import ECRITURE
from projects.states import EtatLettre
from projects.views import avis, decisions, guichet, papier, presenters, rectifications, steps
from projects.views.onglets import opened, tabs
from projects.views.reading import reading_sections, request_parts


class NouvelleView(LoginRequiredMixin, View):
    """Open a letter. A draft in progress is proposed first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render(request, self._form(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request, request.POST)
        if not form.is_valid():
            return self._render(request, form, status=422)
        lettre = open_letter(
            nom_cpts=form.cleaned_data["nom_cpts"],
            nom_association=form.cleaned_data.get("nom_association", ""),
            by=request.acteur,
            region=settings.REGION_CODE,
            now=request.now,
        )
        messages.success(request, "Votre lettre d’intention est ouverte. Elle n’est lue que par votre association.")
        return redirect("projects:lettre", pk=lettre.pk)

    def _form(self, request: HttpRequest, data: Any = None) -> NouvelleForm:
        if request.acteur.est_agent:
            raise Http404
        return NouvelleForm(data, association_connue=request.acteur.membership is not None)

    def _render(self, request: HttpRequest, form: NouvelleForm, status: int = 200) -> HttpResponse:
        drafts = [lettre for lettre in own_letters(request.acteur) if lettre.etat in ECRITURE]
        return render(request, "projects/nouvelle.html", {"form": form, "brouillons": drafts}, status=status)


class LettreView(LoginRequiredMixin, View):
    """The task list for those who write a draft, the whole letter to read for everyone else."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = letters_for_pages(request.acteur)
        found = with_own_sections(with_guichet_opinion(found)) if request.acteur.est_agent else with_sections(found)
        lettre = get_object_or_404(found, pk=pk)
        writes = rules.test_rule("lettre.rediger", request.acteur, lettre)
        deposits = rules.test_rule("lettre.deposer", request.acteur, lettre)
        sections = ordered_sections(lettre)
        context = {
            "lettre": lettre,
            "tag": presenters.tag_of(lettre),
            "faits": presenters.facts(lettre),
            "retirable": lettre.etat in LETTRE.row("retirer").sources
            and not LETTRE.refusal(lettre, "retirer", by=request.acteur, now=request.now),
        }
        reads = not writes or lettre.etat not in ECRITURE
        parcours = opened(request, lettre) if reads else None
        if writes:
            request_sections = ordered_request_sections(lettre)
            ended = lettre.etat in (EtatLettre.RETIREE, EtatLettre.REFUSEE)
            suite = letter_in_progress(lettre.dossier) if ended else None
            suivi = follow_ups([lettre], on=timezone.localdate(request.now))[lettre.pk]
            context["etape"] = steps.next_step(
                lettre,
                sections,
                request_sections,
                deposits=deposits,
                now=request.now,
                suivi=suivi,
                suite=suite,
                projet=parcours.projet if parcours else None,
            )
        if parcours is None:
            context |= {
                "avancement": completion(sections),
                "avancement_demande": completion(request_sections),
                "taches": presenters.tasks(lettre, sections, presenters.section_url, now=request.now),
                "taches_demande": presenters.tasks(
                    lettre, request_sections, presenters.request_section_url, now=request.now
                ),
                "pieces": lettre.dossier.pieces.count(),
                "territoire": lettre.dossier.territoires.filter(fige_at=None).first(),
            }
            return render(request, "projects/lettre_redaction.html", context)
        context |= reading_sections(lettre, sections, acteur=request.acteur, now=request.now)
        context |= {
            "ecrit_pour_association": writes,
            "onglets": tabs(request, parcours, "lettre"),
            "projet": parcours.projet,
        }
        context["panneaux"] = panels_of(request, lettre)
        return render(request, "projects/lettre_lecture.html", context)


PANELS = (
    papier.panel,
    guichet.panel,
    decisions.opinion_panel,
    avis.panel,
    decisions.panel,
    decisions.request_panel,
    papier.decisions_panel,
    rectifications.panel,
)


def panels_of(request: HttpRequest, lettre: LettreIntention) -> list[dict[str, Any]]:
    """What each desk shows on the page of a deposited letter to this person, in order; `tete` is its template above all
    the rest, also on a phone, "" for none.
    """
    found = [*(panel(request, lettre) for panel in PANELS), suivi.panel(request, lettre.dossier)]
    return [{"tete": "", **panel} for panel in found if panel]


class VerifierView(LoginRequiredMixin, View):
    """ "Vérifiez vos réponses": everything typed, what is missing, and the deposit."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = written_letter(request, pk)
        if lettre.etat not in ECRITURE:
            return redirect("projects:lettre", pk=pk)
        return render(request, "projects/verifier.html", check_context(request, lettre))


class DeposerView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Reached by going back or from a bookmark: nothing is deposited but from the page that says what will be."""
        return redirect("projects:verifier", pk=pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = written_letter(request, pk)
        if request.POST.get("exact") != "oui" and lettre.etat in ECRITURE:
            context = check_context(request, lettre)
            context["erreurs"] = [
                {"message": "Cochez la case qui dit que les réponses sont exactes.", "ancre": "exact"}
            ]
            return render(request, "projects/verifier.html", context, status=422)
        deposit(lettre=lettre, by=request.acteur, now=request.now)
        messages.success(request, f"Votre lettre est déposée sous la référence {lettre.dossier.reference}.")
        return redirect("projects:lettre", pk=pk)


class RetirerView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._render(request, self._letter(request, pk), RetirerForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = self._letter(request, pk)
        form = RetirerForm(request.POST)
        if not form.is_valid():
            return self._render(request, lettre, form, status=422)
        withdraw(lettre=lettre, motif=form.cleaned_data["motif"], by=request.acteur, now=request.now)
        messages.success(request, "La lettre est retirée.")
        return redirect("projects:lettre", pk=pk)

    def _letter(self, request: HttpRequest, pk: int) -> LettreIntention:
        lettre = get_object_or_404(letters_for_pages(request.acteur), pk=pk)
        if not rules.test_rule("lettre.deposer", request.acteur, lettre):
            raise Http404
        return lettre

    def _render(
        self, request: HttpRequest, lettre: LettreIntention, form: RetirerForm, status: int = 200
    ) -> HttpResponse:
        context = {
            "lettre": lettre,
            "form": form,
            "avec_demande": lettre.demande is not None and not lettre.sans_demande,
        }
        return render(request, "projects/retirer.html", context, status=status)


class ReprendreView(LoginRequiredMixin, View):
    """A new draft from a refused or withdrawn letter, after a page that says what it does."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        lettre = self._letter(request, pk)
        context = {
            "lettre": lettre,
            "action": reverse("projects:reprendre", args=[pk]),
            "retour": reverse("projects:lettre", args=[pk]),
        }
        return render(request, "projects/reprendre.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        copy = copy_letter(lettre=self._letter(request, pk), by=request.acteur, now=request.now)
        messages.success(request, "Une nouvelle lettre reprend vos réponses\u00a0: relisez-les partie par partie.")
        return redirect("projects:lettre", pk=copy.pk)

    def _letter(self, request: HttpRequest, pk: int) -> LettreIntention:
        lettre = get_object_or_404(letters_for_pages(request.acteur), pk=pk)
        if not rules.test_rule("lettre.rediger", request.acteur, lettre):
            raise Http404
        return lettre


def written_letter(request: HttpRequest, pk: int) -> LettreIntention:
    """A letter of the association the person writes for, whatever its state; 404 otherwise."""
    lettre = get_object_or_404(with_sections(letters_for_pages(request.acteur)), pk=pk)
    if not rules.test_rule("lettre.rediger", request.acteur, lettre):
        raise Http404
    return lettre


def check_context(request: HttpRequest, lettre: LettreIntention) -> dict[str, Any]:
    """What the page "Vérifiez vos réponses" shows."""
    sections, request_sections = ordered_sections(lettre), ordered_request_sections(lettre)
    return {
        "lettre": lettre,
        "manques": presenters.missing(lettre, sections, request_sections, blocking=True),
        "conseils": presenters.missing(lettre, sections, request_sections, blocking=False),
        "depose": rules.test_rule("lettre.deposer", request.acteur, lettre),
        "parties_demande": request_parts(lettre, request_sections, now=request.now),
        "erreurs": [],
        **reading_sections(lettre, sections, acteur=request.acteur, now=request.now, edit=True),
    }
