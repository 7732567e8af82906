"""Opinions: the page of a body, the acts of its answer, what is read of it on the page of a letter."""

from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views import View

from accounts.states import Genre
from dossiers.selectors.pieces import pieces_of
from dossiers.views.actes import ActeView
from dossiers.views.sections import is_autosave
from guichet.kernel.lifecycle import Refused
from projects.forms.avis import AbstentionForm, AvisForm, DeportForm, initial_of
from projects.lifecycles import AVIS
from projects.models import Avis, LettreIntention
from projects.models.consultation import REPONSES
from projects.selectors import letters_for_pages, ordered_sections, with_own_sections
from projects.selectors.avis import (
    Reponse,
    avis_for_pages,
    criteres_on,
    likely_conflict,
    readers_of,
    reponses_of,
)
from projects.selectors.projets import projects_for_pages, with_sections
from projects.selectors.seances import next_session
from projects.services.opinions import (
    StaleOpinion,
    abstain,
    give,
    mandate_problem,
    opinion_defects,
    recuse,
    save_draft,
    take_back,
)
from projects.states import NatureConsultation
from projects.views import presenters
from projects.views.grille import answers_of, fin_of, given_on, line_of, tag_of, tag_of_state
from projects.views.projets import lecture
from projects.views.projets import presenters as of_project
from projects.views.reading import reading_sections


