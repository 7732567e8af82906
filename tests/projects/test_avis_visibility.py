"""Who reads which opinion: a canary in each, looked for on every surface, in the eyes of every role."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Envoi
from dossiers.models import Reglage
from dossiers.selectors.documents import documents_visible_to
from projects.models import Avis, LettreIntention
from projects.selectors.avis import avis_visible_to, reponses_of
from projects.services.opinions import abstain, give, recuse, save_draft, take_back
from projects.services.seances import add_points, close_session, note_present, open_session, record_opinion
from projects.services.synthesis import give_synthesis
from projects.services.transmitting import transmit
from projects.states import NatureConsultation
from tests.factories.accounts import NOW, agent_client
from tests.factories.bodies import LEAD, agent, urps_codes
from tests.factories.projects import consulted_letter, fresh
from tests.permissions.cast import ROLES, Cast
from tests.projects.rows import words

pytestmark = pytest.mark.django_db

CAST_URPS = "urps-infirmiers-occitanie"
BODIES = ("cpam", "msa", "elsm", "dd_ars")
"""The roles of the cast that are consulted, beside the URPS."""


def canary(name: str) -> str:
    return f"CANARI-{name.upper()}"


def grid(name: str) -> dict[str, Any]:
    """A whole opinion that carries its canary wherever a person may write."""
    codes = ("territoire", "besoins", "mobilisation", "projet")
    told = {"note": "insuffisant", "commentaire": f"{canary(name)} sur ce critère."}
    return {"sens": "defavorable", "criteres": dict.fromkeys(codes, told), "commentaire": f"{canary(name)} en tout."}


class Opinions:
    """A letter on which each role of the cast, and other URPS, answered in their way; and a session of the Guichet.

    `pk[name]` is the opinion whose canary is `name`.
    """

    def __init__(self) -> None:
        self.cast = Cast()
        self.desk = self.cast.acteurs["guichet"]
        self.lettre: LettreIntention = consulted_letter(self.cast.porteur, desk=self.desk, quorum=0)
        urps = self.cast.acteurs["urps"]
        others = [code for code in urps_codes() if code != CAST_URPS]
        self.pk: dict[str, int] = {}
        self.give("urps", urps)
        for role in BODIES:
            self.give(role, self.cast.acteurs[role])
        self._answer_otherwise(others)
        self._session(others[5])

    def find(self, by: Acteur, nature: str = NatureConsultation.GUICHET) -> Avis:
        return Avis.objects.get(
            consultation__lettre=self.lettre, consultation__nature=nature, organisation=by.organisation_id
        )

    def give(self, name: str, by: Acteur, nature: str = NatureConsultation.GUICHET) -> None:
        avis = self.find(by, nature)
        give(avis=avis, **grid(name), by=by, now=NOW)
        self.pk[name] = avis.pk

    def _answer_otherwise(self, others: list[str]) -> None:
        """A draft, a draft taken back from what was given, an abstention, a déport, and a draft the clock closed."""
        people = [agent(code) for code in others[:5]]
        for name, by in zip(("brouillon", "repris", "abstention", "deport", "clos"), people, strict=True):
            self.pk[name] = self.find(by).pk
        save_draft(avis=self.find(people[0]), **grid("brouillon"), version=0, by=people[0], now=NOW)
        give(avis=self.find(people[1]), **grid("repris"), by=people[1], now=NOW)
        take_back(avis=self.find(people[1]), by=people[1], now=NOW)
        abstain(avis=self.find(people[2]), motif=canary("abstention"), by=people[2], now=NOW)
        recuse(avis=self.find(people[3]), conflit=canary("deport"), by=people[3], now=NOW)
        save_draft(avis=self.find(people[4]), **grid("clos"), version=0, by=people[4], now=NOW)
        Avis.objects.filter(pk=self.pk["clos"]).update(etat="sans_reponse")

    def _session(self, code: str) -> None:
        self.seance = open_session(tenue_le=NOW.date(), lieu="Toulouse", by=self.desk, now=NOW)
        consultation = self.lettre.consultations.get(nature="guichet")
        add_points(seance=self.seance, consultations=[consultation.pk], by=self.desk)
        avis = consultation.avis.get(organisation__code=code)
        record_opinion(seance=self.seance, avis=avis, **grid("seance"), by=self.desk, now=NOW)
        self.pk["seance"] = avis.pk
        note_present(seance=self.seance, presents=[{"nom": "Alix Fictif", "organisation": code}], by=self.desk)
        close_session(seance=self.seance, by=self.desk, now=NOW)

    def send(self) -> None:
        """The synthesis, the transmission, and the opinion the caisse then gives."""
        conclusion = {"conclusion": "Avis favorable."}
        give_synthesis(lettre=self.lettre, sens="favorable", synthese=conclusion, by=self.desk, now=NOW)
        transmit(lettre=self.lettre, by=self.desk, now=NOW)
        self.lettre = fresh(self.lettre)
        self.give("am", self.cast.acteurs["cpam"], NatureConsultation.AM)

    def read_by(self, role: str) -> set[str]:
        """The canaries that show on any surface a person of that role may open."""
        seen = "\n".join(self._surfaces(role))
        return {name for name in self.pk if canary(name) in seen}

    def _surfaces(self, role: str) -> Iterator[str]:
        client = self.cast.clients[role]
        letter, dossier = self.lettre.pk, self.lettre.dossier_id
        urls = [
            reverse("portal:accueil_role"),
            reverse("projects:lettre", args=[letter]),
            reverse("projects:journal", args=[letter]),
            reverse("dossiers:echanges", args=[dossier]),
            reverse("accounts:messagerie"),
            reverse("projects:lettres"),
            reverse("projects:seances"),
            reverse("projects:seance", args=[self.seance.pk]),
        ]
        by = self.cast.acteurs.get(role)
        asked = list(self.pk.values()) if by and by.est_agent else [self.pk["urps"]]
        for url in [*urls, *(reverse("projects:avis", args=[pk]) for pk in asked)]:
            yield client.get(url, follow=True).content.decode()
        for paper in documents_visible_to(by).filter(dossier=dossier).order_by("pk"):
            yield " ".join(words(paper.contexte))
        for mail in Envoi.objects.filter(user=by.user).order_by("pk") if by else ():
            yield f"{mail.sujet} {mail.texte} {mail.html}"


GIVEN = {"urps", "cpam", "msa", "elsm", "dd_ars", "abstention", "deport", "seance"}
BEFORE: dict[str, set[str]] = {
    "guichet": GIVEN,
    "conseiller_invite": GIVEN,
    "urps": {"urps"},
    **{role: {role} for role in BODIES},
}
SENT_TO_ARS = {"cpam", "msa", "elsm", "dd_ars", "am"}
AFTER = {**BEFORE, "cpam": {"cpam", "am"}, "ars": SENT_TO_ARS, "dd_ars": SENT_TO_ARS}


def test_each_role_reads_its_own_opinions_and_those_the_rule_opens_to_it_on_every_surface() -> None:
    opinions = Opinions()
    early = ("porteur", "guichet", "dd_ars", "ars", "cpam")
    before = {role: found for role in early if (found := opinions.read_by(role))}
    assert before == {role: BEFORE[role] for role in ("guichet", "dd_ars", "cpam")}
    opinions.send()
    after = {role: found for role in ROLES if (found := opinions.read_by(role))}
    assert after == AFTER


def test_the_selector_says_the_same_as_the_surfaces() -> None:
    opinions = Opinions()
    opinions.send()
    names = {pk: name for name, pk in opinions.pk.items()}
    for role, by in opinions.cast.acteurs.items():
        found = avis_visible_to(by).filter(pk__in=names).order_by("pk").values_list("pk", flat=True)
        assert {names[pk] for pk in found} == AFTER.get(role, set()), role
    assert not avis_visible_to(None).exists()
    elsewhere, urps = opinions.cast.acteurs["dd_ars_ailleurs"], opinions.cast.acteurs["urps"]
    assert not avis_visible_to(elsewhere).exists()
    as_member = Acteur(user=urps.user, membership=opinions.cast.porteur.membership)
    assert not avis_visible_to(as_member).exists()
    assert not avis_visible_to(Acteur(user=urps.user)).exists()


def test_a_body_reads_its_draft_even_closed_and_nobody_else_does() -> None:
    opinions = Opinions()
    for name in ("brouillon", "repris", "clos"):
        avis = Avis.objects.select_related("organisation").get(pk=opinions.pk[name])
        colleague = agent(avis.organisation.code)
        page = agent_client(Client(), colleague.user).get(reverse("projects:avis", args=[avis.pk]))
        assert canary(name) in page.content.decode(), name
        assert list(avis_visible_to(colleague).filter(pk__in=opinions.pk.values())) == [avis]


def test_the_ars_reads_the_urps_only_where_the_region_so_set_on_the_day_it_was_given() -> None:
    opinions = Opinions()
    opinions.send()
    ars = opinions.cast.acteurs["ars"]
    urps = Avis.objects.filter(pk=opinions.pk["urps"])
    old = Reglage.objects.filter(cle="avis_urps_lus_par_ars")
    setting = {"cle": "avis_urps_lus_par_ars", "valeur": True, "motif": "Essai", "source": "Essai"}
    after = Reglage.objects.create(**setting, applicable_du=NOW.date() + timedelta(days=1))
    assert not avis_visible_to(ars).filter(pk__in=urps).exists()
    assert {r.organisation.genre for r in reponses_of(opinions.lettre, acteur=ars)} == {"cpam", "msa", "elsm", "dd_ars"}
    Reglage.objects.filter(pk=after.pk).update(applicable_du=NOW.date())
    assert avis_visible_to(ars).filter(pk__in=urps).exists()
    assert opinions.read_by("ars") == SENT_TO_ARS | {"urps", "abstention", "deport", "seance"}
    assert old.count() == 2


def test_a_desk_sees_where_each_body_stands_and_no_word_of_a_draft() -> None:
    opinions = Opinions()
    by_body = {r.avis_id: r for r in reponses_of(opinions.lettre, acteur=opinions.desk)}
    states = {name: (by_body[pk].etat.value, by_body[pk].avis is not None) for name, pk in opinions.pk.items()}
    assert states == {
        **dict.fromkeys(("urps", "cpam", "msa", "elsm", "dd_ars", "seance"), ("rendu", True)),
        "abstention": ("abstention", True),
        "deport": ("deport", True),
        "brouillon": ("brouillon", False),
        "repris": ("brouillon", False),
        "clos": ("sans_reponse", False),
    }
    assert len(by_body) == len(urps_codes()) + len(LEAD)
    assert reponses_of(opinions.lettre, acteur=opinions.cast.acteurs["ars"]) == []
    opinions.send()
    closed = reponses_of(opinions.lettre, acteur=opinions.desk)
    assert {r.etat.value for r in closed} == {"rendu", "abstention", "deport", "sans_reponse"}
    assert reponses_of(opinions.lettre, acteur=opinions.cast.acteurs["admin"]) == []
