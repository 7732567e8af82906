"""What the frame of every page needs, in `portail`: no query here, a page of refusal uses it too.

The name `site` is taken: allauth gives its own to its pages.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.states import Droit, Genre


@dataclass(frozen=True)
class Entree:
    """One link of a menu; `current` when the page shown is under it."""

    label: str
    url: str
    current: bool = False


def site(request: HttpRequest) -> dict[str, Any]:
    """`portail.menu` and `portail.compte` (links), `portail.demonstration` (the banner of training),
    `portail.repetition` (the instant, while the portal's date is not the real one).
    """
    signed_in = request.user.is_authenticated if hasattr(request, "user") else False
    instant = getattr(request, "instant", None)
    return {
        "portail": {
            "menu": _menu(request) if signed_in else _public_menu(request),
            "compte": _account_menu(request) if signed_in else [],
            "demonstration": settings.DEMONSTRATION,
            "repetition": instant if instant and instant.days else None,
        }
    }


def _menu(request: Any) -> list[Entree]:
    """The menu of a signed-in person, by the capacity in which it acts; an agent without its factor has none."""
    if getattr(request, "second_facteur_manquant", False):
        return []
    acteur = getattr(request, "acteur", None)
    if acteur is None or not acteur.est_agent:
        return [_entry(request, "Mes projets", "portal:accueil_role", files=True), _messages(request)]
    menu = [_entry(request, "Accueil", "portal:accueil_role")]
    menu += [_entry(request, label, name, files=name == LETTRES) for label, name in MENUS[acteur.genre]]
    menu.append(_messages(request))
    if acteur.has(Droit.ADMINISTRER):
        menu += [
            _entry(request, label, name)
            for label, name in ADMINISTRATION
            if acteur.has(Droit.INSTRUIRE) or name != ADMIN
        ]
    return menu


LETTRES, ADMIN = "projects:lettres", "portal:administration"
DES_LETTRES, DES_DEMANDES = ("Lettres", LETTRES), ("Demandes", "funding:demandes")
DES_PROJETS, DES_SEANCES = ("Projets de santé", "projects:projets"), ("Séances", "projects:seances")
MENUS: dict[str, tuple[tuple[str, str], ...]] = {
    Genre.GUICHET: (DES_LETTRES, DES_PROJETS, DES_DEMANDES, DES_SEANCES),
    Genre.URPS: (DES_LETTRES, DES_SEANCES),
    Genre.ARS: (DES_LETTRES, DES_PROJETS, DES_DEMANDES),
    Genre.DD_ARS: (DES_LETTRES, DES_PROJETS, DES_DEMANDES),
    Genre.CPAM: (DES_LETTRES, DES_PROJETS, DES_DEMANDES),
    Genre.MSA: (DES_LETTRES, DES_PROJETS, DES_DEMANDES),
    Genre.ELSM: (DES_LETTRES, DES_PROJETS),
}
"""Between the home and the messages, for each kind of body."""
ADMINISTRATION = (("Administration", ADMIN), ("Envois", "accounts:envois"))


def _public_menu(request: HttpRequest) -> list[Entree]:
    home = reverse("portal:accueil")
    return [
        Entree("Qu’est-ce qu’une CPTS\u00a0?", f"{home}#definition"),
        Entree("Les quatre étapes", f"{home}#etapes"),
        Entree("Être accompagné", f"{home}#accompagnement"),
        _entry(request, "Calculer un délai", "portal:calculer_un_delai"),
    ]


def _account_menu(request: Any) -> list[Entree]:
    """The links of the account; none for an agent without a second factor, who can only enrol or leave."""
    if getattr(request, "second_facteur_manquant", False):
        return []
    menu = [
        Entree("Mon profil", reverse("accounts:profil")),
        Entree("Messagerie", reverse("accounts:messagerie")),
        Entree("Notifications", reverse("accounts:preferences")),
        Entree("Agenda", reverse("dossiers:agendas")),
        *_absences(request),
        *_organisation(request),
        Entree("Mot de passe", reverse("account_change_password")),
        Entree("Second facteur", reverse("mfa_index")),
    ]
    if len(getattr(request, "acteurs", ())) > 1:
        menu.insert(0, Entree("Agir en une autre qualité", reverse("accounts:choisir_qualite")))
    return menu


def _absences(request: Any) -> list[Entree]:
    """For those who act for a body: who stands in for them."""
    acteur = getattr(request, "acteur", None)
    return [Entree("Absences", reverse("accounts:absences"))] if acteur is not None and acteur.est_agent else []


def _organisation(request: Any) -> list[Entree]:
    """The people of the body one acts for; all bodies for an administrator; nothing for a person alone."""
    acteur = getattr(request, "acteur", None)
    if acteur is None or acteur.membership is None:
        return []
    if acteur.has(Droit.ADMINISTRER):
        return [Entree("Organisations", reverse("accounts:organisations"))]
    return [Entree("Mon organisation", reverse("accounts:membres", args=[acteur.membership.organisation.code]))]


FILES = frozenset({"projects", "funding", "dossiers"})
"""The applications whose pages are those of a file: under the letters, or under the projects of a porteur."""


def _messages(request: HttpRequest) -> Entree:
    return _entry(request, "Messages", "accounts:messagerie")


def _entry(request: HttpRequest, label: str, name: str, *, files: bool = False) -> Entree:
    """A link, current on its page, on those under it and, with `files`, on those of a file."""
    url = reverse(name)
    found = request.resolver_match
    of_a_file = files and found and found.app_name in FILES and not request.path.startswith(_other_lists())
    return Entree(label, url, current=request.path.startswith(url) or bool(of_a_file))


def _other_lists() -> tuple[str, ...]:
    """Addresses under a link of their own."""
    return tuple(reverse(name) for name in (DES_PROJETS[1], DES_DEMANDES[1], DES_SEANCES[1], "dossiers:agendas"))
