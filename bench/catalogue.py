"""Which pages are measured: each desk, each list in its usual forms, the pages of a file, as one person opens them."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Count, QuerySet
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Membership, User
from bench.pages import ACCUEIL, DOSSIER, GUICHET, LISTE, Page
from dossiers.models import Decision, Dossier
from dossiers.selectors.decisions import decisions_visible_to
from dossiers.selectors.echanges import fils_visible_to
from dossiers.states import NatureDecision
from funding.models import DemandeFir
from funding.states import EtatDemandeFir
from projects.models import Avis, LettreIntention
from projects.selectors.desks import opinions_given, opinions_to_give
from projects.selectors.listes import letters_listed
from projects.selectors.seances import seances_visible_to
from projects.states import EtatLettre, NatureConsultation

EXPORTS = ("csv", "xlsx")


def pages() -> list[Page]:
    """Every page, desk after desk."""
    found = [Page("accueil public", ACCUEIL, reverse("portal:accueil"), None)]
    for desk in (Porteur(), Guichet(), Urps(), Ars(), Decideur(), Cpam(), Msa(), Elsm(), Administration()):
        found += desk.pages()
    return found


def exports() -> list[Page]:
    """The whole list of letters and of requests as files, for whoever lists the most."""
    guichet = Guichet()
    return [
        guichet.page(f"{what}, {kind}", LISTE, f"{reverse(name)}?format={kind}")
        for what, name in (("lettres", "projects:lettres"), ("demandes", "funding:demandes"))
        for kind in EXPORTS
    ]


class Desk:
    """One person in one capacity, and the pages it opens. A file that is missing is said: too few files were made."""

    nom: ClassVar[str]
    courriel: ClassVar[str]

    def pages(self) -> list[Page]:
        raise NotImplementedError

    @cached_property
    def user(self) -> User:
        return User.objects.get(email=self.courriel)

    @cached_property
    def acteur(self) -> Acteur:
        return Acteur(self.user, Membership.objects.select_related("organisation").get(user=self.user))

    def page(self, nom: str, genre: str, path: str) -> Page:
        return Page(f"{self.nom}\u00a0: {nom}", genre, path, self.user)

    def home(self) -> Page:
        return self.page("accueil", ACCUEIL, reverse("portal:accueil_role"))

    def listed(self, nom: str, address: str, parametres: str = "") -> Page:
        return self.page(nom, LISTE, f"{reverse(address)}?{parametres}" if parametres else reverse(address))

    def of(self, nom: str, genre: str, address: str, row: Any) -> Page:
        return self.page(nom, genre, reverse(address, args=[first(row, nom)]))

    def letters(self, *, full: bool) -> list[Page]:
        """The list of letters; `full`: its last page, searched, filtered and sorted too."""
        found = [self.listed("lettres", "projects:lettres")]
        if full:
            last = letters_listed(self.acteur).count() // 25
            reference = letters_listed(self.acteur).order_by("-pk").values_list("dossier__reference", flat=True).first()
            variants = {
                "dernière page": f"page={last}",
                "mots cherchés": "q=coteaux+nord",
                "référence cherchée": f"q={reference}",
                "filtrées": "etat=en_consultation&departement=31&charge=personne",
                "par nom": "tri=nom",
                "par population": "tri=-population",
            }
            found += [self.listed(f"lettres, {nom}", "projects:lettres", asked) for nom, asked in variants.items()]
        return found

    def requests(self, *, full: bool) -> list[Page]:
        found = [self.listed("demandes", "funding:demandes")]
        if full:
            found += [
                self.listed("demandes, échéance proche", "funding:demandes", "echeance=15"),
                self.listed("demandes, mots cherchés", "funding:demandes", "q=causse"),
                self.listed("demandes, par montant", "funding:demandes", "tri=-montant"),
            ]
        return found

    def letter(self, etat: EtatLettre) -> Page:
        rows = LettreIntention.objects.visible_to(self.acteur).filter(etat=etat, demande__isnull=False)
        return self.of(f"lettre {etat.label.lower()}", DOSSIER, "projects:lettre", rows)

    def request(self, etat: EtatDemandeFir) -> Page:
        rows = DemandeFir.objects.visible_to(self.acteur).filter(etat=etat)
        return self.of(f"demande {etat.label.lower()}", DOSSIER, "funding:demande", rows)

    def talk(self) -> list[Page]:
        """The threads of a file, and one of them."""
        fils = fils_visible_to(self.acteur)
        return [
            self.of("échanges", DOSSIER, "dossiers:echanges", fils.values_list("dossier", flat=True)),
            self.of("un fil", DOSSIER, "dossiers:fil", fils),
        ]


def first(rows: QuerySet[Any], what: str) -> int:
    """The latest key of these rows, or the key they give."""
    found = rows.order_by("-pk").first()
    if found is None:
        raise RuntimeError(f"too few files: nothing for “{what}”")
    return found if isinstance(found, int) else int(found.pk)


class Porteur(Desk):
    nom, courriel = "porteur", ""

    @cached_property
    def user(self) -> User:
        return _busiest_porteur()

    def pages(self) -> list[Page]:
        mine = LettreIntention.objects.filter(created_by=self.user, demande__isnull=False)
        drafts, deposited = mine.filter(etat=EtatLettre.BROUILLON), mine.filter(etat=EtatLettre.DEPOSEE)
        draft, request = first(drafts, "brouillon"), first(drafts.values_list("demande", flat=True), "demande")
        taken = Decision.objects.filter(nature=NatureDecision.ACCORD_FIR)
        decided = Decision.objects.select_related("dossier__created_by").get(pk=first(taken, "décision"))
        return [
            self.home(),
            self.page("lettre en brouillon", DOSSIER, reverse("projects:lettre", args=[draft])),
            self.page("une rubrique", DOSSIER, reverse("projects:section", args=[draft, "mobilisation"])),
            self.page("territoire", DOSSIER, reverse("projects:territoire", args=[draft])),
            self.page("vérifier", DOSSIER, reverse("projects:verifier", args=[draft])),
            self.page("demande", DOSSIER, reverse("funding:demande", args=[request])),
            self.page("budget", DOSSIER, reverse("funding:section", args=[request, "budget_projet"])),
            self.of("pièces", DOSSIER, "dossiers:pieces", drafts.values_list("dossier", flat=True)),
            self.of("lettre déposée", DOSSIER, "projects:lettre", deposited),
            self.listed("messagerie", "accounts:messagerie"),
            Page(
                f"{self.nom}\u00a0: décision",
                DOSSIER,
                reverse("dossiers:decision", args=[decided.pk]),
                decided.dossier.created_by,
            ),
        ]


class Guichet(Desk):
    nom, courriel = "Guichet", GUICHET

    def pages(self) -> list[Page]:
        consulted = LettreIntention.objects.visible_to(self.acteur).filter(etat=EtatLettre.EN_CONSULTATION)
        return [
            self.home(),
            *self.letters(full=True),
            *self.requests(full=True),
            self.listed("séances", "projects:seances"),
            self.of("une séance", DOSSIER, "projects:seance", seances_visible_to(self.acteur)),
            self.listed("dossiers sans personne", "dossiers:sans_personne"),
            self.letter(EtatLettre.DEPOSEE),
            self.letter(EtatLettre.EN_CONSULTATION),
            self.letter(EtatLettre.TRANSMISE),
            self.request(EtatDemandeFir.DEPOSEE),
            self.of("journal", DOSSIER, "projects:journal", consulted),
            *self.talk(),
            self.listed("messagerie", "accounts:messagerie"),
        ]


class Urps(Desk):
    nom, courriel = "URPS", "urps@demo.example"

    def pages(self) -> list[Page]:
        return [
            self.home(),
            *self.letters(full=True),
            self.letter(EtatLettre.EN_CONSULTATION),
            self.of("avis à donner", DOSSIER, "projects:avis", opinions_to_give(self.acteur)),
            self.of("avis donné", DOSSIER, "projects:avis", opinions_given(self.acteur)),
            self.listed("messagerie", "accounts:messagerie"),
        ]


class Ars(Desk):
    nom, courriel = "ARS", "ars@demo.example"

    def pages(self) -> list[Page]:
        sent = LettreIntention.objects.visible_to(self.acteur).filter(etat=EtatLettre.TRANSMISE)
        return [
            self.home(),
            *self.letters(full=True),
            *self.requests(full=True),
            self.listed("bientôt transmis", "projects:a_venir"),
            self.listed("dossiers sans personne", "dossiers:sans_personne"),
            self.letter(EtatLettre.TRANSMISE),
            self.letter(EtatLettre.VALIDEE),
            self.request(EtatDemandeFir.TRANSMISE),
            self.request(EtatDemandeFir.INCOMPLETE),
            self.request(EtatDemandeFir.REJETEE_TACITEMENT),
            self.of("décision", DOSSIER, "dossiers:decision", decisions_visible_to(self.acteur)),
            self.of("journal", DOSSIER, "projects:journal", sent),
            *self.talk(),
        ]


class Decideur(Desk):
    nom, courriel = "ARS, décide", "decision@demo.example"

    def pages(self) -> list[Page]:
        sent = LettreIntention.objects.visible_to(self.acteur).filter(etat=EtatLettre.TRANSMISE)
        return [
            self.home(),
            self.letter(EtatLettre.TRANSMISE),
            self.of("valider", DOSSIER, "projects:valider", sent.filter(demande__etat=EtatDemandeFir.TRANSMISE)),
        ]


class Cpam(Desk):
    nom, courriel = "CPAM", "cpam@demo.example"

    def pages(self) -> list[Page]:
        asked = Avis.objects.of_body(self.acteur).filter(consultation__nature=NatureConsultation.AM)
        return [
            self.home(),
            *self.letters(full=False),
            *self.requests(full=False),
            self.listed("bientôt transmis", "projects:a_venir"),
            self.letter(EtatLettre.TRANSMISE),
            self.of("avis de la caisse", DOSSIER, "projects:avis", asked),
        ]


class Msa(Desk):
    nom, courriel = "MSA", "msa@demo.example"

    def pages(self) -> list[Page]:
        return [self.home(), *self.letters(full=False)]


class Elsm(Desk):
    nom, courriel = "service médical", "elsm@demo.example"

    def pages(self) -> list[Page]:
        return [self.home(), *self.letters(full=False)]


class Administration(Desk):
    nom, courriel = "administration", "admin@demo.example"

    def pages(self) -> list[Page]:
        return [
            self.page("accueil", ACCUEIL, reverse("portal:administration")),
            self.listed("envois", "accounts:envois"),
            self.listed("documents en échec", "dossiers:echecs"),
        ]


def _busiest_porteur() -> User:
    """Whoever has the most files among those who have a draft with its request and a deposited letter with one."""
    with_request = LettreIntention.objects.filter(demande__isnull=False)
    drafts = with_request.filter(etat=EtatLettre.BROUILLON).values("created_by")
    deposited = with_request.filter(etat=EtatLettre.DEPOSEE).values("created_by")
    owners = Dossier.objects.filter(created_by__in=drafts).filter(created_by__in=deposited)
    found = owners.values("created_by").annotate(n=Count("pk")).order_by("-n", "created_by").first()
    if found is None:
        raise RuntimeError("too few files: nobody has both a draft and a deposited letter")
    return User.objects.get(pk=found["created_by"])
