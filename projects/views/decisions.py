"""What the ARS decides on a letter and its request, and what the Assurance Maladie confirms."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import rules
from django import forms
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse

from dossiers.rules import ARS, ASSURANCE_MALADIE
from dossiers.selectors.decisions import waiting_on
from dossiers.selectors.reglages import fondement, reglage
from dossiers.states import SUR_UNE_DEMANDE, SUR_UNE_LETTRE, NatureDecision
from dossiers.views.actes import today
from funding.forms.instruction import AccorderForm
from funding.lifecycles import DEMANDE_FIR
from funding.models import DemandeFir
from funding.states import EtatDemandeFir
from funding.views.instruction import FirActe
from funding.views.panneaux import clock_of, decisions_of
from funding.views.signing import Signing
from guichet.kernel.civil import date_longue
from guichet.kernel.lifecycle import Refused
from guichet.kernel.money import euros
from projects.forms.decisions import Accord, RefuserLettreForm, ValiderForm
from projects.lifecycles import LETTRE
from projects.models import Avis, LettreIntention
from projects.services.deciding import A_DECIDER, confirm_validation, grant_request, refuse, validate
from projects.states import EtatAvis, EtatLettre, ModeValidation, NatureConsultation, SensAvis
from projects.views.actes import LettreActeView
from projects.views.grille import TONS_SENS

DECIDEE = (EtatLettre.VALIDEE, EtatLettre.REFUSEE)
ACCORDABLE = (*A_DECIDER, EtatDemandeFir.REJETEE_TACITEMENT)


# --- On the page of a letter --------------------------------------------------------------------------


def panel(request: HttpRequest, lettre: LettreIntention) -> dict[str, Any] | None:
    """The decision once taken, for whoever reads it; until then the desk of the ARS and of the Assurance Maladie."""
    if lettre.etat in DECIDEE:
        found = decisions_of(request, lettre.pk, SUR_UNE_LETTRE)
        return (
            {"gabarit": "projects/panneaux/decisions.html", "zone": "principal", "decisions": found} if found else None
        )
    if lettre.etat != EtatLettre.TRANSMISE or request.acteur.genre not in (*ARS, *ASSURANCE_MALADIE):  # type: ignore[attr-defined]
        return None
    mode = validation_mode(today(request))
    confirmed, told = _confirmation(lettre, mode["code"])
    shut = {"confirmer_validation"} if confirmed else {"valider"}
    return {
        "gabarit": "projects/panneaux/decision.html",
        "zone": "marge",
        "boutons": [
            {"url": reverse(name, args=[lettre.pk]), "libelle": label, "style": style}
            for action, (name, label, style) in ACTES.items()
            if action not in shut and rules.test_rule(LETTRE.row(action).who, request.acteur, lettre)  # type: ignore[attr-defined]
        ],
        "mode": mode,
        "confirmation": told,
        "doute": silence_doubt(today(request)),
        "signature": _signature(request, lettre),
    }


def opinion_panel(request: HttpRequest, lettre: LettreIntention) -> dict[str, Any] | None:
    """What the Guichet concluded, first, for those who instruct or decide on the letter sent to them.

    `avis_du_guichet`: see `projects.selectors.consultations.with_guichet_opinion`.
    """
    acteur = request.acteur  # type: ignore[attr-defined]
    if lettre.transmise_at is None or not any(rules.test_rule(rule, acteur, lettre) for rule in LECTEURS):
        return None
    given = lettre.avis_du_guichet  # type: ignore[attr-defined]
    sens = SensAvis(given["sens"]) if given else None
    return {
        "gabarit": "projects/panneaux/avis_guichet.html",
        "zone": "principal",
        "sens": {"libelle": sens.label, "ton": TONS_SENS[sens]} if sens else None,
        "conclusion": given["conclusion"] if given else "",
    }


LECTEURS = ("lettre.instruire", "lettre.decider")

ACTES = {
    "valider": ("projects:valider", "Valider la lettre", "primary"),
    "confirmer_validation": ("projects:confirmer_validation", "Confirmer la validation", "primary"),
    "refuser": ("projects:refuser", "Refuser la lettre", "outline-danger"),
}


def request_panel(request: HttpRequest, lettre: LettreIntention) -> dict[str, Any] | None:
    """The request that goes with the letter, with its clock while it runs."""
    demande = lettre.demande
    if demande is None or lettre.sans_demande or demande.delai is None or demande.delai.clos_at is not None:
        return None
    horloge = clock_of(request, demande, passe=False)
    if horloge is None or (request.acteur.est_agent and not _reads_request(request, demande)):  # type: ignore[attr-defined]
        return None
    return {
        "gabarit": "projects/panneaux/demande.html",
        "zone": "marge",
        "horloge": horloge,
        "lien": {
            "url": reverse("funding:demande", args=[demande.pk]),
            "libelle": f"La demande de subvention de {euros(demande.montant_demande)}",
        },
    }


def _reads_request(request: HttpRequest, demande: DemandeFir) -> bool:
    """The Guichet from the deposit; the ARS and the Assurance Maladie once it is sent; not a body consulted."""
    genre = request.acteur.genre  # type: ignore[attr-defined]
    return genre == "guichet" or (genre in (*ARS, *ASSURANCE_MALADIE) and demande.transmise_at is not None)


def validation_mode(on: date) -> dict[str, str]:
    """Who validates in the region, with its reason and what is not settled. One query."""
    found = reglage("mode_validation_lettre", on=on)
    code = ModeValidation(found.valeur if found else ModeValidation.ARS)
    return {
        "code": code.value,
        "libelle": code.label,
        "motif": found.motif if found else "",
        "source": found.source if found else "",
        "doute": found.doute if found else "",
    }


def silence_doubt(on: date) -> str:
    """What is not settled about the silence on a letter. One query."""
    found = fondement("validation_lettre", on=on)
    return found.doute if found else ""


def _confirmation(lettre: LettreIntention, mode: str) -> tuple[bool, str]:
    """Whether nothing is awaited of the Assurance Maladie before the validation, and what is said of it."""
    if mode != ModeValidation.CONJOINTE:
        return True, ""
    event = lettre.evenements.filter(action="confirmer_validation").order_by("recorded_at", "id").first()
    if event is None:
        return False, "L’Assurance Maladie n’a pas encore confirmé la validation."
    return True, f"Validation confirmée le {date_longue(event.prend_effet_le)} ({event.qualite})."


def _am_opinion(lettre: LettreIntention, on: date) -> str:
    """Where the opinion of the Assurance Maladie stands; its sense is with the others."""
    asked = Avis.objects.filter(consultation__lettre=lettre, consultation__nature=NatureConsultation.AM)
    rows = list(asked.order_by("pk").values_list("etat", "consultation__limite_le", "organisation__nom"))
    return " ".join(f"{nom}\u00a0: {_state(etat, limite, on)}." for etat, limite, nom in rows)


def _state(etat: str, limite: date, on: date) -> str:
    if etat in (EtatAvis.ATTENDU, EtatAvis.BROUILLON):
        late = "pas encore rendu, il était " if on > limite else ""
        return f"avis {late}attendu pour le {date_longue(limite)}"
    return {EtatAvis.RENDU: "avis rendu", EtatAvis.SANS_REPONSE: "sans réponse"}.get(
        EtatAvis(etat), EtatAvis(etat).label.lower()
    )


def _signature(request: HttpRequest, lettre: LettreIntention) -> str:
    """Who signs, for whoever prepares; by which delegation is said on the page of the act."""
    if rules.test_rule("lettre.decider", request.acteur, lettre):  # type: ignore[attr-defined]
        return ""
    if rules.test_rule("lettre.instruire", request.acteur, lettre):  # type: ignore[attr-defined]
        return "La décision est préparée ici, puis signée par une personne ayant délégation."
    return ""


# --- Acts ---------------------------------------------------------------------------------------------


class DecidingActe(LettreActeView):
    """A decision on the letter, and on its request where the same page decides it."""

    decide = SUR_UNE_LETTRE

    avec: ClassVar[tuple[str, ...]] = ()
    """What may be decided on the request by the same page."""

    def decided(self, step: LettreIntention) -> list[tuple[int, tuple[str, ...]]]:
        request = [(step.demande_id, self.avec)] if step.demande_id and not step.sans_demande else []
        return [*super().decided(step), *request]


class ConfirmerValidationView(LettreActeView):
    """The Assurance Maladie agrees, where the region decides jointly."""

    action = "confirmer_validation"
    titre = "Confirmer la validation de la lettre"
    bouton = "Confirmer la validation"
    fait = "La validation est confirmée\u00a0: l’ARS peut décider."

    def consequences(self, request: HttpRequest, step: LettreIntention) -> list[str]:
        return [
            "Vous dites, au nom de l’Assurance Maladie, que la lettre peut être validée.",
            "L’ARS est prévenue, et signe la décision.",
        ]

    def act(self, request: HttpRequest, step: LettreIntention, values: dict[str, Any]) -> None:
        confirm_validation(lettre=step, by=request.acteur, now=request.now)


class ValiderView(DecidingActe):
    """Validate the letter and, if one so chooses, grant its request at the same time. A grant signed on paper waits for
    this validation, and is confirmed after it.
    """

    action = "valider"
    avec = (NatureDecision.REFUS_FIR,)
    template_name = "projects/valider.html"
    titre = "Valider la lettre d’intention"
    bouton = "Signer la décision"
    fait = "La décision est signée, et mise à disposition de l’association."

    def make_form(self, request: HttpRequest, step: LettreIntention, **given: Any) -> ValiderForm:
        comite = validation_mode(today(request))["code"] == ModeValidation.COMITE
        self.sans_accord = _why_no_grant(request, step)
        accord = None if self.sans_accord else _accord(request, step)
        return ValiderForm(**given, jour=today(request), comite=comite, accord=accord)

    def consequences(self, request: HttpRequest, step: LettreIntention) -> list[str]:
        told = [
            "La décision est imprimée et mise à disposition de l’association.",
            "L’association pourra alors écrire son projet de santé.",
        ]
        if step.demande and not step.sans_demande and step.demande.etat == EtatDemandeFir.REJETEE_TACITEMENT:
            told.append("Le silence a rejeté la demande de subvention\u00a0: vous pouvez encore l’accorder.")
        return [*told, Signing(request.acteur, today(request)).sentence()]

    def page(self, request: HttpRequest, step: LettreIntention) -> dict[str, Any]:
        mode = validation_mode(today(request))
        return {
            "mode": mode,
            "avis": _am_opinion(step, today(request)),
            "confirmation": _confirmation(step, mode["code"])[1],
            "accord": self.sans_accord,
        }

    def act(self, request: HttpRequest, step: LettreIntention, values: dict[str, Any]) -> None:
        validate(
            lettre=step,
            motivation=values["motivation"],
            accorde=values.get("montant"),
            comite_le=values.get("comite_le"),
            by=request.acteur,
            now=request.now,
        )


def _accord(request: HttpRequest, lettre: LettreIntention) -> Accord:
    demande = lettre.demande
    assert demande is not None
    return Accord(demande.montant_demande, Signing(request.acteur, today(request)).refusal)  # type: ignore[attr-defined]


def _why_no_grant(request: HttpRequest, lettre: LettreIntention) -> str:
    """Why the subsidy is not granted with the letter; "" when it may be."""
    demande = lettre.demande
    if demande is None or lettre.sans_demande:
        return "Aucune demande de subvention ne va avec cette lettre."
    if demande.etat not in ACCORDABLE:
        return f"La demande de subvention est «\u00a0{demande.get_etat_display()}\u00a0»."
    if not rules.test_rule("demande.decider", request.acteur, demande):  # type: ignore[attr-defined]
        return "La demande de subvention est décidée par un autre financeur."
    if waiting_on(lettre.dossier_id, [(demande.pk, [NatureDecision.ACCORD_FIR])]).exists():
        return "Un accord signé sur papier attend\u00a0: validez la lettre, puis une seconde personne le confirmera."
    return ""


class RefuserView(DecidingActe):
    """Refuse the letter and, with its own reasons, the request still to decide."""

    action = "refuser"
    avec = SUR_UNE_DEMANDE
    template_name = "projects/refuser.html"
    titre = "Refuser la lettre d’intention"
    bouton = "Signer le refus"
    danger = True
    fait = "Le refus est signé, et mis à disposition de l’association."

    def make_form(self, request: HttpRequest, step: LettreIntention, **given: Any) -> forms.Form:
        demande = step.demande
        pending = demande is not None and not step.sans_demande and demande.etat in A_DECIDER
        return RefuserLettreForm(**given, avec_demande=pending)

    def consequences(self, request: HttpRequest, step: LettreIntention) -> list[str]:
        return [
            "La décision est imprimée avec ses motifs et les voies de recours, et mise à disposition de l’association.",
            "L’association pourra reprendre ses réponses dans une nouvelle lettre.",
            Signing(request.acteur, today(request)).sentence(),
        ]

    def page(self, request: HttpRequest, step: LettreIntention) -> dict[str, Any]:
        return {"doute": silence_doubt(today(request))}

    def act(self, request: HttpRequest, step: LettreIntention, values: dict[str, Any]) -> None:
        refuse(
            lettre=step,
            motivation=values["motivation"],
            motivation_demande=values.get("motivation_demande", ""),
            by=request.acteur,
            now=request.now,
        )


class AccorderView(FirActe):
    """Grant a request, before or after the silence; once its letter is validated, when it goes with one."""

    action = "accorder"
    decide = SUR_UNE_DEMANDE
    template_name = "funding/accorder.html"
    titre = "Accorder la subvention"
    bouton = "Signer l’accord"
    fait = "L’accord est signé, et mis à disposition de l’association."

    def refuse_early(self, request: HttpRequest, step: DemandeFir) -> None:
        silent = step.etat == EtatDemandeFir.REJETEE_TACITEMENT
        action = "accorder_apres_silence" if silent else "accorder"
        sentence = DEMANDE_FIR.refusal(step, action, by=request.acteur, now=request.now)  # type: ignore[attr-defined]
        carrier = step.retour
        if sentence or (carrier and carrier.accord):
            raise Refused(sentence or (carrier.accord if carrier else ""))

    def make_form(self, request: HttpRequest, step: Any, **given: Any) -> AccorderForm:
        return AccorderForm(
            **given,
            demande=step.montant_demande,
            couvre=Signing(request.acteur, today(request)).refusal,  # type: ignore[attr-defined]
        )

    def consequences(self, request: HttpRequest, step: DemandeFir) -> list[str]:
        told = ["La décision est imprimée et mise à disposition de l’association."]
        if step.etat == EtatDemandeFir.REJETEE_TACITEMENT:
            told.append("Le silence a rejeté cette demande\u00a0: votre accord remplace ce rejet.")
        return [*told, Signing(request.acteur, today(request)).sentence()]  # type: ignore[attr-defined]

    def page(self, request: HttpRequest, step: DemandeFir) -> dict[str, Any]:
        return {"demande": step}

    def act(self, request: HttpRequest, step: DemandeFir, values: dict[str, Any]) -> None:
        grant_request(
            demande=step,
            montant=Decimal(values["montant"]),
            motivation=values["motivation"],
            by=request.acteur,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
        )


urlpatterns: list[URLPattern] = [
    path("lettres/<int:pk>/confirmer-la-validation/", ConfirmerValidationView.as_view(), name="confirmer_validation"),
    path("lettres/<int:pk>/valider/", ValiderView.as_view(), name="valider"),
    path("lettres/<int:pk>/refuser/", RefuserView.as_view(), name="refuser"),
    path("demandes/<int:pk>/accorder/", AccorderView.as_view(), name="accorder"),
]
