"""Opening a file and its letter, and starting again from one that ended."""

import pgtrigger
import pytest

from accounts.acteur import Acteur
from accounts.models import Membership, Organisation
from dossiers.models import Dossier
from dossiers.states import EtatSection, Visibilite
from funding.sections import ATTESTATIONS
from funding.states import EtatDemandeFir, GenreBudget
from guichet.kernel.lifecycle import Refused
from portal.demonstration.ecriture import save_letter_answers
from portal.demonstration.reponses import BESOINS
from projects.models import LettreIntention
from projects.sections import RUBRIQUES, TERRITOIRE
from projects.services.depositing import deposit, withdraw
from projects.services.opening import copy_letter, open_letter
from projects.services.territoire import add_communes
from projects.states import EtatLettre
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, UserFactory, acteur
from tests.factories.projects import deposited_letter, porteur, ready_letter
from tests.projects.rows import everything, plain

pytestmark = pytest.mark.django_db

REASON = "Le projet rejoint celui de la communauté voisine."


def opened(by: Acteur, nom: str = "CPTS du Lac") -> LettreIntention:
    return open_letter(nom_cpts=nom, nom_association="Santé du Lac", by=by, region="76", now=NOW)


# --- Opening --------------------------------------------------------------------------------------------


def test_a_member_opens_a_draft_that_only_its_association_reads() -> None:
    by = porteur()
    lettre = opened(by, "CPTS de l’Étang")
    dossier = Dossier.objects.get(pk=lettre.dossier_id)
    assert (dossier.nom, dossier.nom_normalise) == ("CPTS de l’Étang", "cpts de l etang")
    assert (dossier.association_id, dossier.region, dossier.created_by) == (by.organisation_id, "76", by.user)
    assert (dossier.visibilite, dossier.reference) == (Visibilite.PORTEUR, None)
    assert (lettre.etat, lettre.created_by, lettre.created_at) == (EtatLettre.BROUILLON, by.user, NOW)
    assert Organisation.objects.filter(nom="Santé du Lac").count() == 0


def test_a_new_letter_has_every_section_to_begin_and_an_empty_territory() -> None:
    lettre = opened(porteur())
    sections = {s.cle: (s.etat, s.version, s.contenu, s.repris_de) for s in lettre.sections.all()}
    assert sections == {rubrique.cle: (EtatSection.A_COMMENCER, 0, {}, "") for rubrique in RUBRIQUES}
    assert list(lettre.dossier.territoires.values_list("numero", "population", "fige_at")) == [(1, 0, None)]


def test_a_person_alone_first_opens_the_account_of_its_association() -> None:
    user = UserFactory()
    lettre = opened(Acteur(user))
    membership = Membership.objects.get(user=user)
    assert lettre.dossier.association == membership.organisation
    assert (membership.organisation.nom, membership.organisation.region) == ("Santé du Lac", "76")
    assert {"rediger", "deposer"} <= set(membership.droits)


def member(*droits: str) -> Acteur:
    return acteur(MembershipFactory(droits=list(droits)))


def agent() -> Acteur:
    return acteur(MembershipFactory(organisation=OrganisationFactory(genre="guichet", code="guichet-occitanie")))


@pytest.mark.parametrize("right", ["rediger", "deposer"])
def test_the_right_to_write_or_to_deposit_is_enough_to_open(right: str) -> None:
    assert opened(member(right)).etat == EtatLettre.BROUILLON


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        (lambda: member("gerer"), "Vous n’avez pas le droit d’écrire au nom de cette association."),
        (agent, "Seule une association dépose une lettre d’intention : agissez en son nom."),
    ],
)
def test_nobody_else_opens_a_letter_and_nothing_is_left(who, sentence: str) -> None:
    by = who()
    before = (everything(), Organisation.objects.count())
    with pytest.raises(Refused) as refusal:
        opened(by)
    assert plain(str(refusal.value)) == sentence
    assert (everything(), Organisation.objects.count()) == before


def not_opened(by: Acteur, nom: str = "CPTS du Lac") -> str:
    before = (everything(), Organisation.objects.count())
    with pytest.raises(Refused) as refusal:
        opened(by, nom)
    assert (everything(), Organisation.objects.count()) == before
    return plain(str(refusal.value))


def test_a_page_sent_twice_opens_one_letter() -> None:
    by = porteur()
    first = opened(by, "CPTS de l’Étang")
    again = not_opened(by, "cpts de l'etang")
    assert again.startswith("Votre association a déjà commencé une lettre pour « cpts de l'etang »")
    assert opened(by, "CPTS du Bois").dossier != first.dossier
    assert opened(porteur(), "CPTS de l’Étang").dossier != first.dossier


def test_a_name_is_free_again_once_its_letter_was_deposited() -> None:
    by = porteur()
    deposited_letter(by, nom="CPTS du Lac")
    assert opened(by, "CPTS du Lac").etat == EtatLettre.BROUILLON


def test_a_person_who_acts_for_nobody_yet_opens_one_association() -> None:
    user = UserFactory()
    opened(Acteur(user))
    assert not_opened(Acteur(user), "CPTS du Bois").startswith("Votre association est déjà ouverte")


# --- Starting again from a letter that ended ----------------------------------------------------------------


def withdrawn(by: Acteur, **kwargs: object) -> LettreIntention:
    lettre = deposited_letter(by, **kwargs)
    withdraw(lettre=lettre, motif=REASON, by=by, now=NOW)
    return LettreIntention.objects.get(pk=lettre.pk)


