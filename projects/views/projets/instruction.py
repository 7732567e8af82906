"""What the ARS does on a project before it decides: notes the receipt, asks for pieces, judges them, gives them up."""

from typing import Any

import rules
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from dossiers.forms.pieces_demandees import EXIGEE, DemanderPiecesForm
from dossiers.models import MouvementDelai, PieceDemandee
from dossiers.selectors.delais import echeance_of
from dossiers.states import EtatPieceDemandee, NatureMouvement
from dossiers.views.actes import today
from dossiers.views.pieces_demandees import AskingView, line
from guichet.kernel.civil import add_months, civil_day, date_longue
from guichet.kernel.lifecycle import Refused
from guichet.kernel.uploads import FileRefused, FileTooLarge
from projects.forms.decisions_projet import ConstaterForm, NonConformeForm, RecuesProjetForm, RenoncerForm
from projects.lifecycles import PROJET
from projects.models import ProjetSante
from projects.services.projets.depositing import record_receipt
from projects.services.projets.outside import record_received
from projects.services.projets.pieces import ask_pieces, ask_useful_pieces, judge_piece, waive_pieces
from projects.states import EtatProjet
from projects.views.projets.desk import DeskActe, doubt, last_day


class ConstaterView(DeskActe):
    """Where the region sets that the deposit is not the receipt: the ARS notes the day it had the project."""

    action = "constater_reception"
    titre = "Constater la réception"
    bouton = "Constater la réception"
    fait = "La réception est constatée\u00a0: les deux mois courent."

    def make_form(self, request: HttpRequest, step: ProjetSante, **given: Any) -> ConstaterForm:
        assert step.depose_at is not None
        return ConstaterForm(**given, depot=civil_day(step.depose_at), jour=today(request))

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        last = date_longue(add_months(today(request), 2))
        return [
            "Dans cette région, les deux mois courent du jour où l’ARS constate qu’elle a le projet "
            "(CRPA, art. L114-3).",
            f"Reçu aujourd’hui, le dernier jour pour s’opposer serait le {last}. Sans opposition, le projet est "
            "réputé validé le lendemain.",
            "L’association reçoit un accusé de réception avec ces dates\u00a0; les avis sont demandés.",
        ]

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        record_receipt(projet=step, le=values["le"], by=request.acteur, now=request.now)


class DemanderPiecesView(AskingView, DeskActe):
    """One page for both kinds: required by a text, they stop the clock; merely useful, they change nothing. Each effect
    is said before anything is sent.
    """

    action = "demander_piece_utile"
    template_name = "projects/projets/bureau/demander_pieces.html"
    titre = "Demander des pièces"
    bouton = "Envoyer la demande"

    def make_form(self, request: HttpRequest, step: ProjetSante, **given: Any) -> DemanderPiecesForm:
        refused = self._why_none_required(request, step)
        if refused and EXIGEE in given.get("data", {}).values():
            raise Refused(refused)  # asked from a page opened before: it is not turned into a useful piece in silence
        requires = not refused
        return DemanderPiecesForm(**given, jour=today(request), textes=requires, limite=requires)

    def page(self, request: HttpRequest, step: ProjetSante) -> dict[str, Any]:
        refused = self._why_none_required(request, step)
        return {
            "refus": refused,
            "exigee": _effect_of_required(step) if not refused else "",
            "utile": _effect_of_useful(step),
            "doute": doubt("pieces_acceptation", request),
        }

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        return ["L’association reçoit une lettre et un message. Elle répond pièce par pièce dans le portail."]

    def _why_none_required(self, request: HttpRequest, step: ProjetSante) -> str:
        """ "" when a piece required by a text may be asked for now, else why not."""
        return PROJET.refusal(step, "demander_pieces", by=request.acteur, now=request.now)

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        items = values["items"]
        required = any(item.requise for item in items)
        ask = ask_pieces if required else ask_useful_pieces
        ask(projet=step, items=items, by=request.acteur, now=request.now)
        effect = (
            "Le délai de deux mois ne court pas tant que la dernière pièce exigée n’est pas arrivée."
            if required
            else "Le délai ne change pas."
        )
        messages.success(request, f"La demande est envoyée à l’association. {effect}")


