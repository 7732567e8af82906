"""The Guichet consults the bodies on a letter, reminds them, gives its opinion, and consults again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from accounts.states import Genre
from dossiers.selectors.people import bodies
from dossiers.selectors.reglages import reglage
from dossiers.views.actes import today
from guichet.kernel.civil import ONE_DAY, date_longue
from guichet.kernel.lifecycle import Refused
from projects.forms.guichet import ConsulterForm, RouvrirForm, SyntheseForm
from projects.models import Avis, Consultation, LettreIntention
from projects.selectors.avis import Reponse, criteres_on, reponses_of
from projects.selectors.consultations import by_criterion, progress_of
from projects.services.consulting import CONSULTABLES, open_consultation, remind, reminder_refusal, reopen_consultation
from projects.services.synthesis import SENS, give_synthesis, keep_draft
from projects.states import EtatAvis, EtatLettre, NatureConsultation
from projects.views.actes import LettreActeView
from projects.views.grille import tag_of

NOT_ANSWERED = (EtatAvis.ATTENDU, EtatAvis.BROUILLON, EtatAvis.SANS_REPONSE)


class ConsulterView(LettreActeView):
    action = "ouvrir_consultation"
    template_name = "projects/consulter.html"
    titre = "Ouvrir la consultation"
    bouton = "Ouvrir la consultation"
    fait = "La consultation est ouverte\u00a0: chaque organisme reçoit un message."

    def make_form(self, request: HttpRequest, step: LettreIntention, **given: Any) -> ConsulterForm:
        day = today(request)
        offered = bodies(step.dossier, CONSULTABLES)
        urps = [body.code for body in offered if body.genre == Genre.URPS]
        jours, quorum = reglage("consultation_jours", on=day), reglage("consultation_quorum", on=day)
        initial = {
            "organismes": urps,
            "limite_le": day + ONE_DAY * (jours.valeur if jours else 30),
            "quorum": min(quorum.valeur if quorum else 0, len(urps)),
        }
        aides = {"limite_le": _reason(jours, "jours"), "quorum": _reason(quorum, "réponses")}
        return ConsulterForm(**given, initial=initial, jour=day, organismes=offered, aides=aides)

    def consequences(self, request: HttpRequest, step: LettreIntention) -> list[str]:
        return [
            "Chaque organisme coché ouvre la lettre et reçoit un message avec la date.",
            "L’association apprend que sa lettre est soumise aux URPS, et jusqu’à quand.",
            "Les réponses tardives sont prises jusqu’à l’avis du Guichet ou à la transmission.",
        ]

    def act(self, request: HttpRequest, step: LettreIntention, values: dict[str, Any]) -> None:
        by_code = {body.code: body for body in bodies(step.dossier, CONSULTABLES)}
        open_consultation(
            lettre=step,
            organisations=[by_code[code] for code in values["organismes"]],
            limite_le=values["limite_le"],
            quorum=values["quorum"],
            by=request.acteur,
            now=request.now,
        )


def _reason(found: Any, unit: str) -> str:
    """Where a proposed value comes from, and what the sources leave in doubt."""
    if found is None:
        return "La région n’a rien fixé."
    doubt = f" {found.doute}" if found.doute else ""
    source = found.source[0].lower() + found.source[1:]
    return f"{found.motif} Proposé\u00a0: {found.valeur}\u00a0{unit} ({source}).{doubt}"


class RouvrirView(LettreActeView):
    action = "rouvrir_consultation"
    titre = "Rouvrir la consultation"
    bouton = "Rouvrir la consultation"
    fait = "La consultation est rouverte."

    def make_form(self, request: HttpRequest, step: LettreIntention, **given: Any) -> RouvrirForm:
        day = today(request)
        jours = reglage("consultation_jours", on=day)
        return RouvrirForm(**given, initial={"limite_le": day + ONE_DAY * (jours.valeur if jours else 30)}, jour=day)

    def consequences(self, request: HttpRequest, step: LettreIntention) -> list[str]:
        return [
            "Ceux qui n’ont pas répondu reçoivent un nouveau message\u00a0; les autres peuvent reprendre leur avis.",
            "L’avis déjà rendu reste dans les documents\u00a0; vous en rendrez un nouveau, à partir de son texte.",
        ]

    def act(self, request: HttpRequest, step: LettreIntention, values: dict[str, Any]) -> None:
        reopen_consultation(
            lettre=step, motif=values["motif"], limite_le=values["limite_le"], by=request.acteur, now=request.now
        )


class RelancerView(LettreActeView):
    """A reminder to those who have not answered: it changes no state."""

    action = "rendre_synthese"  # whose it is: the Guichet's desk
    titre = "Relancer les organismes"
    bouton = "Envoyer le rappel"

    def refuse_early(self, request: HttpRequest, step: LettreIntention) -> None:
        if refusal := reminder_refusal(running(step), now=request.now):
            raise Refused(refusal)

    def consequences(self, request: HttpRequest, step: LettreIntention) -> list[str]:
        waiting = [r.organisation.nom for r in reponses_of(step, acteur=request.acteur) if r.etat in NOT_ANSWERED]
        return [
            f"Un message part à\u00a0: {', '.join(waiting)}." if waiting else "Tous les organismes ont répondu.",
            f"Il rappelle la date du {date_longue(running(step).limite_le)}.",
        ]

    def act(self, request: HttpRequest, step: LettreIntention, values: dict[str, Any]) -> None:
        told = remind(consultation=running(step), by=request.acteur, now=request.now)
        messages.success(request, f"Le rappel est parti à {told} {'organismes' if told > 1 else 'organisme'}.")


class SyntheseView(LettreActeView):
    """The opinion of the Guichet, beside what each body said; kept as a draft until it may be given."""

    action = "rendre_synthese"
    template_name = "projects/synthese.html"
    titre = "Avis du Guichet"
    bouton = "Rendre l’avis du Guichet"
    fait = "L’avis du Guichet est rendu. L’association le reçoit\u00a0; vous pouvez transmettre la lettre."

    def refuse_early(self, request: HttpRequest, step: LettreIntention) -> None:
        if step.etat != EtatLettre.EN_CONSULTATION:
            super().refuse_early(request, step)

    def post(self, request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        if "brouillon" not in request.POST:
            return super().post(request, pk, **more)
        step = self.allowed(request, pk)
        form = self.make_form(request, step, data=request.POST, brouillon=True)
        if not form.is_valid():
            return self.show(request, step, form, status=422)
        keep_draft(lettre=step, sens=form.cleaned_data["sens"], synthese=form.textes(), by=request.acteur)
        messages.success(request, "Le brouillon est enregistré. Seul le Guichet le lit.")
        return redirect("projects:synthese", pk=pk)

    def make_form(self, request: HttpRequest, step: LettreIntention, **given: Any) -> SyntheseForm:
        consultation = step.consultation_du_guichet()
        draft = consultation.synthese if consultation else {}
        given.pop("files", None)
        return SyntheseForm(**given, initial=draft, criteres=criteres_on(today(request)))

    def page(self, request: HttpRequest, step: LettreIntention) -> dict[str, Any]:
        answers = [r for r in reponses_of(step, acteur=request.acteur) if r.nature == NatureConsultation.GUICHET]
        consultation = step.consultation_du_guichet()
        return {
            "avancement": progress_of(consultation, answers) if consultation else None,
            "criteres": by_criterion(answers, criteres_on(today(request))),
            "reponses": [_answer(answer, answer.avis) for answer in answers if answer.avis],
            "empechement": self.cycle.refusal(step, self.action, by=request.acteur, now=request.now),
        }

    def show(self, request: HttpRequest, step: LettreIntention, form: SyntheseForm, status: int = 200) -> HttpResponse:
        """Each criterion beside its field."""
        page = self.page(request, step)
        context = {
            **page,
            "form": form,
            "lignes": [(critere, form[critere.code]) for critere in page["criteres"]],
            **self.heading(step),
            "consequences": self.consequences(request, step),
            "bouton": self.bouton,
            "retour": self.back(step),
        }
        return render(request, self.template_name, context, status=status)

    def consequences(self, request: HttpRequest, step: LettreIntention) -> list[str]:
        return [
            "La consultation est close\u00a0: plus aucune réponse n’est prise.",
            "L’avis du Guichet devient un document daté, lu par l’association, puis par l’ARS à la transmission.",
            "Il dit qui a été consulté et combien ont répondu, jamais qui a dit quoi.",
        ]

    def act(self, request: HttpRequest, step: LettreIntention, values: dict[str, Any]) -> None:
        texts = {name: value for name, value in values.items() if name != SENS}
        give_synthesis(lettre=step, sens=values["sens"], synthese=texts, by=request.acteur, now=request.now)


def _answer(answer: Reponse, avis: Avis) -> dict[str, Any]:
    """What one body answered, for the desk that draws its opinion from it."""
    return {"organisation": answer.organisation, "etat": tag_of(avis), "texte": avis.commentaire or avis.conflit}


def running(lettre: LettreIntention) -> Consultation:
    """The consultation that takes answers; Refused otherwise."""
    consultation = lettre.consultation_du_guichet()
    if consultation is None or lettre.etat != EtatLettre.EN_CONSULTATION:
        raise Refused("Aucune consultation n’est en cours sur cette lettre.")
    return consultation


urlpatterns: list[URLPattern] = [
    path("lettres/<int:pk>/consulter/", ConsulterView.as_view(), name="consulter"),
    path("lettres/<int:pk>/relancer/", RelancerView.as_view(), name="relancer"),
    path("lettres/<int:pk>/avis-du-guichet/", SyntheseView.as_view(), name="synthese"),
    path("lettres/<int:pk>/rouvrir-la-consultation/", RouvrirView.as_view(), name="rouvrir_consultation"),
]