def test_a_copy_takes_every_answer_and_says_where_it_comes_from() -> None:
    by = porteur()
    lettre = withdrawn(by)
    copy = copy_letter(lettre=lettre, by=by, now=NOW)
    assert (copy.etat, copy.copie_de, copy.dossier, copy.deposee_at) == (
        EtatLettre.BROUILLON,
        lettre,
        lettre.dossier,
        None,
    )
    before = {s.cle: (s.contenu, s.etat, s.manques) for s in lettre.sections.all()}
    assert {s.cle: (s.contenu, s.etat, s.manques) for s in copy.sections.all()} == before
    marks = dict(copy.sections.values_list("cle", "repris_de"))
    assert marks == {cle: "" if cle == TERRITOIRE else "la lettre du 16/11/2026" for cle in marks}
    assert set(copy.sections.values_list("modifie_at", "version")) == {(None, 0)}


def test_what_was_never_written_is_not_said_to_be_carried_over() -> None:
    by = porteur()
    lettre = opened(by)
    save_letter_answers(lettre, "besoins", BESOINS, by=by, now=NOW)
    withdraw(lettre=lettre, motif=REASON, by=by, now=NOW)
    copy = copy_letter(lettre=lettre, by=by, now=NOW)
    marked = copy.sections.exclude(repris_de="")
    assert list(marked.values_list("cle", "repris_de")) == [("besoins", "la lettre du 16/11/2026")]


def test_a_section_read_and_saved_again_is_no_longer_marked() -> None:
    by = porteur()
    copy = copy_letter(lettre=withdrawn(by), by=by, now=NOW)
    save_letter_answers(copy, "besoins", BESOINS, by=by, now=NOW)
    section = copy.sections.get(cle="besoins")
    assert (section.repris_de, section.version, section.modifie_par) == ("", 1, by.user)


def test_a_copy_continues_the_territory_without_touching_what_was_deposited() -> None:
    by = porteur()
    lettre = withdrawn(by)
    deposited = list(lettre.territoire.parts.order_by("commune").values_list("commune", "population"))
    copy = copy_letter(lettre=lettre, by=by, now=NOW)
    draft = copy.dossier.territoires.get(fige_at=None)
    assert draft.numero == 2
    assert list(draft.parts.order_by("commune").values_list("commune", "population")) == deposited
    add_communes(etape=copy, codes=["31555"], by=by, now=NOW)
    assert list(lettre.territoire.parts.order_by("commune").values_list("commune", "population")) == deposited


def test_a_copied_request_keeps_answers_and_budgets_and_is_attested_anew() -> None:
    by = porteur()
    lettre = withdrawn(by)
    copy = copy_letter(lettre=lettre, by=by, now=NOW)
    demande = copy.demande
    assert demande.pk != lettre.demande_id
    assert (demande.etat, demande.montant_demande) == (EtatDemandeFir.BROUILLON, 20_000)
    assert demande.sections.get(cle=ATTESTATIONS).contenu == {}
    for genre in GenreBudget:
        assert demande.totaux(genre) == lettre.demande.totaux(genre)
        assert demande.totaux(genre).charges > 0
    with pytest.raises(Refused, match="La demande de subvention n’est pas prête"):
        deposit(lettre=copy, by=by, now=NOW)


def test_a_copy_of_a_letter_without_request_is_without_request() -> None:
    by = porteur()
    copy = copy_letter(lettre=withdrawn(by, demande=False), by=by, now=NOW)
    kept = LettreIntention.objects.get(pk=copy.pk)
    assert (kept.demande, kept.sans_demande, copy.sans_demande) == (None, True, True)
    deposit(lettre=copy, by=by, now=NOW)
    assert LettreIntention.objects.get(pk=copy.pk).etat == EtatLettre.DEPOSEE


def test_a_refused_letter_is_copied_too() -> None:
    by = porteur()
    lettre = deposited_letter(by, demande=False)
    with pgtrigger.ignore("projects.LettreIntention:cycle_lettre"):
        LettreIntention.objects.filter(pk=lettre.pk).update(etat=EtatLettre.REFUSEE, transmise_at=NOW)
    copy = copy_letter(lettre=LettreIntention.objects.get(pk=lettre.pk), by=by, now=NOW)
    assert copy.etat == EtatLettre.BROUILLON


def not_copied(lettre: LettreIntention, by: Acteur) -> str:
    before = everything()
    with pytest.raises(Refused) as refusal:
        copy_letter(lettre=lettre, by=by, now=NOW)
    assert everything() == before
    return plain(str(refusal.value))


@pytest.mark.parametrize("make", [ready_letter, deposited_letter])
def test_a_letter_still_running_is_not_copied(make) -> None:
    by = porteur()
    assert not_copied(make(by), by) == "Seule une lettre refusée ou retirée peut être reprise."


def test_a_letter_is_copied_once_while_the_copy_runs() -> None:
    by = porteur()
    lettre = withdrawn(by)
    copy_letter(lettre=lettre, by=by, now=NOW)
    assert not_copied(lettre, by) == "Une lettre est déjà en cours pour ce dossier."


def test_only_who_writes_for_the_association_copies_its_letter() -> None:
    by = porteur()
    lettre = withdrawn(by)
    own = Organisation.objects.get(pk=by.organisation_id)
    reader = acteur(MembershipFactory(organisation=own, droits=["gerer"]))
    sentence = "Seule une personne qui écrit pour l’association peut reprendre cette lettre."
    for stranger in (porteur(), agent(), reader, Acteur(by.user)):
        assert not_copied(lettre, stranger) == sentence
