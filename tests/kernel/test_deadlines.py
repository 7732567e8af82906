"""The legal dates of `kernel/deadlines.py`: the tables of both regimes, and the ladder of warnings."""

from datetime import timedelta

import pytest

from guichet.kernel import civil
from guichet.kernel.deadlines import (
    Etat,
    PieceDemandee,
    Rung,
    consolidation,
    latest_rung_due,
    rungs,
    rungs_due,
)
from tests.kernel.ledgers import acceptation, d, piece, rejet

TABLE = [
    ("2026-09-14", "2026-11-14", "2026-11-15", "2027-03-14"),
    ("2026-06-30", "2026-08-30", "2026-08-31", "2026-12-30"),
    ("2026-07-31", "2026-09-30", "2026-10-01", "2027-01-30"),
    ("2026-12-31", "2027-02-28", "2027-03-01", "2027-06-28"),
    ("2026-12-30", "2027-02-28", "2027-03-01", "2027-06-28"),
    ("2026-12-29", "2027-02-28", "2027-03-01", "2027-06-28"),
    ("2026-12-28", "2027-02-28", "2027-03-01", "2027-06-28"),
    ("2026-12-27", "2027-02-27", "2027-02-28", "2027-06-27"),
    ("2027-12-31", "2028-02-29", "2028-03-01", "2028-06-29"),
    ("2027-12-28", "2028-02-28", "2028-02-29", "2028-06-28"),
    ("2027-02-28", "2027-04-28", "2027-04-29", "2027-08-28"),
    ("2026-03-01", "2026-05-01", "2026-05-02", "2026-09-01"),
    ("2026-11-01", "2027-01-01", "2027-01-02", "2027-05-01"),
    ("2026-10-31", "2026-12-31", "2027-01-01", "2027-04-30"),
    ("2026-11-21", "2027-01-21", "2027-01-22", "2027-05-21"),
    ("2026-07-30", "2026-09-30", "2026-10-01", "2027-01-30"),
    ("2026-09-30", "2026-11-30", "2026-12-01", "2027-03-30"),
]


@pytest.mark.parametrize(("recu", "dernier_jour", "echeance", "consolidation_le"), TABLE)
def test_two_months_of_silence_accept_a_complete_project(recu, dernier_jour, echeance, consolidation_le):
    result = acceptation(recu)
    assert (result.origine, result.dernier_jour, result.echeance_le, result.consolidation_le) == (
        d(recu),
        d(dernier_jour),
        d(echeance),
        d(consolidation_le),
    )
    assert result.dernier_jour_sur == d(dernier_jour) - timedelta(days=1)
    assert result.jours_suspendus == 0


@pytest.mark.parametrize(("recu", "dernier_jour", "echeance", "_consolidation"), TABLE)
def test_two_months_of_silence_reject_a_request_and_nothing_consolidates(recu, dernier_jour, echeance, _consolidation):
    result = rejet(recu)
    assert (result.origine, result.dernier_jour, result.echeance_le) == (d(recu), d(dernier_jour), d(echeance))
    assert result.consolidation_le is None
    assert result.jours_suspendus == 0