def _effect_of_required(projet: ProjetSante) -> str:
    last = last_day(projet)
    now = f"Le dernier jour du {last} ne compte plus" if last else "Le délai attend déjà une pièce exigée"
    return (
        f"{now}\u00a0: les deux mois courront en entier à partir de l’arrivée de la dernière pièce exigée (CRPA, "
        "art. L114-3 et L114-5). La date limite donnée à l’association n’y change rien."
    )


def _effect_of_useful(projet: ProjetSante) -> str:
    last = last_day(projet)
    if last:
        return f"Le délai continue de courir\u00a0: le dernier jour reste le {last}."
    return "Elle ne change rien au délai." if projet.delai else "Aucun délai ne court encore."


class JugerView(DeskActe):
    """What came does not conform: the association answers again. The state of the project does not change."""

    action = "constater_non_conforme"
    template_name = "projects/projets/bureau/juger.html"
    form_class = NonConformeForm
    titre = "Dire une pièce non conforme"
    bouton = "Dire cette pièce non conforme"
    fait = "L’association est prévenue\u00a0: elle répond à nouveau."

    def get_step(self, request: HttpRequest, pk: int) -> ProjetSante:
        projet = super().get_step(request, pk)
        asked = PieceDemandee.objects.filter(demande__evenement__in=projet.demandes_de_pieces())
        self.item = get_object_or_404(asked.select_related("demande"), pk=self.kwargs["piece"])
        return projet

    def refuse_early(self, request: HttpRequest, step: Any) -> None:
        super().refuse_early(request, step)
        if self.item.etat != EtatPieceDemandee.REPONDUE:
            raise Refused("Cette pièce n’a pas de réponse à examiner.")

    def page(self, request: HttpRequest, step: ProjetSante) -> dict[str, Any]:
        return {"lignes": [line(self.item)]}

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        if not self.item.requise_par_un_texte:
            return ["Aucun texte n’exige cette pièce\u00a0: le délai ne dépend pas d’elle."]
        return [
            "L’association ne peut pas compléter son projet tant qu’une pièce exigée est reçue, non conforme.",
            "Les deux mois courront de l’arrivée de la pièce conforme, si elle est la dernière.",
            f"Une pièce est reçue au jour de son arrivée ({_arrival(self.item)})\u00a0: si elle répondait à l’article "
            "cité, un juge retiendra ce jour. Dites précisément ce qui manque.",
        ]

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        judge_piece(item=self.item, constat=values["constat"], by=request.acteur, now=request.now)


def _arrival(item: PieceDemandee) -> str:
    return date_longue(item.recue_le) if item.recue_le else "jour inconnu"


