"""Who is told of a deposit or a withdrawal: each once, and nobody else."""

from collections import Counter

import pytest
from django.core import mail

from accounts.models import Envoi, Organisation
from accounts.services.mails import send_due
from projects.models import LettreIntention
from projects.services.depositing import deposit, withdraw
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, UserFactory
from tests.factories.projects import deposited_letter, porteur, ready_letter
from tests.permissions.cast import Cast

pytestmark = pytest.mark.django_db

REASON = "Le projet rejoint celui de la communauté voisine."
DESK = {"guichet", "conseiller_invite"}


def told(cast: Cast, modele: str) -> list[str]:
    """The roles that got this mail, each as often as it got it."""
    role_of = {person.user.email: role for role, person in cast.acteurs.items()}
    found = Envoi.objects.filter(modele=modele).values_list("destinataire", flat=True)
    return sorted(role_of.get(address, address) for address in found)


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def test_a_deposit_is_told_once_to_who_writes_for_the_association_and_to_the_desk(cast: Cast) -> None:
    deposit(lettre=ready_letter(cast.porteur), by=cast.porteur, now=NOW)
    assert told(cast, "lettre_deposee") == ["porteur", "redacteur"]
    assert told(cast, "lettre_recue") == sorted(DESK)
    assert Envoi.objects.count() == 4


def test_a_withdrawal_is_told_to_the_same_people(cast: Cast) -> None:
    lettre = ready_letter(cast.porteur)
    deposit(lettre=lettre, by=cast.porteur, now=NOW)
    withdraw(lettre=lettre, motif=REASON, by=cast.porteur, now=NOW)
    assert told(cast, "lettre_retiree") == ["porteur", "redacteur"]
    assert told(cast, "lettre_retiree_guichet") == sorted(DESK)
    assert Envoi.objects.count() == 8


def test_those_who_left_or_have_not_arrived_are_not_told() -> None:
    by = porteur()
    association = Organisation.objects.get(pk=by.organisation_id)
    MembershipFactory(organisation=association, droits=["deposer"], fin_le="2026-11-16")
    MembershipFactory(organisation=association, droits=["deposer"], debut_le="2026-11-17")
    MembershipFactory(organisation=association, droits=["deposer"], user=UserFactory(is_active=False))
    last_day = MembershipFactory(organisation=association, droits=["rediger"], fin_le="2026-11-17")
    deposited_letter(by)
    addresses = Envoi.objects.filter(modele="lettre_deposee").values_list("destinataire", flat=True)
    assert sorted(addresses) == sorted([by.user.email, last_day.user.email])


def test_the_guichet_of_another_region_is_not_told() -> None:
    elsewhere = OrganisationFactory(genre="guichet", code="guichet-ailleurs", region="93")
    MembershipFactory(organisation=elsewhere, droits=["instruire"])
    deposited_letter()
    assert not Envoi.objects.filter(modele="lettre_recue").exists()


def test_a_member_of_both_sides_is_told_once_a_side() -> None:
    by = porteur()
    desk = Organisation.objects.get(code="guichet-occitanie")
    MembershipFactory(organisation=desk, user=by.user, droits=["instruire"])
    deposited_letter(by)
    assert Counter(Envoi.objects.values_list("modele", flat=True)) == {"lettre_deposee": 1, "lettre_recue": 1}


def letters(lettre: LettreIntention) -> dict[str, str]:
    """Subject and text of each mail once sent, by its address and template."""
    send_due(now=NOW)
    assert len(mail.outbox) == Envoi.objects.count()
    return {envoi.modele: f"{envoi.sujet}\n{envoi.texte}" for envoi in Envoi.objects.order_by("pk")}


@pytest.mark.parametrize("demande", [True, False])
def test_the_mail_of_a_deposit_names_the_file_the_person_and_whether_a_request_goes_with_it(demande: bool) -> None:
    by = porteur()
    MembershipFactory(organisation=Organisation.objects.get(code="guichet-occitanie"), droits=["instruire"])
    lettre = deposited_letter(by, demande=demande)
    texts = letters(lettre)
    own, desk = texts["lettre_deposee"], texts["lettre_recue"]
    assert own.startswith("Votre lettre d’intention est déposée (OCC-31-2026-0001)")
    assert f"déposée par {by.user}" in own
    assert ("avec sa demande de subvention" in own) is demande
    assert ("avec une demande de subvention" in desk) is demande
    assert f"«\u00a0{lettre.dossier.association.nom}\u00a0»" in desk
    for text in (own, desk):
        assert f"/{lettre.pk}/" in text


def test_the_reason_of_a_withdrawal_is_read_as_it_was_typed() -> None:
    by = porteur()
    lettre = deposited_letter(by)
    withdraw(lettre=lettre, motif="L’association <Rive> & Cie\nse retire.", by=by, now=NOW)
    withdrawn = Envoi.objects.get(modele="lettre_retiree")
    assert "Raison donnée : L’association <Rive> & Cie\nse retire." in withdrawn.texte.replace("\u00a0", " ")
    assert "<Rive>" not in withdrawn.html
    assert "&lt;Rive&gt; &amp; Cie" in withdrawn.html


def test_a_name_with_a_line_break_cannot_add_a_header() -> None:
    by = porteur()
    lettre = ready_letter(by)
    lettre.dossier.nom = "CPTS\nBcc: autre@exemple.fr"
    lettre.dossier.save(update_fields=["nom"])
    MembershipFactory(organisation=Organisation.objects.get(code="guichet-occitanie"), droits=["instruire"])
    deposit(lettre=LettreIntention.objects.get(pk=lettre.pk), by=by, now=NOW)
    letters(lettre)
    assert all("\n" not in message.subject and message.bcc == [] for message in mail.outbox)