class TestAcceptation:
    def test_a_required_piece_starts_the_whole_period_when_it_arrives(self):
        result = acceptation("2026-09-03", piece("2026-09-20", "2026-10-12", "2026-10-15"))
        assert (result.origine, result.dernier_jour, result.echeance_le, result.consolidation_le) == (
            d("2026-10-12"),
            d("2026-12-12"),
            d("2026-12-13"),
            d("2027-04-12"),
        )

    def test_a_useful_piece_changes_nothing(self):
        result = acceptation("2026-09-03", piece("2026-09-20", "2026-10-12", requise=False))
        assert (result.origine, result.dernier_jour, result.consolidation_le) == (
            d("2026-09-03"),
            d("2026-11-03"),
            d("2027-03-03"),
        )
        assert result.effectives == result.tardives == ()

    def test_an_open_required_piece_leaves_no_date_at_all(self):
        result = acceptation("2026-09-03", piece("2026-09-20"))
        assert (result.origine, result.dernier_jour, result.echeance_le) == (None, None, None)
        assert (result.consolidation_le, result.dernier_jour_sur) == (None, None)

    def test_a_limit_that_passes_changes_nothing(self):
        assert acceptation("2026-09-03", piece("2026-09-20", "", "2026-10-01")).dernier_jour is None
        late = acceptation("2026-09-03", piece("2026-09-20", "2026-10-12", "2026-10-01"))
        assert late.origine == d("2026-10-12")

    def test_a_request_on_the_last_day_is_in_time_and_the_day_after_is_not(self):
        on_time = acceptation("2026-09-03", piece("2026-11-03", "2026-11-20"))
        assert (on_time.origine, on_time.tardives) == (d("2026-11-20"), ())
        late = piece("2026-11-04", "2026-11-20")
        too_late = acceptation("2026-09-03", late)
        assert (too_late.origine, too_late.dernier_jour) == (d("2026-09-03"), d("2026-11-03"))
        assert (too_late.effectives, too_late.tardives) == ((), (late,))

    def test_an_open_request_made_too_late_does_not_hide_the_dates(self):
        assert acceptation("2026-09-03", piece("2026-11-04")).dernier_jour == d("2026-11-03")

    def test_the_last_of_several_pieces_counts_whatever_the_order_of_the_ledger(self):
        first, second = piece("2026-09-10", "2026-10-20"), piece("2026-09-20", "2026-10-01")
        assert acceptation("2026-09-03", first, second).origine == d("2026-10-20")
        assert acceptation("2026-09-03", second, first).origine == d("2026-10-20")

    def test_a_second_request_while_the_file_is_incomplete_is_in_time_after_two_months(self):
        result = acceptation("2026-09-03", piece("2026-09-20", "2027-01-15"), piece("2027-01-10", "2027-01-12"))
        assert (result.origine, len(result.effectives)) == (d("2027-01-15"), 2)

    def test_a_second_request_after_completion_is_judged_by_the_new_last_day(self):
        first = piece("2026-09-20", "2026-10-12")
        assert acceptation("2026-09-03", first, piece("2026-12-12", "2026-12-20")).origine == d("2026-12-20")
        assert acceptation("2026-09-03", first, piece("2026-12-13", "2026-12-20")).origine == d("2026-10-12")

    def test_a_request_on_the_day_the_earlier_piece_arrives_is_in_time(self):
        result = acceptation("2026-09-03", piece("2026-09-20", "2027-03-01"), piece("2027-03-01", "2027-03-09"))
        assert result.origine == d("2027-03-09")

    def test_a_request_made_too_late_does_not_make_a_later_one_in_time(self):
        result = acceptation("2026-09-03", piece("2026-11-10"), piece("2026-11-12"))
        assert (result.origine, len(result.tardives)) == (d("2026-09-03"), 2)

    def test_a_piece_given_up_counts_as_never_asked(self):
        result = acceptation("2026-09-03", piece("2026-09-20", renoncee_le=d("2026-12-01")))
        assert (result.origine, result.dernier_jour) == (d("2026-09-03"), d("2026-11-03"))
        assert result.effectives == result.tardives == ()

    def test_a_piece_received_the_day_the_file_was_changes_nothing(self):
        assert acceptation("2026-09-03", piece("2026-09-03", "2026-09-03")).origine == d("2026-09-03")

    @pytest.mark.parametrize(
        ("au", "etat"),
        [
            ("2026-09-02", Etat.NON_COMMENCE),
            ("2026-09-25", Etat.NON_COMMENCE),
            ("2026-10-11", Etat.NON_COMMENCE),
            ("2026-10-12", Etat.EN_COURS),
            ("2026-12-12", Etat.EN_COURS),
            ("2026-12-13", Etat.EXPIRE),
        ],
    )
    def test_it_is_never_suspended_only_not_begun(self, au, etat):
        result = acceptation("2026-09-03", piece("2026-09-20", "2026-10-12"))
        assert result.etat(d(au)) is etat

    def test_it_has_not_begun_while_a_required_piece_is_awaited(self):
        result = acceptation("2026-09-03", piece("2026-09-20", "", "2026-10-01"))
        assert result.etat(d("2027-09-03")) is Etat.NON_COMMENCE


