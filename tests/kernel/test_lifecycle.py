"""The mechanism of the law's tables, tried on the letter of intent in a real database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import rules
from django.db import models, transaction
from django.db.utils import DatabaseError

from accounts.acteur import Acteur
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import CLOCK, Lifecycle, Refused, Transition
from projects.lifecycles import LETTRE
from projects.models import EvenementLettre, LettreIntention
from projects.services.opening import open_letter
from tests.factories.accounts import NOW, MembershipFactory, UserFactory, acteur
from tests.factories.projects import porteur

pytestmark = pytest.mark.django_db

LATE_IN_PARIS = datetime(2026, 11, 16, 23, 30, tzinfo=UTC)


class Etat(models.TextChoices):
    BROUILLON = "brouillon", "Brouillon"
    DEPOSEE = "deposee", "Déposée"
    RETIREE = "retiree", "Retirée"


@pytest.fixture
def by() -> Acteur:
    return porteur()


@pytest.fixture
def lettre(by: Acteur) -> LettreIntention:
    return open_letter(nom_cpts="CPTS des Essais", nom_association="", by=by, region="76", now=NOW)


def cycle(*rows: Transition) -> Lifecycle:
    return Lifecycle("Essai", Etat, *rows, parent="dossier")


RETIRER = Transition("retirer", ("brouillon", "deposee"), "retiree", "lettre.deposer", "texte", "Retirer")
NOTER = Transition("noter", ("brouillon",), None, "lettre.deposer", "texte", "Noter")


def test_an_act_writes_the_state_its_changes_and_one_event(lettre: LettreIntention, by: Acteur) -> None:
    event = cycle(RETIRER).apply(
        lettre,
        "retirer",
        by=by,
        now=NOW,
        changes={"sans_demande": True},
        motif="Le projet change de territoire.",
        donnees={"compte": 3},
        origine=Origine.PAPIER,
    )
    kept = LettreIntention.objects.get(pk=lettre.pk)
    assert (kept.etat, kept.sans_demande) == ("retiree", True)
    assert (lettre.etat, lettre.sans_demande) == ("retiree", True)
    assert EvenementLettre.objects.get() == event
    event.refresh_from_db()
    assert (event.action, event.source, event.cible) == ("retirer", "brouillon", "retiree")
    assert (event.acteur, event.qualite) == (by.user, by.qualite)
    assert (event.recorded_at, event.prend_effet_le) == (NOW, date(2026, 11, 16))
    assert (event.fondement, event.origine) == ("texte", "papier")
    assert (event.motif, event.donnees) == ("Le projet change de territoire.", {"compte": 3})


def test_an_act_takes_effect_on_the_civil_day_of_paris_unless_told(lettre: LettreIntention, by: Acteur) -> None:
    assert cycle(NOTER).apply(lettre, "noter", by=by, now=LATE_IN_PARIS).prend_effet_le == date(2026, 11, 17)
    told = cycle(NOTER).apply(lettre, "noter", by=by, now=NOW, effect_on=date(2026, 10, 1))
    assert told.prend_effet_le == date(2026, 10, 1)
    assert told.origine == "portail"
    assert (told.motif, told.donnees) == ("", {})


def test_a_row_without_target_keeps_the_state_and_leaves_an_event(lettre: LettreIntention, by: Acteur) -> None:
    event = cycle(NOTER).apply(lettre, "noter", by=by, now=NOW)
    assert (event.source, event.cible) == ("brouillon", "brouillon")
    assert LettreIntention.objects.get(pk=lettre.pk).etat == "brouillon"


def test_the_right_is_judged_first_then_the_state_then_the_guard(lettre: LettreIntention, by: Acteur) -> None:
    guarded = replace(RETIRER, sources=("deposee",), guard=lambda obj, le: "La garde refuse.")
    table = cycle(guarded)
    stranger = porteur()
    assert table.refusal(lettre, "retirer", by=stranger, now=NOW) == (
        "Vous n’avez pas le droit de faire cette action sur ce dossier."
    )
    assert table.refusal(lettre, "retirer", by=by, now=NOW) == (
        "Cette action n’est pas possible\u00a0: l’état actuel est «\u00a0Brouillon\u00a0»."
    )
    open_to_drafts = cycle(replace(guarded, sources=("brouillon",)))
    assert open_to_drafts.refusal(lettre, "retirer", by=by, now=NOW) == "La garde refuse."
    assert cycle(RETIRER).refusal(lettre, "retirer", by=by, now=NOW) == ""


def test_the_guard_is_given_the_object_and_the_legal_day(lettre: LettreIntention, by: Acteur) -> None:
    row = replace(RETIRER, guard=lambda obj, le: f"{obj.pk} {le}")
    assert cycle(row).refusal(lettre, "retirer", by=by, now=NOW) == f"{lettre.pk} 2026-11-16"
    assert cycle(row).refusal(lettre, "retirer", by=by, now=NOW, le=date(2026, 11, 3)) == f"{lettre.pk} 2026-11-03"


def test_what_was_done_on_paper_is_judged_by_its_legal_day(lettre: LettreIntention, by: Acteur) -> None:
    table = cycle(replace(RETIRER, guard=lambda obj, le: "" if le <= date(2026, 11, 13) else "Trop tard."))
    with pytest.raises(Refused, match="Trop tard"):
        table.apply(lettre, "retirer", by=by, now=NOW)
    event = table.apply(lettre, "retirer", by=by, now=NOW, effect_on=date(2026, 11, 13), origine="papier")
    assert (event.prend_effet_le, event.origine) == (date(2026, 11, 13), "papier")


def test_a_refused_act_leaves_nothing(lettre: LettreIntention, by: Acteur) -> None:
    table = cycle(replace(RETIRER, guard=lambda obj, le: "Non."))
    with pytest.raises(Refused, match=r"^Non\.$"):
        table.apply(lettre, "retirer", by=by, now=NOW, changes={"sans_demande": True})
    kept = LettreIntention.objects.get(pk=lettre.pk)
    assert (kept.etat, kept.sans_demande) == ("brouillon", False)
    assert not EvenementLettre.objects.exists()


def test_the_second_of_two_acts_is_told_what_was_done_when_and_by_whom(lettre: LettreIntention, by: Acteur) -> None:
    stale = LettreIntention.objects.get(pk=lettre.pk)
    cycle(RETIRER).apply(lettre, "retirer", by=by, now=NOW)
    with pytest.raises(Refused) as refusal:
        cycle(RETIRER).apply(stale, "retirer", by=by, now=NOW + timedelta(minutes=1))
    assert str(refusal.value) == (
        f"Cette action n’est plus possible\u00a0: l’état est «\u00a0Retirée\u00a0» "
        f"depuis le 16 novembre 2026 à 10\u00a0h\u00a000 ({by.qualite})."
    )
    assert EvenementLettre.objects.count() == 1


def test_only_the_clock_does_what_the_clock_does(lettre: LettreIntention, by: Acteur) -> None:
    table = cycle(replace(RETIRER, who=CLOCK))
    assert table.refusal(lettre, "retirer", by=by, now=NOW) != ""
    event = table.apply(lettre, "retirer", by=None, now=NOW)
    assert (event.acteur, event.qualite, event.origine) == (None, "Horloge du portail", "horloge")


def test_nobody_does_not_pass_for_a_person(lettre: LettreIntention) -> None:
    rules.add_rule("essai.toujours", rules.always_allow)
    try:
        table = cycle(replace(RETIRER, who="essai.toujours"))
        assert table.refusal(lettre, "retirer", by=None, now=NOW) != ""
        alone = Acteur(UserFactory())
        assert table.refusal(lettre, "retirer", by=alone, now=NOW) == ""
    finally:
        rules.remove_rule("essai.toujours")


def test_the_buttons_are_the_rows_one_may_apply(lettre: LettreIntention, by: Acteur) -> None:
    writer = acteur(MembershipFactory(organisation=lettre.dossier.association, droits=["rediger"]))
    table = cycle(RETIRER, NOTER, replace(RETIRER, action="autre", sources=("deposee",)))
    assert [row.action for row in table.available(lettre, by=by, now=NOW)] == ["retirer", "noter"]
    assert table.available(lettre, by=writer, now=NOW) == []


def test_the_buttons_are_judged_at_the_instant_of_the_page(lettre: LettreIntention, by: Acteur) -> None:
    morning = cycle(replace(RETIRER, guard=lambda obj, le: "" if le == date(2026, 11, 16) else "Trop tard."))
    assert [row.action for row in morning.available(lettre, by=by, now=NOW)] == ["retirer"]
    assert morning.available(lettre, by=by, now=LATE_IN_PARIS) == []


def test_the_act_that_moved_the_file_is_told_not_what_was_noted_since(lettre: LettreIntention, by: Acteur) -> None:
    cycle(RETIRER).apply(lettre, "retirer", by=by, now=NOW + timedelta(minutes=3))
    noted = cycle(replace(NOTER, sources=("retiree",)))
    for minutes in (7, 1, 9, 5):
        noted.apply(lettre, "noter", by=by, now=NOW + timedelta(minutes=minutes))
    assert "depuis le 16 novembre 2026 à 10\u00a0h\u00a003" in cycle(RETIRER).refusal(lettre, "retirer", by=by, now=NOW)


def test_the_object_is_locked_after_its_parent(
    lettre: LettreIntention, by: Acteur, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        locked = cycle(RETIRER).lock(lettre)
    told = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    assert ["dossiers_dossier" in told[0], "projects_lettreintention" in told[1]] == [True, True]
    assert len(told) == 2
    assert locked.dossier == lettre.dossier


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((RETIRER, RETIRER), "Essai: an action has one row, one target"),
        ((replace(RETIRER, target="perdue"),), r"Essai\.retirer: unknown states \['perdue'\]"),
        ((replace(RETIRER, sources=("inconnue", "brouillon")),), r"Essai\.retirer: unknown states \['inconnue'\]"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(rows: tuple[Transition, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cycle(*rows)


def test_an_action_the_law_does_not_know_is_an_error_not_a_refusal(lettre: LettreIntention, by: Acteur) -> None:
    with pytest.raises(KeyError):
        cycle(RETIRER).apply(lettre, "archiver", by=by, now=NOW)


def test_the_pairs_are_those_that_change_the_state() -> None:
    same = replace(RETIRER, action="rester", sources=("brouillon", "retiree"), target="retiree")
    assert cycle(RETIRER, NOTER, same).pairs() == [("brouillon", "retiree"), ("deposee", "retiree")]


def test_the_page_of_cycles_tells_the_table_and_draws_it() -> None:
    assert cycle(RETIRER, NOTER).markdown() == (
        "## Essai\n\n"
        "States: `brouillon` Brouillon · `deposee` Déposée · `retiree` Retirée\n\n"
        "| action | from | to | who | basis |\n"
        "|---|---|---|---|---|\n"
        "| retirer | brouillon, deposee | retiree | lettre.deposer | texte |\n"
        "| noter | brouillon | — | lettre.deposer | texte |\n\n"
        "```mermaid\n"
        "stateDiagram-v2\n"
        "    [*] --> brouillon\n"
        "    brouillon --> retiree: retirer\n"
        "    deposee --> retiree: retirer\n"
        "```\n"
    )


# --- The database is the last judge ---------------------------------------------------------------


def test_postgresql_refuses_a_path_the_law_does_not_know(lettre: LettreIntention) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        LettreIntention.objects.filter(pk=lettre.pk).update(etat="validee")
    assert LettreIntention.objects.get(pk=lettre.pk).etat == "brouillon"
    assert ("brouillon", "validee") not in LETTRE.pairs()


def test_postgresql_refuses_to_rewrite_or_erase_the_journal(lettre: LettreIntention, by: Acteur) -> None:
    event = cycle(NOTER).apply(lettre, "noter", by=by, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        EvenementLettre.objects.filter(pk=event.pk).update(motif="autre")
    with pytest.raises(DatabaseError), transaction.atomic():
        EvenementLettre.objects.filter(pk=event.pk).delete()
    assert EvenementLettre.objects.get().motif == ""
