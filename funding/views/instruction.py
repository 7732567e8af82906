"""The instruction of a request, act by act: pieces, decision, reasons of a silence, declaration, withdrawal."""

from typing import Any

import rules
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst

from dossiers.forms.pieces_demandees import DemanderPiecesForm
from dossiers.models import PieceDemandee
from dossiers.selectors.pieces import pieces_of
from dossiers.selectors.pieces_demandees import requests_of
from dossiers.states import SUR_UNE_DEMANDE, EtatPieceDemandee
from dossiers.views.actes import ActeView, today
from dossiers.views.pieces_demandees import AskingView, line
from funding.forms.declaring import DeclarationForm
from funding.forms.instruction import MotifsForm, RecuesForm, RefuserForm, RetirerForm
from funding.lifecycles import DEMANDE_FIR
from funding.models import DemandeFir
from funding.selectors import requests_for_pieces
from funding.selectors.declarations import declaration_known
from funding.services.completing import record_received
from funding.services.declaring import declare
from funding.services.instruction import (
    MOIS_DES_MOTIFS,
    ask_pieces,
    ask_reasons,
    complete,
    give_reasons,
    refuse,
    withdraw_alone,
)
from funding.states import Regime
from funding.views.signing import Signing
from guichet.kernel.civil import add_months, date_longue
from guichet.kernel.lifecycle import Refused
from guichet.kernel.uploads import FileRefused, FileTooLarge


class FirActe(ActeView):
    """An act on a request, seen through the perimeter of the person."""

    cycle = DEMANDE_FIR

    def get_step(self, request: HttpRequest, pk: int) -> DemandeFir:
        return get_object_or_404(DemandeFir.objects.visible_to(request.acteur).for_pages(), pk=pk)  # type: ignore[attr-defined]

    def back(self, step: DemandeFir) -> str:
        return reverse("funding:demande", args=[step.pk])


class DemanderPiecesView(AskingView, FirActe):
    """The funder asks for pieces, item by item; the effect on the period is said before it is sent."""

    action = "demander_pieces"
    template_name = "funding/demander_pieces.html"
    titre = "Demander des pièces"
    bouton = "Envoyer la demande de pièces"
    fait = "La demande de pièces est envoyée à l’association."

    def make_form(self, request: HttpRequest, step: Any, **given: Any) -> DemanderPiecesForm:
        return DemanderPiecesForm(**given, jour=today(request), textes=True, limite=True)

    def consequences(self, request: HttpRequest, step: DemandeFir) -> list[str]:
        told = ["L’association reçoit une lettre et un message\u00a0; elle répond pièce par pièce dans le portail."]
        delai = step.delai
        if step.regime != Regime.REJET or delai is None or delai.dernier_jour is None:
            return [*told, "Aucun délai légal ne court sur cette demande."]
        last = date_longue(delai.dernier_jour)
        if today(request) > delai.dernier_jour:
            late = f"Le dernier jour, le {last}, est passé\u00a0: cette demande n’aura aucun effet sur le délai."
            return [*told, late]
        return [
            *told,
            "Une pièce exigée par un texte suspend le délai, d’aujourd’hui jusqu’à son arrivée ou, à défaut, jusqu’à "
            "sa date limite (CRPA, art. L114-5).",
            "Une pièce seulement utile ne suspend rien.",
            f"Sans cette demande, le dernier jour pour répondre est le {last}. Faite après ce jour, elle n’aurait plus "
            "d’effet.",
        ]

    def act(self, request: HttpRequest, step: DemandeFir, values: dict[str, Any]) -> None:
        ask_pieces(demande=step, items=values["items"], by=request.acteur, now=request.now)  # type: ignore[attr-defined]