class TestRejet:
    @pytest.mark.parametrize(
        ("pieces", "days", "dernier_jour"),
        [
            ([piece("2026-09-20", "2026-10-12")], 22, "2026-11-25"),
            ([piece("2026-09-20", "2026-09-20")], 0, "2026-11-03"),
            ([piece("2026-09-20", "2026-09-21")], 1, "2026-11-04"),
            ([piece("2026-09-20", "2026-10-12", "2026-10-05")], 15, "2026-11-18"),
            ([piece("2026-09-20", "2026-10-05", "2026-10-12")], 15, "2026-11-18"),
            ([piece("2026-09-20", "", "2026-10-05")], 15, "2026-11-18"),
            # inside, overlapping, adjacent, apart: each day once
            ([piece("2026-09-20", "2026-10-12"), piece("2026-09-25", "2026-10-01")], 22, "2026-11-25"),
            ([piece("2026-09-20", "2026-10-12"), piece("2026-10-05", "2026-10-20")], 30, "2026-12-03"),
            ([piece("2026-09-20", "2026-10-12"), piece("2026-10-12", "2026-10-14")], 24, "2026-11-27"),
            ([piece("2026-09-20", "2026-09-22"), piece("2026-10-12", "2026-10-14")], 4, "2026-11-07"),
            ([piece("2026-09-20", "2026-09-22"), piece("2026-09-20", "2026-09-22")], 2, "2026-11-05"),
            ([piece("2026-09-20", "2026-10-12", requise=False)], 0, "2026-11-03"),
            ([piece("2026-09-20", "2026-10-12", renoncee_le=d("2026-10-01"))], 0, "2026-11-03"),
        ],
    )
    def test_the_days_of_suspension_are_added_after_the_months(self, pieces, days, dernier_jour):
        for order in (pieces, pieces[::-1]):
            result = rejet("2026-09-03", *order)
            assert (result.origine, result.jours_suspendus, result.dernier_jour) == (
                d("2026-09-03"),
                days,
                d(dernier_jour),
            )

    def test_an_open_request_without_a_limit_leaves_only_the_origin(self):
        result = rejet("2026-09-03", piece("2026-09-20"), piece("2026-09-10", "2026-09-12"))
        assert (result.origine, result.jours_suspendus, result.dernier_jour) == (d("2026-09-03"), None, None)
        assert (result.echeance_le, result.dernier_jour_sur) == (None, None)

    def test_a_request_on_the_last_day_suspends_and_the_day_after_does_not(self):
        assert rejet("2026-09-03", piece("2026-11-03", "2026-11-13")).dernier_jour == d("2026-11-13")
        late = rejet("2026-09-03", piece("2026-11-04", "2026-11-14"))
        assert (late.dernier_jour, len(late.tardives)) == (d("2026-11-03"), 1)

    def test_suspended_days_make_a_later_request_in_time(self):
        first = piece("2026-09-20", "2026-10-12")
        assert rejet("2026-09-03", first, piece("2026-11-25", "2026-11-26")).dernier_jour == d("2026-11-26")
        assert rejet("2026-09-03", first, piece("2026-11-26", "2026-11-27")).dernier_jour == d("2026-11-25")

    def test_a_second_request_during_an_endless_suspension_is_in_time(self):
        result = rejet("2026-09-03", piece("2026-09-20"), piece("2027-09-20", "2027-09-21"))
        assert len(result.effectives) == 2

    @pytest.mark.parametrize(
        ("au", "etat"),
        [
            ("2026-09-02", Etat.NON_COMMENCE),
            ("2026-09-03", Etat.EN_COURS),
            ("2026-09-19", Etat.EN_COURS),
            ("2026-09-20", Etat.SUSPENDU),
            ("2026-10-11", Etat.SUSPENDU),
            ("2026-10-12", Etat.EN_COURS),
            ("2026-11-25", Etat.EN_COURS),
            ("2026-11-26", Etat.EXPIRE),
        ],
    )
    def test_it_is_suspended_from_the_request_to_the_eve_of_the_answer(self, au, etat):
        result = rejet("2026-09-03", piece("2026-09-20", "2026-10-12"))
        assert result.etat(d(au)) is etat

    def test_it_stays_suspended_while_a_request_has_neither_answer_nor_limit(self):
        result = rejet("2026-09-03", piece("2026-09-20"))
        assert result.etat(d("2026-09-19")) is Etat.EN_COURS
        assert result.etat(d("2099-01-01")) is Etat.SUSPENDU

    def test_a_useful_or_late_request_never_reads_as_a_suspension(self):
        result = rejet("2026-09-03", piece("2026-09-20", requise=False), piece("2026-11-04"))
        assert result.etat(d("2026-09-21")) is Etat.EN_COURS
        assert result.etat(d("2026-11-04")) is Etat.EXPIRE


