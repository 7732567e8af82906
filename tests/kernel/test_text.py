"""Names as people type them."""

import pytest

from guichet.kernel.text import normalise, typographic


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Saint-Gaudens", "saint gaudens"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("ŒUILLY", "oeuilly"),
        ("Bors (Canton de Tude-et-Lavalette)", "bors canton de tude et lavalette"),
        ("  NÎMES\u00a0\t", "nimes"),
        ("N\u0069\u0302mes", "nimes"),
        ("Marseille 1er Arrondissement", "marseille 1er arrondissement"),
        ("Straße", "strasse"),
        ("a' & b:* | !c\x00 \\ \ud800", "a b c"),
        ("–", ""),
        ("", ""),
    ],
)
def test_accents_case_ligatures_hyphens_and_operators_do_not_count(typed: str, plain: str) -> None:
    assert normalise(typed) == plain
    assert normalise(plain) == plain


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("L'Isle-en-Dodon", "L’Isle-en-Dodon"),
        ('CA "Saintes - L\'Agglo"', "CA «\u00a0Saintes - L’Agglo\u00a0»"),
        ("Muret", "Muret"),
    ],
)
def test_a_name_is_shown_with_french_apostrophes_and_quotation_marks(source: str, shown: str) -> None:
    assert typographic(source) == shown