class CompleterView(FirActe):
    """The association sends its answers; the funder keeps what came to it by another way, at its real day."""

    action = "completer"
    template_name = "funding/completer.html"
    titre = "Compléter la demande"
    bouton = "Compléter la demande"
    fait = "La demande est complétée\u00a0: l’examen reprend."

    def post(self, request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        try:
            return super().post(request, pk, **more)
        except FileRefused as refused:
            step = self.allowed(request, pk)
            form = self.make_form(request, step, data=request.POST)
            assert form is not None
            form.add_error(None, str(refused))
            return self.show(request, step, form, status=413 if isinstance(refused, FileTooLarge) else 422)

    def make_form(self, request: HttpRequest, step: Any, **given: Any) -> RecuesForm | None:
        if not _instructs(request, step):
            return None
        return RecuesForm(**given, attendues=self._awaited(step), jour=today(request))

    def consequences(self, request: HttpRequest, step: DemandeFir) -> list[str]:
        if step.regime != Regime.REJET:
            return ["Le financeur est prévenu que les pièces sont là."]
        return [
            "Le délai court à nouveau, depuis le jour où la dernière pièce exigée est arrivée.",
            "Chaque pièce exigée par un texte doit avoir sa réponse.",
        ]

    def page(self, request: HttpRequest, step: DemandeFir) -> dict[str, Any]:
        """What waits for an answer; the funder records under a title of its own."""
        asked = [demande for demande in requests_of(requests_for_pieces(step)) if demande.close_at is None]
        items = [item for demande in asked for item in demande.items.all()]
        desk = _instructs(request, step)
        lines = [line(item, answers=not desk) for item in items]
        return {"lignes": lines, **({"titre": "Enregistrer des pièces reçues"} if desk else {})}

    def act(self, request: HttpRequest, step: DemandeFir, values: dict[str, Any]) -> None:
        if not _instructs(request, step):
            complete(demande=step, by=request.acteur, now=request.now)  # type: ignore[attr-defined]
            return
        record_received(demande=step, recues=self.form.recues(), by=request.acteur, now=request.now)  # type: ignore[attr-defined]

    def _awaited(self, step: DemandeFir) -> list[PieceDemandee]:
        found = PieceDemandee.objects.filter(
            demande__evenement__in=requests_for_pieces(step), demande__close_at=None, etat=EtatPieceDemandee.ATTENDUE
        )
        return list(found.select_related("demande").order_by("demande", "ordre"))


class RefuserView(FirActe):
    action = "refuser"
    decide = SUR_UNE_DEMANDE
    form_class = RefuserForm
    titre = "Refuser la subvention"
    bouton = "Refuser la subvention"
    danger = True
    fait = "Le refus est signé, et mis à disposition de l’association."

    def consequences(self, request: HttpRequest, step: DemandeFir) -> list[str]:
        return [
            "La décision est imprimée avec ses motifs et les voies de recours, et mise à disposition de l’association.",
            Signing(request.acteur, today(request)).sentence(),  # type: ignore[attr-defined]
        ]

    def act(self, request: HttpRequest, step: DemandeFir, values: dict[str, Any]) -> None:
        refuse(demande=step, motivation=values["motivation"], by=request.acteur, now=request.now)  # type: ignore[attr-defined]


class DemanderMotifsView(FirActe):
    """The association asks why the silence rejected its request."""

    action = "demander_motifs"
    titre = "Demander les motifs du rejet"
    bouton = "Demander les motifs"
    fait = "Votre demande de motifs est envoyée."

    def consequences(self, request: HttpRequest, step: DemandeFir) -> list[str]:
        due = date_longue(add_months(today(request), MOIS_DES_MOTIFS))
        return [
            f"{capfirst(step.financeur.avec_article)} doit "
            f"vous répondre dans le mois, au plus tard le {due} (CRPA, art. L232-4).",
            "Demander les motifs ne retire rien à vos recours.",
        ]

    def act(self, request: HttpRequest, step: DemandeFir, values: dict[str, Any]) -> None:
        ask_reasons(demande=step, by=request.acteur, now=request.now)  # type: ignore[attr-defined]


class CommuniquerMotifsView(FirActe):
    action = "communiquer_motifs"
    form_class = MotifsForm
    titre = "Communiquer les motifs du rejet"
    bouton = "Communiquer les motifs"
    fait = "Les motifs sont communiqués à l’association."

    def consequences(self, request: HttpRequest, step: DemandeFir) -> list[str]:
        return ["L’association reçoit une lettre à votre nom, avec ces motifs."]

    def act(self, request: HttpRequest, step: DemandeFir, values: dict[str, Any]) -> None:
        give_reasons(demande=step, motifs=values["motifs"], by=request.acteur, now=request.now)  # type: ignore[attr-defined]


class DeclarerView(FirActe):
    """The numbers, the papers and the account of the association: what the letter said is carried over."""

    action = "declarer_association"
    template_name = "funding/declarer.html"
    titre = "Déclarer l’association"
    bouton = "Déclarer"
    fait = "La déclaration est gardée. La dernière fait foi."

    def make_form(self, request: HttpRequest, step: Any, **given: Any) -> forms.Form:
        joined = pieces_of(step.dossier, acteur=request.acteur)  # type: ignore[attr-defined]
        return DeclarationForm(**given, connu=declaration_known(step.dossier), pieces=joined)

    def page(self, request: HttpRequest, step: DemandeFir) -> dict[str, Any]:
        return {"pieces_url": f"{reverse('dossiers:pieces', args=[step.dossier_id])}?retour={request.path}"}

    def act(self, request: HttpRequest, step: DemandeFir, values: dict[str, Any]) -> None:
        declare(demande=step, **self.form.values(), by=request.acteur, now=request.now)  # type: ignore[attr-defined]


class RetirerView(FirActe):
    action = "retirer"
    form_class = RetirerForm
    titre = "Retirer la demande de subvention"
    bouton = "Retirer la demande"
    danger = True
    fait = "La demande est retirée."

    def refuse_early(self, request: HttpRequest, step: DemandeFir) -> None:
        super().refuse_early(request, step)
        carrier = step.retour
        if carrier and carrier.retrait:
            raise Refused(carrier.retrait)

    def consequences(self, request: HttpRequest, step: DemandeFir) -> list[str]:
        return ["La demande ne sera plus examinée.", "Rien n’est effacé."]

    def act(self, request: HttpRequest, step: DemandeFir, values: dict[str, Any]) -> None:
        withdraw_alone(demande=step, motif=values["motif"], by=request.acteur, now=request.now)  # type: ignore[attr-defined]


def _instructs(request: HttpRequest, step: DemandeFir) -> bool:
    return bool(rules.test_rule("demande.instruire", request.acteur, step))  # type: ignore[attr-defined]


urlpatterns: list[URLPattern] = [
    path("demandes/<int:pk>/demander-des-pieces/", DemanderPiecesView.as_view(), name="demander_pieces"),
    path("demandes/<int:pk>/completer/", CompleterView.as_view(), name="completer"),
    path("demandes/<int:pk>/refuser/", RefuserView.as_view(), name="refuser"),
    path("demandes/<int:pk>/demander-les-motifs/", DemanderMotifsView.as_view(), name="demander_motifs"),
    path("demandes/<int:pk>/communiquer-les-motifs/", CommuniquerMotifsView.as_view(), name="communiquer_motifs"),
    path("demandes/<int:pk>/declarer-l-association/", DeclarerView.as_view(), name="declarer"),
    path("demandes/<int:pk>/retirer/", RetirerView.as_view(), name="retirer"),
]
