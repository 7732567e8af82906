"""What came on paper: a letter received, its territory first; a decision signed, then confirmed by a second person."""

from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views import View

from dossiers.models import Decision
from dossiers.parcours import ground_of
from dossiers.selectors.pieces import pieces_visible_to
from dossiers.services.territoires import PARTS_MAX
from dossiers.states import EtatDecision, GenrePiece, NatureDecision
from funding.models import DemandeFir
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused
from guichet.kernel.money import euros, nombre
from guichet.kernel.uploads import FileRefused
from projects.forms.papier import DecisionPapierForm, LettrePapierForm
from projects.models import LettreIntention, ProjetSante
from projects.selectors import letters_for_pages, paper
from projects.services import paper as services
from territories import selectors as territories
from territories.models import Commune, Departement

CHOISIES = "lettre_papier"
"""Key of the session under which the communes chosen are kept until the letter is recorded."""
QUERY_MAX = 80


def panel(request: HttpRequest, lettre: LettreIntention) -> dict[str, Any] | None:
    """For a letter that came on paper: its scan stands for the answers."""
    if lettre.origine != Origine.PAPIER:
        return None
    readable = pieces_visible_to(request.acteur)  # type: ignore[attr-defined]
    scan = readable.filter(dossier=lettre.dossier_id, genre=GenrePiece.LETTRE).order_by("pk").first()
    return {"gabarit": "projects/panneaux/papier.html", "zone": "principal", "lettre": lettre, "scan": scan}


def decisions_panel(request: HttpRequest, lettre: LettreIntention) -> dict[str, Any] | None:
    """For whoever instructs: where a decision signed on paper is recorded, and those that wait for a second person."""
    acteur: Any = request.acteur  # type: ignore[attr-defined]
    if not rules.test_rule("lettre.instruire", acteur, lettre):
        return None
    steps = [(lettre, "projects:papier_decision", "sur la lettre")]
    if lettre.demande and not lettre.sans_demande:
        steps.append((lettre.demande, "projects:papier_decision_demande", "sur la demande de subvention"))
    links = [(reverse(name, args=[step.pk]), about) for step, name, about in steps if paper.natures_for(step)]
    waiting = list(paper.to_confirm(acteur).filter(dossier=lettre.dossier_id))
    if not links and not waiting:
        return None
    return {
        "gabarit": "projects/panneaux/papier_decisions.html",
        "zone": "marge",
        "liens": links,
        "attendues": waiting,
    }


# --- A letter received -------------------------------------------------------------------------------


