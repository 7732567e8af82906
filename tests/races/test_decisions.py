"""Two agents deciding at once, and a decision against the passage of the clock: one outcome, nothing twice."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Envoi
from dossiers.models import Decision, Document
from funding.models import DemandeFir
from funding.services.instruction import grant
from guichet.kernel.lifecycle import Refused
from projects.models import EvenementLettre, LettreIntention
from projects.services.deciding import refuse, validate
from projects.services.silence import record_silence
from tests.factories.accounts import NOW
from tests.factories.bodies import decideur
from tests.factories.projects import fresh, porteur, transmitted_letter
from tests.funding.desk import later
from tests.races.together import Together, without_the_law

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 30
LAST_DAY = datetime(2027, 1, 16, 22, 59, 59, tzinfo=NOW.tzinfo)
SPOKEN = datetime(2027, 1, 16, 23, 0, 1, tzinfo=NOW.tzinfo)
"""One second before, and one after, midnight in Paris at the end of the last day."""


def undecided(lettre: LettreIntention) -> None:
    """Put the letter and its request back on the desk of the ARS, as nothing in the portal can."""
    with without_the_law() as cursor:
        for statement in UNDO:
            cursor.execute(statement, {"lettre": lettre.pk, "demande": lettre.demande_id, "dossier": lettre.dossier_id})


DECIDED = "('valider', 'refuser', 'accorder', 'accorder_apres_silence', 'constater_rejet')"
UNDO = (
    "DELETE FROM accounts_envoi WHERE evenement IN (SELECT id FROM projects_evenementlettre WHERE lettre_id = "
    f"%(lettre)s AND action IN {DECIDED} UNION SELECT id FROM funding_evenementfir WHERE demande_id = %(demande)s "
    f"AND action IN {DECIDED})",
    "DELETE FROM dossiers_document WHERE dossier_id = %(dossier)s AND modele LIKE 'decision%%'",
    "DELETE FROM dossiers_decision WHERE dossier_id = %(dossier)s",
    f"DELETE FROM projects_evenementlettre WHERE lettre_id = %(lettre)s AND action IN {DECIDED}",
    f"DELETE FROM funding_evenementfir WHERE demande_id = %(demande)s AND action IN {DECIDED}",
    "DELETE FROM dossiers_mouvementdelai WHERE nature IN ('decision', 'silence') AND delai_id IN "
    "(SELECT delai_id FROM funding_demandefir WHERE id = %(demande)s)",
    "UPDATE dossiers_delai SET clos_at = NULL, clos_par = '' WHERE id IN "
    "(SELECT delai_id FROM funding_demandefir WHERE id = %(demande)s)",
    "UPDATE funding_demandefir SET etat = 'transmise', montant_accorde = NULL WHERE id = %(demande)s",
    "UPDATE projects_lettreintention SET etat = 'transmise' WHERE id = %(lettre)s",
)


def validating(lettre: LettreIntention, by: Any) -> Any:
    read = fresh(lettre)
    return lambda: validate(lettre=read, accorde=Decimal(10_000), by=by, now=later(1))


def refusing(lettre: LettreIntention, by: Any) -> Any:
    read = fresh(lettre)
    return lambda: refuse(lettre=read, motivation="Territoire.", motivation_demande="Sans lettre.", by=by, now=later(1))


def test_two_agents_decide_at_once_one_wins_and_the_other_is_told_who_did_what_and_when(together: Together) -> None:
    by = porteur()
    lettre = transmitted_letter(by)
    first, second = decideur(), decideur("ars-occitanie")
    ends = set()
    for _ in range(ROUNDS):
        outcomes = together(validating(lettre, first), refusing(lettre, second))
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
        assert len(refused) == 1
        read = fresh(lettre)
        ends.add(read.etat)
        winner = first if read.etat == "validee" else second
        told = str(refused[0]).replace("\u00a0", " ")
        since = f"l’état est « {read.get_etat_display()} » depuis le 17 novembre 2026"
        assert f"{since} à 10 h 00 ({winner.qualite})" in told
        whole = {"validee": ("accordee", {"validation_lettre", "accord_fir"})}
        demande, natures = whole.get(read.etat, ("refusee", {"refus_lettre", "refus_fir"}))
        assert read.demande.etat == demande
        assert sorted(Decision.objects.values_list("nature", flat=True)) == sorted(natures)
        assert Document.objects.filter(modele__startswith="decision").count() == 2
        event = EvenementLettre.objects.get(lettre=lettre, action__in=("valider", "refuser"))
        assert Envoi.objects.filter(evenement=event.pk, user=by.user).count() == 1
        undecided(lettre)
    assert ends <= {"validee", "refusee"}


def test_the_same_decision_sent_twice_is_one_decision(together: Together) -> None:
    lettre = transmitted_letter()
    by = decideur()
    for _ in range(ROUNDS):
        outcomes = together(validating(lettre, by), validating(lettre, by))
        assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
        assert (Decision.objects.count(), Document.objects.filter(modele__startswith="decision").count()) == (2, 2)
        undecided(lettre)


def test_a_grant_against_the_clock_leaves_one_rejection_at_most_and_one_grant(together: Together) -> None:
    lettre = transmitted_letter()
    by = decideur()
    delai = fresh(lettre).demande.delai_id
    validate(lettre=fresh(lettre), by=by, now=NOW)
    ends = set()
    for number in range(ROUNDS):
        late = number % 2 == 0
        read = DemandeFir.objects.select_related("dossier__association", "financeur", "delai").get(pk=lettre.demande_id)
        moment = SPOKEN if late else LAST_DAY
        outcomes = together(
            lambda read=read, moment=moment: grant(demande=read, montant=Decimal(9_000), by=by, now=moment),
            lambda: record_silence(delai_id=delai, now=SPOKEN),
        )
        found = DemandeFir.objects.select_related("delai").get(pk=lettre.demande_id)
        actions = list(found.evenements.filter(action__in=ACTS).values_list("action", flat=True))
        assert found.etat == "accordee"
        assert not isinstance(outcomes[0], Refused)
        if late:  # the silence had spoken, whoever writes it first
            assert sorted(actions) == ["accorder_apres_silence", "constater_rejet"]
        ends.add((late, tuple(sorted(actions)), found.delai.clos_par))
        assert Decision.objects.filter(nature="accord_fir").count() == 1
        again(lettre)
    assert ends <= {
        (True, ("accorder_apres_silence", "constater_rejet"), "silence"),
        (False, ("accorder",), "decision"),
        (False, ("accorder_apres_silence", "constater_rejet"), "silence"),
    }


ACTS = ("accorder", "accorder_apres_silence", "constater_rejet")


def again(lettre: LettreIntention) -> None:
    """Back on the desk, the letter validated."""
    undecided(lettre)
    with without_the_law() as cursor:
        cursor.execute("UPDATE projects_lettreintention SET etat = 'validee' WHERE id = %s", [lettre.pk])
