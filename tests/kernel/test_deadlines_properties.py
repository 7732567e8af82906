"""What holds for every ledger: properties, and a clock that walks day by day as an independent judge."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.civil import add_months, easter_sunday
from guichet.kernel.deadlines import Etat, Ledger, PieceDemandee, Regime, compute
from guichet.kernel.explanations import explain

DAY = timedelta(days=1)
days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
delays = st.integers(0, 120)


@st.composite
def pieces_asked(draw, after, requise=True):
    asked = after + DAY * draw(delays)
    answered = draw(st.none() | delays)
    limit = draw(st.none() | delays)
    return PieceDemandee(
        demandee_le=asked,
        recue_le=None if answered is None else asked + DAY * answered,
        limite_le=None if limit is None else asked + DAY * limit,
        requise=requise,
    )


@st.composite
def ledgers(draw, regime, requise=True):
    received = draw(days)
    pieces = draw(st.lists(pieces_asked(received, requise), max_size=5))
    return Ledger(regime=regime, recu_le=received, pieces=tuple(pieces))


def walk_acceptance(ledger):
    """The last day, found by living each day: asked, then received, then midnight."""
    day, last, awaited = ledger.recu_le, add_months(ledger.recu_le, 2), []
    final = max([ledger.recu_le, *(p.demandee_le for p in ledger.pieces), *(p.recue_le or day for p in ledger.pieces)])
    while awaited or day <= last:
        if day > final and awaited:
            return None
        awaited += [piece for piece in ledger.pieces if piece.demandee_le == day]
        arrived = [piece for piece in awaited if piece.recue_le == day]
        awaited = [piece for piece in awaited if piece.recue_le != day]
        if arrived and not awaited:
            last = add_months(day, 2)
        day += DAY
    return last


def walk_rejection(ledger):
    """The last day, found by living each day: each suspended day moves it by one."""
    day, last, running = ledger.recu_le, add_months(ledger.recu_le, 2), []
    while day <= last:
        running += [piece for piece in ledger.pieces if piece.demandee_le == day]
        if any(piece.recue_le is None and piece.limite_le is None for piece in running):
            return None
        ends = [min(end for end in (piece.recue_le, piece.limite_le) if end is not None) for piece in running]
        if any(day < end for end in ends):
            last += DAY
        day += DAY
    return last


@given(ledgers(Regime.ACCEPTATION))
def test_an_acceptance_ends_on_the_day_a_clock_that_lives_each_day_ends_on(ledger):
    assert compute(ledger).dernier_jour == walk_acceptance(ledger)


@given(ledgers(Regime.REJET))
def test_a_rejection_ends_on_the_day_a_clock_that_lives_each_day_ends_on(ledger):
    assert compute(ledger).dernier_jour == walk_rejection(ledger)


@given(ledgers(Regime.REJET))
def test_the_days_between_receipt_and_last_day_are_suspended_as_often_as_counted(ledger):
    result = compute(ledger)
    if result.dernier_jour is not None:
        length = (result.dernier_jour - ledger.recu_le).days
        lived = [result.etat(ledger.recu_le + DAY * n) for n in range(length + 1)]
        assert lived.count(Etat.SUSPENDU) == result.jours_suspendus
        assert set(lived) <= {Etat.EN_COURS, Etat.SUSPENDU}
        assert result.dernier_jour == add_months(ledger.recu_le, 2) + DAY * result.jours_suspendus


@given(days)
def test_two_months_last_59_to_62_days(received):
    result = compute(Ledger(regime=Regime.ACCEPTATION, recu_le=received))
    assert 59 <= (result.dernier_jour - received).days <= 62
    assert 60 <= (result.echeance_le - received).days <= 63


@given(st.data(), st.sampled_from(Regime))
def test_silence_never_speaks_before_sixty_days_whatever_was_asked(data, regime):
    result = compute(data.draw(ledgers(regime)))
    if result.echeance_le is not None:
        assert (result.echeance_le - result.origine).days >= 60 + result.jours_suspendus
        assert result.origine >= result.ledger.recu_le


@given(days, st.integers(0, 400), st.sampled_from(Regime))
def test_the_same_requests_on_a_file_received_later_never_end_earlier(received, later, regime):
    asked = received + DAY * later
    pieces = (PieceDemandee(demandee_le=asked, recue_le=asked + DAY * 9, limite_le=asked + DAY * 5),)
    ends = [
        compute(Ledger(regime=regime, recu_le=received + DAY * n, pieces=pieces)).dernier_jour
        for n in range(later + 1)
        if asked <= add_months(received + DAY * n, 2)  # in time
    ]
    assert ends == sorted(ends)


@given(ledgers(Regime.ACCEPTATION))
def test_an_acceptance_is_that_of_a_file_received_complete_with_its_last_required_piece_asked_in_time(ledger):
    result = compute(ledger)
    awaited = [piece.recue_le for piece in result.effectives]
    if None in awaited:
        assert (result.origine, result.dernier_jour, result.consolidation_le) == (None, None, None)
    else:
        complete = compute(Ledger(regime=Regime.ACCEPTATION, recu_le=max([ledger.recu_le, *awaited])))
        assert (result.origine, result.dernier_jour, result.echeance_le, result.consolidation_le) == (
            complete.origine,
            complete.dernier_jour,
            complete.echeance_le,
            complete.consolidation_le,
        )


@given(ledgers(Regime.REJET), st.integers(2, 3))
def test_a_piece_asked_for_twice_suspends_no_more_than_once(ledger, times):
    one, other = compute(ledger), compute(replace(ledger, pieces=ledger.pieces * times))
    assert (one.jours_suspendus, one.dernier_jour) == (other.jours_suspendus, other.dernier_jour)


@given(ledgers(Regime.REJET))
def test_the_days_suspended_are_those_of_the_union_of_the_requests(ledger):
    result = compute(ledger)
    spans = [(piece.demandee_le, piece.fin_de_suspension) for piece in result.effectives]
    if all(end is not None for _, end in spans):
        union = {start + DAY * n for start, end in spans for n in range((end - start).days)}
        assert result.jours_suspendus == len(union)
    else:
        assert result.jours_suspendus is None


@given(days, days, st.sampled_from(Regime))
def test_a_file_received_later_never_ends_earlier(one, other, regime):
    first, second = sorted([one, other])
    dates = [compute(Ledger(regime=regime, recu_le=day)).dernier_jour for day in (first, second)]
    assert dates == sorted(dates)


@given(st.data(), st.sampled_from(Regime))
def test_useful_pieces_move_nothing(data, regime):
    ledger = data.draw(ledgers(regime))
    useful = data.draw(st.lists(pieces_asked(ledger.recu_le, requise=False), min_size=1, max_size=3))
    alone, with_useful = compute(ledger), compute(replace(ledger, pieces=(*useful, *ledger.pieces)))
    assert replace(with_useful, ledger=ledger) == alone


@given(st.data(), st.sampled_from(Regime))
def test_the_order_in_which_the_ledger_is_given_moves_nothing(data, regime):
    ledger = data.draw(ledgers(regime))
    shuffled = replace(ledger, pieces=tuple(data.draw(st.permutations(ledger.pieces))))
    one, other = compute(ledger), compute(shuffled)
    assert (one.origine, one.dernier_jour, one.jours_suspendus) == (
        other.origine,
        other.dernier_jour,
        other.jours_suspendus,
    )
    assert set(one.effectives) == set(other.effectives)


@given(days, st.integers(0, 59), st.lists(st.integers(0, 58), max_size=4), st.integers(0, 300), st.integers(0, 58))
def test_only_the_last_required_piece_asked_in_time_decides_an_acceptance(received, asked, others, wait, answer):
    last = PieceDemandee(demandee_le=received + DAY * asked, recue_le=received + DAY * (asked + wait))
    rest = tuple(
        PieceDemandee(demandee_le=received + DAY * day, recue_le=min(received + DAY * (day + answer), last.recue_le))
        for day in others
        if received + DAY * day <= last.recue_le
    )
    alone = compute(Ledger(regime=Regime.ACCEPTATION, recu_le=received, pieces=(last,)))
    among = compute(Ledger(regime=Regime.ACCEPTATION, recu_le=received, pieces=(*rest, last)))
    assert (among.origine, among.dernier_jour) == (alone.origine, alone.dernier_jour)
    assert among.origine == last.recue_le


@given(ledgers(Regime.ACCEPTATION))
def test_limits_move_no_acceptance(ledger):
    without = replace(ledger, pieces=tuple(replace(piece, limite_le=None) for piece in ledger.pieces))
    assert compute(ledger).dernier_jour == compute(without).dernier_jour


@given(st.data(), st.sampled_from(Regime))
def test_a_piece_given_up_counts_as_never_asked(data, regime):
    ledger = data.draw(ledgers(regime))
    given_up = data.draw(pieces_asked(ledger.recu_le))
    given_up = replace(given_up, renoncee_le=given_up.demandee_le)
    assert compute(replace(ledger, pieces=(given_up, *ledger.pieces))).dernier_jour == compute(ledger).dernier_jour


@given(st.data(), st.sampled_from(Regime))
def test_every_ledger_is_explained_by_whole_sentences(data, regime):
    ledger = data.draw(ledgers(regime))
    sentences = explain(compute(ledger), au=data.draw(days))
    assert all(sentence[0] in "ADLCPSI" and sentence.endswith(".") for sentence in sentences)
    assert sum(sentence.startswith("Pièce") for sentence in sentences) == len(ledger.pieces)


@given(st.integers(1900, 2999))
def test_easter_is_a_sunday_from_22_march_to_25_april(year):
    easter = easter_sunday(year)
    assert easter.weekday() == 6
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)
