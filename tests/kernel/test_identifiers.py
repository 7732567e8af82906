"""SIRET, RNA and IBAN as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.identifiers import iban, masque_iban, rna, siret

NB = "\u00a0"
IBAN = "FR1420041010050500013M02606"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("73282932000074", "73282932000074"),
        ("732 829 320 00074", "73282932000074"),
        ("732\u00a0829\u202f320.000-74\n", "73282932000074"),
        ("35600000000048", "35600000000048"),
        ("35600000049837", "35600000049837"),
    ],
)
def test_a_siret_is_kept_as_fourteen_digits(typed, number):
    assert siret(typed) == number


@pytest.mark.parametrize("typed", ["", "7328293200007", "732829320000741", "7328293200007A", "٧٣٢٨٢٩٣٢٠٠٠٠٧٤"])
def test_a_siret_has_fourteen_digits(typed):
    with pytest.raises(ValueError) as refusal:
        siret(typed)
    assert str(refusal.value) == "Un numéro SIRET compte 14 chiffres."


@pytest.mark.parametrize(
    "typed",
    ["73282932000079", "73282932000047", "35600000049838", "00000000000018", "00000000000000", "00000000010009"],
)
def test_a_siret_whose_key_is_wrong_is_refused(typed):
    with pytest.raises(ValueError) as refusal:
        siret(typed)
    assert str(refusal.value) == f"Ce numéro SIRET n’existe pas{NB}: vérifiez les chiffres."


@given(st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_in_a_siret_is_always_seen(place, shift):
    digits = list("73282932000074")
    digits[place] = str((int(digits[place]) + shift) % 10)
    with pytest.raises(ValueError):
        siret("".join(digits))


@pytest.mark.parametrize("typed", ["W313012345", "w313012345", " W 313 012 345 ", "W313.012.345"])
def test_an_rna_number_is_w_and_nine_digits(typed):
    assert rna(typed) == "W313012345"


@pytest.mark.parametrize("typed", ["", "W31301234", "W3130123456", "X313012345", "313012345", "W31301234A"])
def test_anything_else_is_no_rna_number(typed):
    with pytest.raises(ValueError) as refusal:
        rna(typed)
    assert str(refusal.value) == "Un numéro RNA commence par W, suivi de 9 chiffres."


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (IBAN, IBAN),
        ("fr14 2004 1010 0505 0001 3m02 606", IBAN),
        ("FR14\u00a02004-1010-0505-0001-3M02-606", IBAN),
        ("BE68539007547034", "BE68539007547034"),
    ],
)
def test_an_iban_is_kept_in_capitals_without_spaces(typed, number):
    assert iban(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "14 2004 1010", "FRFR2004101005050001", "FR14" + "0" * 10, "FR14" + "0" * 31, "F€"]
)
def test_what_does_not_look_like_an_iban_is_refused(typed):
    with pytest.raises(ValueError) as refusal:
        iban(typed)
    assert str(refusal.value) == ("Un IBAN commence par deux lettres et deux chiffres (FR76 pour un compte en France).")


@pytest.mark.parametrize("typed", ["FR1520041010050500013M02606", "FR1420041010050500013M02607"])
def test_an_iban_whose_key_is_wrong_is_refused(typed):
    with pytest.raises(ValueError) as refusal:
        iban(typed)
    assert str(refusal.value) == f"Cet IBAN n’est pas valable{NB}: vérifiez les caractères."


@pytest.mark.parametrize("typed", ["FR8620041010050500013M0260", "ZZ65123456789012"])
def test_an_iban_that_its_country_does_not_write_so_is_refused(typed):
    with pytest.raises(ValueError) as refusal:
        iban(typed)
    assert str(refusal.value) == "Cet IBAN n’a pas la forme attendue pour son pays."


@given(st.integers(0, 22), st.integers(1, 9))
def test_one_wrong_digit_in_an_iban_is_always_seen(place, shift):
    digits = list("FR7630006000011234567890189")
    digits[place + 4] = str((int(digits[place + 4]) + shift) % 10)
    assert iban("FR7630006000011234567890189") == "FR7630006000011234567890189"
    with pytest.raises(ValueError):
        iban("".join(digits))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("FR7630006000011234567890189", f"FR76{NB}••••{NB}0189"),
        (IBAN, f"FR14{NB}••••{NB}2606"),
        ("", ""),
        ("FR76", "••••"),
        ("FR763000600001", "••••"),
        ("FR76 3000 6000 0112 3456 7890 189", "••••"),
    ],
)
def test_only_the_ends_of_an_iban_are_shown(number, shown):
    assert masque_iban(number) == shown


@given(st.text())
def test_any_text_is_an_identifier_or_a_french_sentence(text):
    for read in (siret, rna, iban):
        assert answer_to(read, text)


def answer_to(read, text):
    try:
        return read(text)
    except ValueError as refusal:
        return str(refusal).endswith(".")