class TestRefusals:
    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            ({"recue_le": d("2026-09-19")}, "reçue le 19 septembre 2026"),
            ({"limite_le": d("2026-09-19")}, "attendue le 19 septembre 2026"),
            ({"renoncee_le": d("2026-09-19")}, "abandonnée le 19 septembre 2026"),
        ],
    )
    def test_nothing_happens_to_a_piece_before_it_is_asked_for(self, answer, sentence):
        with pytest.raises(ValueError) as refusal:
            PieceDemandee(demandee_le=d("2026-09-20"), **answer)
        assert str(refusal.value) == (
            f"Une pièce demandée le 20 septembre 2026 ne peut pas être {sentence}, avant d’être demandée."
        )

    def test_no_piece_is_asked_for_before_the_receipt(self):
        with pytest.raises(ValueError) as refusal:
            acceptation("2026-09-03", piece("2026-09-02"))
        assert str(refusal.value) == (
            "Une pièce ne peut pas être demandée le 2 septembre 2026, avant la réception du 3 septembre 2026."
        )

    @pytest.mark.parametrize("day", ["1899-12-31", "3000-01-01"])
    def test_a_day_outside_eleven_centuries_is_refused(self, day):
        with pytest.raises(ValueError) as refusal:
            acceptation(day)
        assert str(refusal.value) == f"La date du {civil.date_longue(d(day))} n’est pas plausible."

    def test_the_days_of_the_pieces_are_judged_too(self):
        for more in ({"answered": "3000-01-01"}, {"limit": "3000-01-01"}, {"renoncee_le": d("3000-01-01")}):
            with pytest.raises(ValueError, match="n’est pas plausible"):
                rejet("2026-09-03", piece("2026-09-20", **more))

    @pytest.mark.parametrize("day", ["1900-01-01", "2999-12-31"])
    def test_the_first_and_last_plausible_days_are_computed(self, day):
        assert acceptation(day).consolidation_le == consolidation(acceptation(day).dernier_jour)


def test_an_express_decision_consolidates_four_months_after_it_was_taken():
    assert consolidation(d("2026-10-31")) == d("2027-02-28")
    assert consolidation(d("2026-11-12")) == d("2027-03-12")


class TestLadder:
    LAST = d("2026-11-14")

    def test_five_rungs_lead_to_the_last_day(self):
        assert rungs(self.LAST) == (
            Rung("j-30", d("2026-10-15")),
            Rung("j-15", d("2026-10-30")),
            Rung("j-7", d("2026-11-07")),
            Rung("j-2", d("2026-11-12")),
            Rung("j-1", d("2026-11-13")),
        )
        assert rungs(self.LAST)[-1].le == acceptation("2026-09-14").dernier_jour_sur

    @pytest.mark.parametrize(
        ("au", "count", "latest"),
        [
            ("2026-10-14", 0, None),
            ("2026-10-15", 1, "j-30"),
            ("2026-10-29", 1, "j-30"),
            ("2026-10-30", 2, "j-15"),
            ("2026-11-06", 2, "j-15"),
            ("2026-11-07", 3, "j-7"),
            ("2026-11-12", 4, "j-2"),
            ("2026-11-13", 5, "j-1"),
            ("2026-11-14", 5, "j-1"),
            ("2026-11-15", 0, None),
        ],
    )
    def test_a_missed_run_catches_up_until_silence_has_spoken(self, au, count, latest):
        assert rungs_due(self.LAST, d(au)) == rungs(self.LAST)[:count]
        found = latest_rung_due(self.LAST, d(au))
        assert (found.code if found else None) == latest