class RecuesView(DeskActe):
    """The ARS keeps what came by another way than the portal, at its real day."""

    action = "completer"
    template_name = "projects/projets/bureau/recues.html"
    titre = "Enregistrer des pièces reçues"
    bouton = "Enregistrer ce qui est arrivé"

    def allowed(self, request: HttpRequest, pk: int) -> ProjetSante:
        projet: ProjetSante = super().allowed(request, pk)
        if not rules.test_rule("projet.instruire", request.acteur, projet):
            raise Http404
        return projet

    def post(self, request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        try:
            return super().post(request, pk, **more)
        except FileRefused as refused:
            step = self.allowed(request, pk)
            form = self.make_form(request, step, data=request.POST)
            form.add_error(None, str(refused))
            return self.show(request, step, form, status=413 if isinstance(refused, FileTooLarge) else 422)

    def make_form(self, request: HttpRequest, step: ProjetSante, **given: Any) -> forms.Form:
        return RecuesProjetForm(**given, attendues=_open_items(step), jour=today(request))

    def show(self, request: HttpRequest, step: Any, form: Any, status: int = 200) -> HttpResponse:
        self.groupes = [
            {"ligne": line(item), "requise": item.requise_par_un_texte, "champs": form.fields_of(item)}
            for item in form.attendues
        ]
        return super().show(request, step, form, status)

    def page(self, request: HttpRequest, step: ProjetSante) -> dict[str, Any]:
        return {"groupes": self.groupes}

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        return [
            "Le jour d’arrivée fait foi, et non celui de la saisie. Une pièce arrivée en deux parties compte au jour "
            "de la dernière.",
            "Quand toutes les pièces exigées sont arrivées, le projet est complet\u00a0: les deux mois courent en "
            "entier du jour de la dernière. S’ils sont déjà passés, le silence est inscrit à son jour.",
            "Tant qu’il en manque une, ce qui est arrivé est gardé et le délai ne court pas.",
        ]

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        recues = self.form.recues()  # type: ignore[union-attr]
        done = record_received(projet=step, recues=recues, by=request.acteur, now=request.now)
        if done is None:
            messages.success(request, "C’est gardé. Il manque encore une pièce exigée\u00a0: le délai ne court pas.")
        else:
            step.refresh_from_db()
            messages.success(request, _completed(step))


def _completed(projet: ProjetSante) -> str:
    """What the completion gave, in one sentence."""
    if projet.etat == EtatProjet.VALIDE_TACITEMENT:
        return "Le projet est complet depuis plus de deux mois\u00a0: la validation par le silence est inscrite."
    return f"Le projet est complet\u00a0: les deux mois courent. Le dernier jour est le {last_day(projet)}."


def _open_items(projet: ProjetSante) -> list[PieceDemandee]:
    """Every item of the requests that are not closed, answered or not."""
    found = PieceDemandee.objects.filter(
        demande__evenement__in=projet.demandes_de_pieces(), demande__close_at__isnull=True
    )
    return list(found.select_related("demande").prefetch_related("pieces").order_by("demande", "ordre"))


class RenoncerView(DeskActe):
    """Give up what was asked: the page says which dates come back, even when they are past."""

    action = "renoncer_aux_pieces"
    form_class = RenoncerForm
    titre = "Renoncer aux pièces demandées"
    bouton = "Renoncer aux pièces"
    fait = "Le service renonce aux pièces\u00a0: l’association en est prévenue."

    def consequences(self, request: HttpRequest, step: ProjetSante) -> list[str]:
        told = ["Le délai se compte comme si ces pièces n’avaient jamais été demandées."]
        assert step.delai is not None
        waived = [
            MouvementDelai(nature=NatureMouvement.RENONCIATION, le=today(request), piece=item)
            for item in _open_items(step)
        ]
        found = echeance_of(step.delai, plus=waived)
        if found.dernier_jour is None or found.echeance_le is None:
            return told
        day, last = date_longue(found.echeance_le), date_longue(found.dernier_jour)
        if found.echeance_le <= today(request):
            return [
                *told,
                f"Ce délai est déjà passé\u00a0: le dernier jour était le {last}. Le silence sera inscrit aussitôt, et "
                f"le projet réputé validé depuis le {day}.",
            ]
        return [*told, f"Le dernier jour sera le {last}. Sans opposition, le projet sera réputé validé le {day}."]

    def act(self, request: HttpRequest, step: ProjetSante, values: dict[str, Any]) -> None:
        waive_pieces(projet=step, motif=values["motif"], by=request.acteur, now=request.now)


UN = "projets-de-sante/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path(f"{UN}constater-la-reception/", ConstaterView.as_view(), name="projet_constater"),
    path(f"{UN}demander-des-pieces/", DemanderPiecesView.as_view(), name="projet_demander_pieces"),
    path(f"{UN}pieces/<int:piece>/non-conforme/", JugerView.as_view(), name="projet_juger"),
    path(f"{UN}pieces-recues/", RecuesView.as_view(), name="projet_recues"),
    path(f"{UN}renoncer-aux-pieces/", RenoncerView.as_view(), name="projet_renoncer"),
]
