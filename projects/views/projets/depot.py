"""What the association does with its projet de santé once written: check, deposit, complete, contest, withdraw."""

from datetime import date
from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from dossiers.selectors.pieces import pieces_of
from dossiers.selectors.pieces_demandees import requests_of
from dossiers.selectors.reglages import valeur
from dossiers.views.actes import ActeView, today
from dossiers.views.pieces_demandees import count_of
from guichet.kernel.civil import date_longue
from guichet.kernel.deadlines import Echeance, Ledger, Regime, compute
from projects.conseils import project_reserves
from projects.documents.projets import parts
from projects.forms.projets import ContesterForm, RetirerProjetForm
from projects.lifecycles import PROJET
from projects.models import ProjetSante
from projects.models.projet import POINT_DE_RECEPTION
from projects.rubriques_projet import is_fiche
from projects.selectors.projets import (
    if_not_required,
    ordered_sections,
    projects_for_pages,
    sheets_of,
    with_sections,
)
from projects.services.projets.depositing import POUVOIR_MANQUANT, complete, deposit, may_sign, unanswered, withdraw
from projects.services.projets.pieces import contest_requirement, send_useful_answers
from projects.states import EtatProjet
from projects.views.projets import presenters

COCHER = {"message": "Cochez la case qui dit que les réponses sont exactes.", "ancre": "exact"}
LIRE = {"message": "Dites que vous avez lu les points signalés\u00a0: ils n’empêchent pas le dépôt.", "ancre": "lues"}
NOUVELLES = {
    "message": "De nouveaux points sont signalés depuis que vous avez ouvert cette page\u00a0: relisez-les.",
    "ancre": "lues",
}


def written_project(request: HttpRequest, pk: int) -> ProjetSante:
    """A project of the association the person writes for, with its sections; 404 otherwise."""
    projet = get_object_or_404(with_sections(projects_for_pages(request.acteur)), pk=pk)
    if not rules.test_rule("projet.rediger", request.acteur, projet):
        raise Http404
    return projet


