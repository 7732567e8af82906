"""The legal dates of `kernel/deadlines.py`: the tables of both regimes, and the sentences that explain them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from guichet.kernel import civil
from guichet.kernel.deadlines import (
    Depart,
    Echeance,
    Etat,
    Ledger,
    PieceDemandee,
    Regime,
    Rung,
    accuse_enregistrement_avant,
    accuse_reception_avant,
    compute,
    consolidation,
    latest_rung_due,
    rungs,
    rungs_due,
)
from guichet.kernel.explanations import explain

NB = "\u00a0"
PRUDENCE = "Par prudence, les alertes visent la veille, le {} (l’heure à laquelle la décision naît est discutée)."


def d(text: str) -> date:
    return date.fromisoformat(text)


def piece(asked: str, answered: str = "", limit: str = "", *, requise: bool = True, **more: object) -> PieceDemandee:
    return PieceDemandee(
        demandee_le=d(asked),
        recue_le=d(answered) if answered else None,
        limite_le=d(limit) if limit else None,
        requise=requise,
        **more,
    )


def acceptation(recu: str, *pieces: PieceDemandee, depart: Depart = Depart.RECEPTION) -> Echeance:
    return compute(Ledger(regime=Regime.ACCEPTATION, recu_le=d(recu), pieces=pieces, depart=depart))


def rejet(recu: str, *pieces: PieceDemandee, depart: Depart = Depart.RECEPTION) -> Echeance:
    return compute(Ledger(regime=Regime.REJET, recu_le=d(recu), pieces=pieces, depart=depart))


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


def test_two_months_are_never_chained():
    assert civil.add_months(civil.add_months(d("2026-12-31"), 2), 2) == d("2027-04-28")
    assert civil.add_months(d("2026-12-31"), 4) == d("2027-04-30")


def test_months_can_be_counted_backwards_and_by_the_year():
    assert civil.add_months(d("2027-02-28"), -2) == d("2026-12-28")
    assert civil.add_months(d("2024-02-29"), 12) == d("2025-02-28")
    assert civil.add_months(d("2024-02-29"), 48) == d("2028-02-29")
    assert civil.add_months(d("2024-01-31"), 0) == d("2024-01-31")


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


class TestWorkingDays:
    def test_the_eleven_holidays_of_2026(self):
        assert sorted(civil.jours_feries(2026)) == [
            d(day)
            for day in (
                "2026-01-01",
                "2026-04-06",
                "2026-05-01",
                "2026-05-08",
                "2026-05-14",
                "2026-05-25",
                "2026-07-14",
                "2026-08-15",
                "2026-11-01",
                "2026-11-11",
                "2026-12-25",
            )
        ]

    def test_ascension_and_a_fixed_holiday_may_share_a_day(self):
        assert d("2008-05-01") in civil.jours_feries(2008)
        assert len(civil.jours_feries(2008)) == 10

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            ("2026-11-13", True),
            ("2026-11-14", False),
            ("2026-11-15", False),
            ("2026-11-16", True),
            ("2026-11-11", False),
        ],
    )
    def test_a_working_day_is_a_weekday_that_is_no_holiday(self, day, expected):
        assert civil.est_ouvre(d(day)) is expected

    def test_the_registration_is_acknowledged_within_one_working_day(self):
        assert accuse_enregistrement_avant(d("2026-11-12")) == d("2026-11-13")
        assert accuse_enregistrement_avant(d("2026-11-13")) == d("2026-11-16")
        assert accuse_enregistrement_avant(d("2026-12-24")) == d("2026-12-28")

    def test_the_receipt_is_acknowledged_within_ten_working_days(self):
        assert accuse_reception_avant(d("2026-09-14")) == d("2026-09-28")
        assert accuse_reception_avant(d("2026-11-02")) == d("2026-11-17")

    def test_the_rank_of_a_working_day_begins_at_one(self):
        with pytest.raises(ValueError) as refusal:
            civil.jour_ouvre_apres(d("2026-11-12"), 0)
        assert str(refusal.value) == "Le nombre de jours ouvrés doit être d’au moins un."


class TestCivilDay:
    @pytest.mark.parametrize(
        ("instant", "day"),
        [
            (datetime(2026, 9, 14, 21, 59, 59, tzinfo=UTC), "2026-09-14"),
            (datetime(2026, 9, 14, 22, 0, 0, tzinfo=UTC), "2026-09-15"),
            (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), "2026-12-31"),
            (datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC), "2027-01-01"),
            (datetime(2026, 9, 14, 23, 59, 59, tzinfo=civil.PARIS), "2026-09-14"),
            (datetime(2026, 10, 25, 0, 30, 0, tzinfo=UTC), "2026-10-25"),
        ],
    )
    def test_an_instant_belongs_to_its_day_in_paris_summer_and_winter(self, instant, day):
        assert civil.civil_day(instant) == d(day)

    def test_an_instant_without_a_time_zone_has_no_day(self):
        with pytest.raises(ValueError) as refusal:
            civil.civil_day(datetime(2026, 9, 14, 12))
        assert str(refusal.value) == f"Cet instant n’a pas de fuseau horaire{NB}: son jour est inconnu."


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-03-01", "1er mars 2026"),
        ("2026-03-02", "2 mars 2026"),
        ("2026-11-14", "14 novembre 2026"),
        ("2026-02-21", "21 février 2026"),
        ("2026-08-31", "31 août 2026"),
        ("2026-01-11", "11 janvier 2026"),
        ("2026-12-10", "10 décembre 2026"),
    ],
)
def test_a_date_is_written_as_in_a_french_letter(day, words):
    assert civil.date_longue(d(day)) == words


def test_the_months_and_the_days_of_the_week_have_their_french_names_in_order():
    months = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    assert " ".join(civil.MOIS) == months
    assert " ".join(civil.JOURS) == "lundi mardi mercredi jeudi vendredi samedi dimanche"


class TestExplanation:
    def test_a_complete_project(self):
        assert explain(acceptation("2026-09-15")) == [
            "L’administration compétente a le dossier depuis le 15 septembre 2026.",
            "Le délai de deux mois court à partir du 15 septembre 2026 (CRPA, article L114-3).",
            "De quantième à quantième, le dernier jour est le 15 novembre 2026, jusqu’à minuit, heure de Paris.",
            f"Ce jour est un dimanche{NB}: cela ne prolonge pas le délai.",
            "Sans opposition notifiée d’ici là, le projet est réputé validé à partir du 16 novembre 2026"
            " (CSP, article L1434-12).",
            "Cette validation, si elle est illégale, peut être retirée jusqu’au 15 mars 2027 (CRPA, article L242-1).",
            PRUDENCE.format("14 novembre 2026"),
        ]

    def test_a_project_whose_pieces_moved_its_origin(self):
        result = acceptation(
            "2026-09-03",
            piece("2026-09-20", "2026-10-12", "2026-10-15", intitule="Statuts", fondement="CSP, article L1434-12"),
            piece("2026-09-05", "2026-09-06", "2026-09-07", requise=False, fondement="aucun"),
            piece("2026-09-21", "2026-10-01"),
            piece("2026-09-22", renoncee_le=d("2026-09-30")),
            piece("2027-01-04"),
        )
        assert explain(result, au=d("2026-10-12"))[1:7] == [
            "Pièce utile, qu’aucun texte n’exige, demandée le 5 septembre 2026, reçue le 6 septembre 2026,"
            f" limite le 7 septembre 2026{NB}: sans effet sur le délai (CRPA, article L114-5).",
            f"«{NB}Statuts{NB}», pièce exigée par un texte (CSP, article L1434-12), demandée le 20 septembre 2026,"
            f" reçue le 12 octobre 2026, limite le 15 octobre 2026{NB}: le délai ne court pas avant sa réception"
            f" (CRPA, article L114-5){NB}; la limite n’y change rien.",
            "Pièce exigée par un texte, demandée le 21 septembre 2026, reçue le 1er octobre 2026"
            f"{NB}: le délai ne court pas avant sa réception (CRPA, article L114-5).",
            "Pièce exigée par un texte, demandée le 22 septembre 2026, abandonnée le 30 septembre 2026"
            f"{NB}: le délai se compte comme si elle n’avait pas été demandée.",
            f"Pièce exigée par un texte, demandée le 4 janvier 2027, non reçue{NB}: sans effet, car demandée après le"
            " dernier jour.",
            "Le délai de deux mois court à partir du 12 octobre 2026 (CRPA, articles L114-3 et L114-5).",
        ]

    def test_a_project_that_waits_for_a_piece(self):
        assert explain(acceptation("2026-09-03", piece("2026-09-20")), au=d("2026-10-01")) == [
            "L’administration compétente a le dossier depuis le 3 septembre 2026.",
            f"Pièce exigée par un texte, demandée le 20 septembre 2026, non reçue{NB}: le délai ne court pas avant sa"
            " réception (CRPA, article L114-5).",
            f"Le délai de deux mois n’a pas commencé{NB}: il courra en entier à partir de la réception de la dernière"
            " pièce exigée (CRPA, articles L114-3 et L114-5).",
            "Au 1er octobre 2026, le délai n’a pas commencé.",
        ]

    def test_a_day_that_the_month_does_not_have(self):
        assert explain(acceptation("2026-12-31"))[2:4] == [
            "De quantième à quantième, le dernier jour est le 28 février 2027 (ce mois n’a pas de 31),"
            " jusqu’à minuit, heure de Paris.",
            f"Ce jour est un dimanche{NB}: cela ne prolonge pas le délai.",
        ]

    @pytest.mark.parametrize(
        ("recu", "rest"),
        [
            ("2026-03-01", f"Ce jour est un jour férié{NB}: cela ne prolonge pas le délai."),
            ("2026-06-15", f"Ce jour est un samedi et un jour férié{NB}: cela ne prolonge pas le délai."),
            ("2026-09-14", f"Ce jour est un samedi{NB}: cela ne prolonge pas le délai."),
        ],
    )
    def test_a_day_of_rest_is_said_to_prolong_nothing(self, recu, rest):
        assert explain(acceptation(recu))[3] == rest

    def test_a_working_last_day_needs_no_such_sentence(self):
        assert explain(acceptation("2026-09-13"))[3].startswith("Sans opposition")

    def test_a_request_that_was_suspended(self):
        result = rejet(
            "2026-09-03",
            piece("2026-09-20", "2026-10-12"),
            piece("2026-10-01", "", "2026-10-20"),
            piece("2026-10-25", "2026-10-26", "2026-10-26"),
            piece("2026-10-27", "2026-10-27"),
        )
        asked = "Pièce exigée par un texte, demandée le"
        assert explain(result, au=d("2026-09-20")) == [
            "L’administration saisie la première a la demande depuis le 3 septembre 2026.",
            f"{asked} 20 septembre 2026, reçue le 12 octobre 2026{NB}: le délai est suspendu du 20 septembre 2026"
            " inclus au 12 octobre 2026 exclu, jour de la réception, soit 22 jours (CRPA, article L114-5).",
            f"{asked} 1er octobre 2026, non reçue, limite le 20 octobre 2026{NB}: le délai est suspendu du"
            " 1er octobre 2026 inclus au 20 octobre 2026 exclu, jour de la limite, soit 19 jours"
            " (CRPA, article L114-5).",
            f"{asked} 25 octobre 2026, reçue le 26 octobre 2026, limite le 26 octobre 2026{NB}: le délai est suspendu"
            " du 25 octobre 2026 inclus au 26 octobre 2026 exclu, jour de la réception, soit 1 jour"
            " (CRPA, article L114-5).",
            f"{asked} 27 octobre 2026, reçue le 27 octobre 2026{NB}: le délai n’est pas suspendu, faute d’un jour"
            " entier.",
            "Le délai de deux mois court à partir du 3 septembre 2026 (CRPA, article L114-3).",
            f"Deux mois de quantième à quantième mènent au 3 novembre 2026{NB}; avec 31 jours de suspension, chaque"
            " jour compté une fois, le dernier jour est le 4 décembre 2026, jusqu’à minuit, heure de Paris.",
            "Sans réponse d’ici là, la demande est réputée rejetée à partir du 5 décembre 2026"
            " (CRPA, article L231-4, 3°).",
            PRUDENCE.format("3 décembre 2026"),
            "Au 20 septembre 2026, le délai est suspendu.",
        ]

    def test_one_suspended_day_is_singular_and_a_short_month_is_said(self):
        assert explain(rejet("2026-12-31", piece("2027-01-04", "2027-01-05")))[3] == (
            f"Deux mois de quantième à quantième mènent au 28 février 2027 (ce mois n’a pas de 31){NB};"
            " avec 1 jour de suspension, chaque jour compté une fois, le dernier jour est le 1er mars 2027,"
            " jusqu’à minuit, heure de Paris."
        )

    def test_two_suspended_days_are_plural(self):
        sentence = explain(rejet("2026-09-03", piece("2026-09-20", "2026-09-22")))[3]
        assert sentence.startswith(
            f"Deux mois de quantième à quantième mènent au 3 novembre 2026{NB}; avec 2 jours de suspension,"
        )

    def test_a_request_suspended_without_an_end(self):
        assert explain(rejet("2026-09-03", piece("2026-09-20")))[1:] == [
            f"Pièce exigée par un texte, demandée le 20 septembre 2026, non reçue{NB}: le délai est suspendu depuis le"
            " 20 septembre 2026 (CRPA, article L114-5).",
            "Le délai de deux mois court à partir du 3 septembre 2026 (CRPA, article L114-3).",
            f"Il est suspendu sans terme connu{NB}: son dernier jour n’est pas encore connu.",
        ]

    @pytest.mark.parametrize(
        ("make", "depart", "sentence"),
        [
            (
                rejet,
                Depart.DEPOT,
                "La demande a été déposée au Guichet, administration saisie la première, le 3 septembre 2026.",
            ),
            (
                rejet,
                Depart.TRANSMISSION,
                f"La demande a été transmise à l’ARS le 3 septembre 2026{NB}: le Guichet n’étant pas tenu pour une"
                " administration, l’ARS est la première saisie.",
            ),
            (
                acceptation,
                Depart.DEPOT,
                "Le dossier a été déposé auprès de l’administration compétente le 3 septembre 2026.",
            ),
            (
                acceptation,
                Depart.TRANSMISSION,
                "Le dossier a été transmis à l’administration compétente le 3 septembre 2026.",
            ),
        ],
    )
    def test_the_first_sentence_says_which_receipt_and_why(self, make, depart, sentence):
        assert explain(make("2026-09-03", depart=depart))[0] == sentence

    @pytest.mark.parametrize(
        ("au", "sentence"),
        [
            ("2026-09-02", "Au 2 septembre 2026, le délai n’a pas commencé."),
            ("2026-09-03", "Au 3 septembre 2026, le délai est en cours."),
            ("2026-11-04", "Au 4 novembre 2026, le délai est expiré."),
        ],
    )
    def test_the_last_sentence_says_where_the_period_stands(self, au, sentence):
        assert explain(rejet("2026-09-03"), au=d(au))[-1] == sentence