class PapierView(LoginRequiredMixin, View):
    """First the territory: search, add, remove; every gesture is a plain form."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not rules.test_rule("lettres.enregistrer", request.acteur):  # type: ignore[attr-defined]
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = {commune.code: commune for commune in chosen_communes(request)}
        gone = request.POST.getlist("retirer")
        wanted = territories.communes(request.POST.getlist("code"))
        if epci := request.POST.get("epci", ""):
            wanted = {commune.code: commune for commune in territories.communes_of_epci(epci)}
        kept = {code: commune for code, commune in {**chosen, **wanted}.items() if code not in gone}
        if not wanted and not gone:
            return self.page(request, erreur="La liste officielle ne connaît pas cette commune.")
        if len(kept) > PARTS_MAX:
            return self.page(request, erreur=f"Un territoire compte au plus {nombre(PARTS_MAX)} communes.")
        request.session[CHOISIES] = sorted(kept)
        words = urlencode({"q": request.POST.get("q", "")[:QUERY_MAX]}) if request.POST.get("q") else ""
        return redirect(reverse("projects:papier") + (f"?{words}" if words else ""))

    def page(self, request: HttpRequest, *, erreur: str = "") -> HttpResponse:
        chosen = chosen_communes(request)
        text = (request.GET.get("q") or request.POST.get("q") or "").strip()[:QUERY_MAX]
        region = Departement.objects.filter(region=request.acteur.region).values_list("code", flat=True)  # type: ignore[attr-defined]
        found = territories.search(text, departements=sorted(region)) or territories.search(text) if text else []
        context = {
            "q": text,
            "resultats": found,
            "communes": chosen,
            "presentes": {commune.code for commune in chosen},
            "population": sum(commune.population or 0 for commune in chosen),
            "erreurs": [{"message": erreur, "ancre": "id_q"}] if erreur else [],
        }
        return render(request, "projects/papier.html", context, status=422 if erreur else 200)


def chosen_communes(request: HttpRequest) -> list[Commune]:
    """Those of the session that the official list still knows, by name."""
    found = territories.communes(request.session.get(CHOISIES, []))
    return sorted(found.values(), key=lambda commune: (commune.nom_normalise, commune.code))


class PapierLettreView(PapierView):
    """Then the letter: who, when it arrived, what it asks, its scan."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not chosen_communes(request):
            return redirect("projects:papier")
        return self.form_page(request, self.form(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request, data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.form_page(request, form, status=422)
        given = dict(form.cleaned_data)
        try:
            event = services.register_outside_deposit(
                communes=[commune.code for commune in chosen_communes(request)],
                montant_demande=given.pop("montant"),
                **given,
                by=request.acteur,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
            )
        except FileRefused as refused:
            form.add_error("scan", str(refused))
        except (Refused, ValidationError) as refused:
            form.add_error(None, refused if isinstance(refused, ValidationError) else str(refused))
        else:
            request.session.pop(CHOISIES, None)
            return self.recorded(request, event.lettre)
        return self.form_page(request, form, status=422)

    def form(self, request: HttpRequest, **given: Any) -> LettrePapierForm:
        departements = {c.departement_id: str(c.departement) for c in chosen_communes(request)}
        jour = timezone.localdate(request.now)  # type: ignore[attr-defined]
        return LettrePapierForm(**given, departements=sorted(departements.items()), jour=jour)

    def form_page(self, request: HttpRequest, form: LettrePapierForm, status: int = 200) -> HttpResponse:
        chosen = chosen_communes(request)
        context = {"form": form, "nombre": len(chosen), "population": sum(c.population or 0 for c in chosen)}
        return render(request, "projects/papier_lettre.html", context, status=status)

    def recorded(self, request: HttpRequest, lettre: LettreIntention) -> HttpResponse:
        told = f"La lettre est enregistrée sous la référence {lettre.dossier.reference}."
        if letters_for_pages(request.acteur).filter(pk=lettre.pk).exists():  # type: ignore[attr-defined]
            messages.success(request, told)
            return redirect("projects:lettre", pk=lettre.pk)
        messages.success(request, f"{told} Le Guichet la vérifie, recueille les avis, puis vous la transmet.")
        return redirect("portal:accueil_role")


# --- A decision signed -------------------------------------------------------------------------------


class DecisionPapierView(LoginRequiredMixin, View):
    """Record what was signed on paper about a letter: it has no effect until somebody else confirms it."""

    droit = "lettre.instruire"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        step = self.step(request, pk)
        return self.page(request, step, self.form(request, step))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        step = self.step(request, pk)
        form = self.form(request, step, data=request.POST, files=request.FILES)
        self.bound: Any = form
        if form.is_valid():
            try:
                decision = self.record(request, step, dict(form.cleaned_data))
            except FileRefused as refused:
                form.add_error("scan", str(refused))
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                return self.recorded(request, step, decision)
        return self.page(request, step, form, status=422)

    def step(self, request: HttpRequest, pk: int) -> Any:
        """The step, for whoever instructs it; 404 otherwise, and its sentence when nothing is to be decided."""
        step = get_object_or_404(self.steps(request), pk=pk)
        if not rules.test_rule(self.droit, request.acteur, step):  # type: ignore[attr-defined]
            raise Http404
        if not paper.natures_for(step):
            raise Refused(f"L’état est «\u00a0{step.get_etat_display()}\u00a0»\u00a0: aucune décision n’est attendue.")
        return step

    def steps(self, request: HttpRequest) -> Any:
        return letters_for_pages(request.acteur)  # type: ignore[attr-defined]

    def form(self, request: HttpRequest, step: Any, **given: Any) -> DecisionPapierForm:
        people = [(str(user.pk), str(user)) for user in paper.signatories(step)]
        jour = timezone.localdate(request.now)  # type: ignore[attr-defined]
        return DecisionPapierForm(**given, natures=paper.natures_for(step), signataires=people, jour=jour)

    def record(self, request: HttpRequest, step: Any, given: dict[str, Any]) -> Decision:
        given["nature"] = NatureDecision(given["nature"])
        given["signataire"] = paper.signatories(step).get(pk=given["signataire"])
        return services.record_paper_decision(step=step, **given, by=request.acteur, now=request.now)  # type: ignore[attr-defined]

    def recorded(self, request: HttpRequest, step: Any, decision: Decision) -> HttpResponse:
        messages.success(request, "La décision est enregistrée. Elle prend effet quand une autre personne la confirme.")
        if isinstance(step, DemandeFir):
            step.refresh_from_db(fields=["etat", "delai"])  # the silence may have been recorded meanwhile
            jour = timezone.localdate(request.now)  # type: ignore[attr-defined]
            if sentence := paper.notified_late(step, decision, on=jour):
                messages.warning(request, sentence)
        return redirect(self.back(step))

    def back(self, step: Any) -> str:
        return reverse("projects:lettre", args=[step.pk])

    def page(self, request: HttpRequest, step: Any, form: DecisionPapierForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "dossier": step.dossier, "retour": self.back(step)}
        return render(request, "projects/papier_decision.html", context, status=status)


class DecisionPapierDemandeView(DecisionPapierView):
    """The same about a request for funds."""

    droit = "demande.instruire"

    def steps(self, request: HttpRequest) -> Any:
        return DemandeFir.objects.visible_to(request.acteur).for_pages()  # type: ignore[attr-defined]

    def back(self, step: Any) -> str:
        return reverse("funding:demande", args=[step.pk])


class AConfirmerView(LoginRequiredMixin, View):
    """The decisions typed from paper that wait for a second person, the oldest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not rules.test_rule("decisions.lister", request.acteur):  # type: ignore[attr-defined]
            raise Http404
        waiting = list(paper.to_confirm(request.acteur)[:100])  # type: ignore[attr-defined]
        return render(request, "projects/papier_a_confirmer.html", {"decisions": waiting})


class ConfirmerView(LoginRequiredMixin, View):
    """Everything that was typed beside its scan: confirmed, or set aside, by somebody else who decides."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        decision = get_object_or_404(paper.to_confirm(request.acteur), pk=pk)  # type: ignore[attr-defined]
        step = services.step_of(decision)
        acteur: Any = request.acteur  # type: ignore[attr-defined]
        jour = timezone.localdate(request.now)  # type: ignore[attr-defined]
        context = {
            "decision": decision,
            "dossier": decision.dossier,
            "etape": reverse(PAGES[type(step)], args=[step.pk]),
            "lignes": _typed(decision),
            "retard": paper.notified_late(step, decision, on=jour) if isinstance(step, DemandeFir) else "",
            "effet": paper.effect_on_project(step, decision, on=jour) if isinstance(step, ProjetSante) else None,
            "sienne": decision.saisie_par_id == acteur.user.pk,
            "decide": rules.test_rule(services.rule_of(step, "decider"), acteur, step),
        }
        return render(request, "projects/papier_confirmer.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        decision = get_object_or_404(paper.to_confirm(request.acteur), pk=pk)  # type: ignore[attr-defined]
        act = {"by": request.acteur, "now": request.now}  # type: ignore[attr-defined]
        if "ecarter" in request.POST:
            services.discard_paper_decision(decision=decision, **act)
            messages.success(request, "La saisie est écartée\u00a0: rien n’est décidé.")
        else:
            confirmed = services.confirm_paper_decision(decision=decision, **act)
            if confirmed.etat == EtatDecision.A_VERIFIER:
                messages.warning(request, "La saisie est confirmée\u00a0: le projet est «\u00a0à vérifier\u00a0».")
            else:
                messages.success(request, "La décision est confirmée. L’association est prévenue.")
        return redirect("projects:papier_a_confirmer")


PAGES = {LettreIntention: "projects:lettre", DemandeFir: "funding:demande", ProjetSante: "projects:projet"}


def _typed(decision: Decision) -> list[tuple[str, Any]]:
    """What was typed, label and value; days as dates."""
    rows: list[tuple[str, Any]] = [
        ("Décision", decision.get_nature_display()),
        ("Signataire", f"{decision.signataire}, {decision.qualite}"),
        ("En vertu de", decision.acte),
    ]
    if decision.montant is not None:
        rows.append(("Montant accordé", euros(decision.montant)))
    return rows + [(label, words) for label, words in ground_of(decision)]


urlpatterns = [
    path("lettres/papier/", PapierView.as_view(), name="papier"),
    path("lettres/papier/lettre/", PapierLettreView.as_view(), name="papier_lettre"),
    path("lettres/<int:pk>/decision-papier/", DecisionPapierView.as_view(), name="papier_decision"),
    path("demandes/<int:pk>/decision-papier/", DecisionPapierDemandeView.as_view(), name="papier_decision_demande"),
    path("decisions/a-confirmer/", AConfirmerView.as_view(), name="papier_a_confirmer"),
    path("decisions/<int:pk>/confirmer/", ConfirmerView.as_view(), name="papier_confirmer"),
]