class VerifierView(LoginRequiredMixin, View):
    """ "Vérifiez vos réponses": everything typed, what blocks, the réserves, what will happen, and the deposit."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        projet = written_project(request, pk)
        if projet.etat != EtatProjet.BROUILLON:
            return redirect("projects:projet", pk=pk)
        return render(request, "projects/projets/verifier.html", check_context(request, projet))


class DeposerView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Reached by going back or from a bookmark: nothing is deposited but from the page that says what will be."""
        return redirect("projects:projet_verifier", pk=pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        projet = written_project(request, pk)
        read = set(request.POST.getlist("reserve")) if request.POST.get("lues") == "oui" else set()
        if projet.etat == EtatProjet.BROUILLON:
            context = check_context(request, projet)
            if errors := self._errors(request, context, read):
                return render(request, "projects/projets/verifier.html", {**context, "erreurs": errors}, status=422)
        deposit(projet=projet, reserves_lues=read, by=request.acteur, now=request.now)
        messages.success(request, f"Votre projet est déposé sous la référence {projet.dossier.reference}.")
        return redirect("projects:projet", pk=pk)

    def _errors(self, request: HttpRequest, context: dict[str, Any], read: set[str]) -> list[dict[str, str]]:
        """What the page itself asks; the law is judged by the service."""
        found = [] if request.POST.get("exact") == "oui" else [COCHER]
        if unread := set(context["codes"]) - read:
            posted = set(request.POST.getlist("reserve"))
            found.append(NOUVELLES if unread - posted and request.POST.get("lues") == "oui" else LIRE)
        return found


def check_context(request: HttpRequest, projet: ProjetSante) -> dict[str, Any]:
    """What the page "Vérifiez vos réponses" shows."""
    day, sections, sheets = today(request), ordered_sections(projet), sheets_of(projet)
    found = project_reserves(projet, on=day)
    return {
        **presenters.page(projet),
        "parties": typed(projet, jour=day),
        "pieces": pieces_of(projet.dossier, acteur=request.acteur),
        "adresse_pieces": presenters.pieces_url(projet, retour=request.path.replace("/deposer/", "/verifier/")),
        "manques": presenters.missing(projet, sections, sheets),
        "reserves": presenters.reserves_by_part(projet, found, sections, sheets, retour=request.path),
        "codes": sorted({reserve.code for reserve in found}),
        "depose": rules.test_rule("projet.deposer", request.acteur, projet),
        "pouvoir": "" if may_sign(projet, request.acteur) else POUVOIR_MANQUANT,
        "qualite": request.acteur.qualite,
        "suites": what_follows(day),
        "erreurs": [],
    }


def typed(projet: ProjetSante, *, jour: date, edit: bool = True) -> list[dict[str, Any]]:
    """The parts as they are written now, each with the address that changes it."""
    return [
        {
            "titre": part["titre"],
            "ancre": part["cle"],
            "blocs": part["blocs"],
            "url": presenters.section_url(projet, part["cle"]) if edit else "",
            "plie": is_fiche(part["cle"]),
        }
        for part in parts(projet, jour=jour, limit=40)
    ]


def what_follows(day: date) -> list[str]:
    """What a deposit of that day does, with its dates."""
    told = [
        "L’ARS reçoit votre projet tout de suite\u00a0; l’Assurance Maladie et le Guichet le lisent.",
        "Vous recevez un accusé de réception avec la date, l’heure et ce que vaut le silence de l’ARS.",
        "Le territoire, les réponses et les pièces sont figés dans une version numérotée.",
    ]
    if valeur(POINT_DE_RECEPTION, on=day, defaut="portail") != "portail":
        return [
            *told,
            "Les deux mois courent à partir du jour où l’ARS constate la réception, sous réserve que le "
            "projet soit complet.",
        ]
    found = compute(Ledger(regime=Regime.ACCEPTATION, recu_le=day))
    return [
        *told,
        f"Si vous déposez aujourd’hui, le dernier jour de l’ARS est le {_day(found.dernier_jour)}. Sans "
        f"opposition, le projet est réputé validé le {_day(found.echeance_le)}, sous réserve qu’il soit complet.",
    ]


def _day(day: date | None) -> str:
    return date_longue(day) if day else "jour inconnu"


# --- Acts on a deposited project ----------------------------------------------------------------------


class ProjetActe(ActeView):
    """A row of the table of the projet de santé as a page of the association: 404 for an agent."""

    cycle = PROJET

    def get_step(self, request: HttpRequest, pk: int) -> ProjetSante:
        projet = get_object_or_404(projects_for_pages(request.acteur), pk=pk)
        if not rules.test_rule("projet.deposer", request.acteur, projet):
            raise Http404
        return projet

    def back(self, step: Any) -> str:
        return reverse("projects:projet", args=[step.pk])


class CompleterView(ProjetActe):
    """Send what the ARS asked for: the two months begin at the arrival of the last required piece."""

    action = "completer"
    template_name = "projects/projets/completer.html"
    titre = "Compléter le projet"
    bouton = "Envoyer et compléter le projet"
    fait = "Votre projet est complété. L’accusé de réception porte les nouvelles dates."

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        told = ["L’ARS lit vos réponses et vos pièces\u00a0; une nouvelle version du projet est figée."]
        found = step.si_envoye()
        if found and found.dernier_jour:
            told.append(
                f"Les deux mois courent à partir de l’arrivée de la dernière pièce exigée par un texte\u00a0: le "
                f"dernier jour de l’ARS est le {_day(found.dernier_jour)}. Sans opposition, il est réputé validé le "
                f"{_day(found.echeance_le)}."
            )
        return told

    def page(self, request: HttpRequest, step: ProjetSante) -> dict[str, Any]:
        demandes = asked_of(step)
        return {
            "demandes": demandes,
            "manque": [ligne["manque"] for demande in demandes for ligne in demande["lignes"] if ligne["manque"]],
            "repondre": reverse("dossiers:repondre", args=[step.dossier_id]),
        }

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        complete(projet=step, by=request.acteur, now=request.now)


class EnvoyerUtilesView(ProjetActe):
    """Send what answers the useful pieces: no date moves, and the page says so."""

    action = "envoyer_pieces_utiles"
    template_name = "projects/projets/completer.html"
    titre = "Envoyer vos réponses"
    bouton = "Envoyer les réponses"
    fait = "Vos réponses sont envoyées à l’ARS. Le délai ne change pas."

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        return [
            "L’ARS lit vos réponses et vos pièces\u00a0; elles ne se modifient plus.",
            "Aucun texte n’exige ces pièces\u00a0: le délai de deux mois ne s’arrête pas et ne recommence pas.",
        ]

    def page(self, request: HttpRequest, step: ProjetSante) -> dict[str, Any]:
        answer = reverse("dossiers:repondre", args=[step.dossier_id])
        return {"demandes": asked_of(step), "manque": [], "repondre": answer}

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        send_useful_answers(projet=step, by=request.acteur, now=request.now)


def asked_of(projet: ProjetSante) -> list[dict[str, Any]]:
    """What waits on a project, item by item: required by a text or merely useful, answered or not."""
    return [
        {
            "titre": f"Demandé le {date_longue(demande.demandee_le)}",
            "compte": count_of([demande]),
            "lignes": [
                {
                    "titre": item.intitule,
                    "fondement": item.fondement if item.requise_par_un_texte else "",
                    "etat": item.get_etat_display(),
                    "manque": unanswered(item),
                }
                for item in demande.items.all()
            ],
        }
        for demande in requests_of(projet.demandes_de_pieces())
        if demande.close_at is None
    ]


class ContesterView(ProjetActe):
    """ "No text requires this": no state changes, both dates are shown."""

    action = "contester_exigence"
    template_name = "projects/projets/contester.html"
    form_class = ContesterForm
    titre = "Contester l’exigence d’une pièce"
    bouton = "Envoyer à l’ARS"
    fait = "Votre contestation est inscrite. L’ARS et vous lisez désormais les deux dates."

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        return [
            "L’ARS en est prévenue, et lit votre raison. Elle peut renoncer à la pièce.",
            "L’état du projet ne change pas\u00a0: vous pouvez aussi répondre à la demande.",
        ]

    def page(self, request: HttpRequest, step: ProjetSante) -> dict[str, Any]:
        return {"dates": both_dates(step), "demandes": asked_of(step)}

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        contest_requirement(projet=step, motif=values["motif"], by=request.acteur, now=request.now)


def both_dates(projet: ProjetSante) -> list[dict[str, str]]:
    """The dates of the period if a text requires what was asked, and if none does."""
    if projet.delai is None:
        return []
    without = if_not_required(projet.delai)
    return [_dates("Si un texte exige la pièce", projet.delai), _dates("Si aucun texte ne l’exige", without)]


def _dates(titre: str, found: Any | Echeance) -> dict[str, str]:
    if found.dernier_jour is None:
        return {"titre": titre, "dernier_jour": "", "echeance": ""}
    return {"titre": titre, "dernier_jour": _day(found.dernier_jour), "echeance": _day(found.echeance_le)}


class RetirerView(ProjetActe):
    """Withdraw the project, after a page that says what happens to it."""

    action = "retirer"
    form_class = RetirerProjetForm
    titre = "Retirer le projet de santé"
    bouton = "Retirer le projet"
    danger = True
    fait = "Le projet est retiré."

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        told = ["Rien n’est effacé\u00a0: vous pourrez écrire un nouveau projet à partir de celui-ci."]
        if step.etat == EtatProjet.BROUILLON:
            return ["Ce brouillon ne pourra plus être écrit ni déposé.", *told]
        return [
            "L’ARS n’examine plus le projet, et son silence ne peut plus le valider\u00a0: le délai s’arrête.",
            "Un nouveau projet ouvrira un nouveau délai de deux mois.",
            *told,
        ]

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        withdraw(projet=step, motif=values["motif"], by=request.acteur, now=request.now)