class AvisView(LoginRequiredMixin, View):
    """For the body asked: the letter or the project, and the grid beside it. For who reads it: the opinion given."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        avis = get_object_or_404(avis_for_pages(request.acteur), pk=pk)
        if avis.organisation_id != request.acteur.organisation_id:
            return render(request, "projects/avis_lecture.html", reading_context(avis))
        form = make_form(request, avis, initial=initial_of(avis))
        return self._render(request, avis, form, version=avis.version)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        avis = get_object_or_404(avis_for_pages(request.acteur), pk=pk)
        if not rules.test_rule("avis.donner", request.acteur, avis):
            raise Http404
        form = make_form(request, avis, data=request.POST)
        gives = request.POST.get("acte") == "rendre"
        version = posted_version(request)
        if form.is_valid() and gives:
            form.add_defects(opinion_defects(**_judged(form), on=request.now))
        if not form.is_valid():
            return self._invalid(request, avis, form, version)
        try:
            return self._save(request, avis, form, version, gives=gives)
        except StaleOpinion as stale:
            return self._stale(request, avis, form, stale.current)

    def _save(self, request: HttpRequest, avis: Avis, form: AvisForm, version: int, *, gives: bool) -> HttpResponse:
        common = {"avis": avis, "by": request.acteur, "now": request.now, "version": version, **form.answers()}
        if gives:
            give(**common)
            messages.success(request, f"Votre avis est rendu. Vous pouvez le reprendre jusqu’à {fin_of(avis)}.")
            return redirect("projects:avis", pk=avis.pk)
        try:
            saved = save_draft(**common)
        except Refused as refused:
            if not is_autosave(request):
                raise
            return JsonResponse({"conflit": True, "message": str(refused), "url": request.path}, status=409)
        if is_autosave(request):
            return JsonResponse(_state(request, saved))
        messages.success(request, "Brouillon enregistré. Seul votre organisme le lit.")
        return redirect("projects:avis", pk=avis.pk)

    def _invalid(self, request: HttpRequest, avis: Avis, form: AvisForm, version: int) -> HttpResponse:
        if is_autosave(request):
            return JsonResponse({"erreurs": form.errors}, status=422)
        return self._render(request, avis, form, version=version, status=422)

    def _stale(self, request: HttpRequest, avis: Avis, form: AvisForm, current: Avis) -> HttpResponse:
        if is_autosave(request):
            told = f"{current.auteur} a modifié cet avis. Votre texte est gardé ici\u00a0: enregistrez pour comparer."
            return JsonResponse({"conflit": True, "message": told, "url": request.path}, status=409)
        more = {"comparaison": differences(current, form), "auteur": str(current.auteur)}
        return self._render(request, current, form, version=current.version, status=409, **more)

    def _render(
        self, request: HttpRequest, avis: Avis, form: AvisForm, *, version: int, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {
            "form": form,
            "version": version,
            "comparaison": None,
            "auteur": "",
            **own_context(request, avis),
            **more,
        }
        return render(request, "projects/avis.html", context, status=status)


def make_form(request: HttpRequest, avis: Avis, **given: Any) -> AvisForm:
    return AvisForm(criteres=criteres_on(timezone.localdate(request.now)), **given)


def posted_version(request: HttpRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isdecimal() and len(raw) < 9 else -1


def _judged(form: AvisForm) -> dict[str, Any]:
    return {key: value for key, value in form.answers().items() if key != "commentaire"}


def _state(request: HttpRequest, avis: Avis) -> dict[str, Any]:
    """What the script of the page shows after a save."""
    local = timezone.localtime(request.now)
    heure = f"{local.hour} h {local.minute:02d}"
    return {"version": avis.version, "heure": heure, "etat": avis.etat, "manques": []}


def differences(current: Avis, form: AvisForm) -> list[tuple[str, str, str]]:
    """Label, what is saved, what the person typed: only where they differ."""
    saved = AvisForm(criteres=form.criteres, initial=initial_of(current))
    rows = []
    for name, field in form.fields.items():
        theirs, mine = (str(one[name].value() or "") for one in (saved, form))
        if theirs != mine:
            labels = dict(getattr(field, "choices", []))
            rows.append((str(field.label), str(labels.get(theirs, theirs)), str(labels.get(mine, mine))))
    return [(label, theirs or "(vide)", mine or "(vide)") for label, theirs, mine in rows]


def own_context(request: HttpRequest, avis: Avis) -> dict[str, Any]:
    """What the body sees beside its grid: the letter or the project, what it may do now and, if it may not, why."""
    about = about_of_body(request, avis)
    today = timezone.localdate(request.now)
    given = avis.etat in REPONSES
    obstacle = obstacle_of(request, avis, "reprendre" if given else "rendre")
    answers = not given and not obstacle
    return {
        "avis": avis,
        "menu_courant": menu_of(avis),
        "etat": tag_of(avis),
        "rendu": given_on(avis),
        "reponse": answers_of(avis) if not answers else None,
        "repond": answers,
        "reprend": given and not obstacle,
        "obstacle": obstacle,
        "conflit": likely_conflict(avis, request.user) if answers else None,
        "en_retard": today > avis.consultation.limite_le,
        "fin": fin_of(avis),
        "lecteurs": readers_of(avis, on=today),
        "seance": next_session(avis.consultation, on=today) if answers and avis.consultation.lettre_id else None,
        **about,
    }


def about_of_body(request: HttpRequest, avis: Avis) -> dict[str, Any]:
    """The letter or the project, to be read beside the grid: `objet` says which and where; its parts, its pieces."""
    if avis.consultation.projet_id:
        projet = get_object_or_404(with_sections(projects_for_pages(request.acteur)), pk=avis.consultation.projet_id)
        avis.consultation.projet = projet
        return {
            "objet": objet_of(avis),
            "faits": of_project.facts(projet),
            "parties": lecture.reading(projet, request),
            "pieces": pieces_of(projet.dossier, acteur=request.acteur),
        }
    found = with_own_sections(letters_for_pages(request.acteur))
    lettre = get_object_or_404(found, pk=avis.consultation.lettre_id)
    avis.consultation.lettre = lettre
    return {
        "objet": objet_of(avis),
        "faits": presenters.facts(lettre),
        **reading_sections(lettre, ordered_sections(lettre), acteur=request.acteur, now=request.now),
    }


def objet_of(avis: Avis) -> dict[str, str]:
    """What the opinion is about: its name, its address, the words that lead back to it, its file."""
    about = avis.consultation.projet or avis.consultation.lettre
    assert about is not None
    project = bool(avis.consultation.projet_id)
    return {
        "titre": "Le projet de santé" if project else "La lettre d’intention",
        "retour": "Revenir au projet" if project else "Revenir à la lettre",
        "url": reverse("projects:projet" if project else "projects:lettre", args=[about.pk]),
        "nom": avis.dossier.nom,
        "reference": avis.dossier.reference or "",
    }


def menu_of(avis: Avis) -> str:
    """The address of the list under which its pages are: the letters or the projects."""
    return reverse("projects:projets" if avis.consultation.projet_id else "projects:lettres")


def obstacle_of(request: HttpRequest, avis: Avis, action: str) -> str:
    """ "" when the person may do it now, else the sentence it must read before typing anything."""
    if not rules.test_rule("avis.donner", request.acteur, avis):
        return "Vous lisez cet avis sans pouvoir y répondre\u00a0: il faut le droit d’instruire dans votre organisme."
    refusal = AVIS.refusal(avis, action, by=request.acteur, now=request.now)
    return refusal or mandate_problem(avis=avis, by=request.acteur, now=request.now)


def reading_context(avis: Avis) -> dict[str, Any]:
    consultation = avis.consultation
    facts = of_project.facts(consultation.projet) if consultation.projet else presenters.facts(consultation.lettre)
    return {
        "avis": avis,
        "objet": objet_of(avis),
        "menu_courant": menu_of(avis),
        "faits": facts,
        "etat": tag_of(avis),
        "rendu": given_on(avis),
        "reponse": answers_of(avis),
    }


class AnswerView(ActeView):
    """An answer other than an opinion, or taking back an answer."""

    cycle = AVIS

    def get_step(self, request: HttpRequest, pk: int) -> Avis:
        own = avis_for_pages(request.acteur).filter(organisation=request.acteur.organisation_id)
        return get_object_or_404(own, pk=pk)

    def refuse_early(self, request: HttpRequest, step: Any) -> None:
        super().refuse_early(request, step)
        if problem := mandate_problem(avis=step, by=request.acteur, now=request.now):
            raise Refused(problem)

    def back(self, step: Any) -> str:
        return reverse("projects:avis", args=[step.pk])

    def page(self, request: HttpRequest, step: Any) -> dict[str, Any]:
        return {"menu_courant": menu_of(step)}


class AbstentionView(AnswerView):
    action = "s_abstenir"
    form_class = AbstentionForm
    titre = "S’abstenir"
    bouton = "S’abstenir"
    fait = "Votre abstention est enregistrée."

    def consequences(self, request: HttpRequest, step: Any) -> list[str]:
        told = ["Vous répondez sans donner d’avis. Votre réponse compte dans le quorum." if _counts(step) else NO_SENSE]
        read = readers_of(step, on=timezone.localdate(request.now), quoi="Votre réponse est lue")
        return [*told, read, LOSES, until(step)]

    def act(self, request: HttpRequest, step: Any, values: dict[str, Any]) -> None:
        abstain(avis=step, motif=values["motif"], by=request.acteur, now=request.now)


NO_SENSE = "Vous répondez sans donner d’avis."
LOSES = "Les appréciations déjà saisies dans le brouillon sont effacées."


class DeportView(AnswerView):
    action = "se_deporter"
    form_class = DeportForm
    titre = "Se déporter"
    bouton = "Me déporter"
    fait = "Votre déport est enregistré."

    def form_options(self, request: HttpRequest, step: Any) -> dict[str, Any]:
        conflict = likely_conflict(step, request.user)
        return {"initial": {"conflit": conflict.lien if conflict else ""}}

    def consequences(self, request: HttpRequest, step: Any) -> list[str]:
        told = "Votre organisme ne donne pas d’avis sur ce projet, à cause d’un lien que vous déclarez."
        fewer = ["Il n’est plus compté dans le quorum."] if _counts(step) else []
        read = readers_of(step, on=timezone.localdate(request.now), quoi="Votre réponse est lue")
        return [told, *fewer, read, LOSES, until(step)]

    def act(self, request: HttpRequest, step: Any, values: dict[str, Any]) -> None:
        recuse(avis=step, conflit=values["conflit"], by=request.acteur, now=request.now)


class ReprendreAvisView(AnswerView):
    action = "reprendre"
    titre = "Reprendre la réponse"
    bouton = "Reprendre"
    fait = "Votre réponse est reprise\u00a0: modifiez-la, puis rendez votre avis."

    def consequences(self, request: HttpRequest, step: Any) -> list[str]:
        fin = fin_of(step)
        return [
            "Votre réponse redevient un brouillon, que seul votre organisme lit.",
            f"Elle ne compte plus tant que vous n’avez pas répondu à nouveau, avant {fin}.",
        ]

    def act(self, request: HttpRequest, step: Any, values: dict[str, Any]) -> None:
        take_back(avis=step, by=request.acteur, now=request.now)


def _counts(avis: Avis) -> bool:
    return avis.organisation.genre == Genre.URPS


def until(avis: Avis) -> str:
    return f"Vous pourrez reprendre votre réponse jusqu’à {fin_of(avis)}."


ARS = (Genre.ARS, Genre.DD_ARS)

urlpatterns: list[URLPattern] = [
    path("avis/<int:pk>/", AvisView.as_view(), name="avis"),
    path("avis/<int:pk>/abstention/", AbstentionView.as_view(), name="avis_abstention"),
    path("avis/<int:pk>/deport/", DeportView.as_view(), name="avis_deport"),
    path("avis/<int:pk>/reprendre/", ReprendreAvisView.as_view(), name="avis_reprendre"),
]


def panel(request: HttpRequest, lettre: LettreIntention) -> dict[str, Any] | None:
    """For a body asked, its own answers, that of the transmission first; for the ARS, the opinions it reads.

    The Guichet has its own table.
    """
    acteur = request.acteur  # type: ignore[attr-defined]
    if not acteur.est_agent or acteur.genre == Genre.GUICHET:
        return None
    answers = reponses_of(lettre, acteur=acteur)
    mine = [_own_line(one) for one in answers if one.organisation.pk == acteur.organisation_id]
    lines = [line_of(one) for one in answers] if acteur.genre in ARS and lettre.transmise_at else []
    if not mine and not lines:
        return None
    return {"gabarit": "projects/panneaux/avis.html", "zone": "principal", "miens": mine, "lignes": lines}


def _own_line(one: Reponse) -> dict[str, Any]:
    """What is said to a body of its own answer, and the one button."""
    waiting = one.etat not in REPONSES
    return {
        "etat": tag_of(one.avis) if one.avis else tag_of_state(one.etat),
        "attendu": waiting and one.ouverte,
        "clos": waiting and not one.ouverte,
        "limite_le": one.limite_le,
        "rendu": given_on(one.avis) if one.avis else "",
        "am": one.nature == NatureConsultation.AM,
        "url": reverse("projects:avis", args=[one.avis_id]),
        "bouton": "Donner l’avis" if waiting and one.ouverte else "Relire l’avis",
    }
