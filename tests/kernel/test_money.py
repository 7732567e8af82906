"""Amounts as they are counted, written and typed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.money import centimes, euros, nombre, parse_euros, pourcentage

NB = "\u00a0"
amounts = st.decimals(min_value=0, max_value=Decimal("999999999.99"), places=2)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("47000"), f"47{NB}000{NB}€"),
        (Decimal("47000.00"), f"47{NB}000{NB}€"),
        (Decimal("12500.5"), f"12{NB}500,50{NB}€"),
        (Decimal("12500.05"), f"12{NB}500,05{NB}€"),
        (Decimal("1234567.89"), f"1{NB}234{NB}567,89{NB}€"),
        (Decimal("999"), f"999{NB}€"),
        (Decimal("1000"), f"1{NB}000{NB}€"),
        (Decimal("0"), f"0{NB}€"),
        (Decimal("0.1"), f"0,10{NB}€"),
        (Decimal("0.005"), f"0,01{NB}€"),
        (Decimal("0.004"), f"0{NB}€"),
        (Decimal("-0.004"), f"0{NB}€"),
        (Decimal("-47000"), f"−47{NB}000{NB}€"),
        (Decimal("1E+4"), f"10{NB}000{NB}€"),
        (47000, f"47{NB}000{NB}€"),
    ],
)
def test_an_amount_is_written_in_french_with_cents_only_if_any(amount, written):
    assert euros(amount) == written


@pytest.mark.parametrize(
    ("amount", "exact"),
    [("1.005", "1.01"), ("1.004", "1.00"), ("-1.005", "-1.01"), ("1.0149999", "1.01"), ("3", "3.00")],
)
def test_half_a_cent_goes_away_from_zero(amount, exact):
    assert str(centimes(Decimal(amount))) == exact


@pytest.mark.parametrize(("amount", "kind"), [(0.1, "float"), ("12", "str"), (True, "bool"), (None, "NoneType")])
def test_what_is_not_an_exact_number_is_not_an_amount(amount, kind):
    with pytest.raises(TypeError) as refusal:
        centimes(amount)
    assert str(refusal.value) == f"an amount is a Decimal or an int, not {kind}"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (999, "999"),
        (40000, f"40{NB}000"),
        (6124653, f"6{NB}124{NB}653"),
        (-1234, f"−1{NB}234"),
        (Decimal("1234.5"), f"1{NB}234,5"),
        (Decimal("-0"), "0"),
        (Decimal("1E+3"), f"1{NB}000"),
    ],
)
def test_a_number_has_its_thousands_apart_and_a_decimal_comma(value, written):
    assert nombre(value) == written


@pytest.mark.parametrize(
    ("part", "total", "written"),
    [
        (1, 3, f"33,3{NB}%"),
        (2, 3, f"66,7{NB}%"),
        (42, 100, f"42{NB}%"),
        (Decimal("12.5"), 100, f"12,5{NB}%"),
        (Decimal("12.45"), 100, f"12,5{NB}%"),
        (Decimal("12.44"), 100, f"12,4{NB}%"),
        (0, 100, f"0{NB}%"),
        (3, 2, f"150{NB}%"),
        (1500, 100, f"1{NB}500{NB}%"),
        (-1, 4, f"−25{NB}%"),
        (Decimal("5"), 0, "sans objet"),
        (0, Decimal("0.00"), "sans objet"),
    ],
)
def test_a_share_is_written_to_a_tenth_of_a_percent(part, total, written):
    assert pourcentage(part, total) == written


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12 500,50 €", "12500.50"),
        ("12\u00a0500,50\u00a0€", "12500.50"),
        ("12\u202f500,50€", "12500.50"),
        ("  12500.5  ", "12500.50"),
        ("12500,5", "12500.50"),
        ("47000", "47000.00"),
        ("47 000 euros", "47000.00"),
        ("1 euro", "1.00"),
        ("47000 EUR", "47000.00"),
        ("47000\n", "47000.00"),
        ("1 234 567", "1234567.00"),
        ("0", "0.00"),
        ("0,01", "0.01"),
        ("007", "7.00"),
        ("999 999 999,99", "999999999.99"),
    ],
)
def test_what_people_type_is_read(typed, amount):
    assert str(parse_euros(typed)) == amount


UNREADABLE = "Ce montant n’est pas lisible. Écrivez par exemple 12 500 ou 12 500,50."
THOUSANDS = "Séparez les milliers par une espace, et les centimes par une virgule, par exemple 12 500,50."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Indiquez un montant en euros."),
        ("   ", "Indiquez un montant en euros."),
        ("€", "Indiquez un montant en euros."),
        ("-5", "Un montant ne peut pas être négatif."),
        ("−5", "Un montant ne peut pas être négatif."),
        ("–5", "Un montant ne peut pas être négatif."),
        ("12.500", THOUSANDS),
        ("12,500", THOUSANDS),
        ("12'500", THOUSANDS),
        ("12.500,50", THOUSANDS),
        ("1.234.567", THOUSANDS),
        ("douze", UNREADABLE),
        ("X5", UNREADABLE),
        ("12,5,5", UNREADABLE),
        ("12 50", UNREADABLE),
        ("1234 567", UNREADABLE),
        ("12,", UNREADABLE),
        (",50", UNREADABLE),
        ("12,5000", UNREADABLE),
        ("1e3", UNREADABLE),
        ("NaN", UNREADABLE),
        ("٣", UNREADABLE),
        ("12 k€", UNREADABLE),
        ("12 €€", UNREADABLE),
        ("1 000 000 000", f"Ce montant dépasse 999{NB}999{NB}999,99{NB}€."),
        ("9" * 400, f"Ce montant dépasse 999{NB}999{NB}999,99{NB}€."),
    ],
)
def test_what_cannot_be_read_without_doubt_is_refused_with_a_sentence(typed, sentence):
    with pytest.raises(ValueError) as refusal:
        parse_euros(typed)
    assert str(refusal.value) == sentence


@given(amounts)
def test_what_we_write_can_be_typed_back(amount):
    assert parse_euros(euros(amount)) == amount


@given(st.text() | st.text(alphabet="0123456789 ,.€-"))
def test_any_text_is_an_amount_or_a_french_sentence(text):
    answer = answer_to(text)
    assert answer.endswith(".") if isinstance(answer, str) else answer == centimes(answer) >= 0


def answer_to(text):
    try:
        return parse_euros(text)
    except ValueError as refusal:
        return str(refusal)
