"""A section's answers as blocks of a paper: nothing typed is lost, and a digest proves what was said."""

import hashlib
from datetime import date
from typing import Any

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from dossiers.documents import NON_RENSEIGNE, digest, section_blocs, shown
from dossiers.questions import Groupe, RowsField, SectionForm, choix, nombre, texte, texte_long
from guichet.kernel.papers import prepared

KINDS = [("a", "Alpha"), ("b", "Bêta")]


class Essai(SectionForm):
    nom = texte("Nom")
    genre = choix("Genre", KINDS)
    recit = texte_long("Récit")
    lignes = RowsField("Lignes", {"quoi": texte("Quoi"), "genre": choix("Genre", KINDS), "combien": nombre("Combien")})
    le = forms.DateField(label="Le", required=False)
    accord = forms.BooleanField(label="Accord", required=False)


class Groupee(SectionForm):
    nom = texte("Nom")
    ville = texte("Ville")
    recit = texte_long("Récit")
    courriel = texte("Courriel")
    groupes = (Groupe("L’identité", ("nom",)), Groupe("Le siège", ("ville", "recit", "courriel")))


def blocs(contenu: dict[str, Any], form: type[SectionForm] = Essai, **kwargs: Any) -> list[dict[str, Any]]:
    found = section_blocs(form(jour=date(2026, 11, 16)), contenu, **kwargs)
    assert prepared({"presentation": "lettre", "titre": "Essai", "sections": [{"blocs": found}]})
    return found


def test_short_answers_stand_together_and_long_ones_under_their_label() -> None:
    contenu = {
        "nom": "Camille",
        "genre": "b",
        "recit": "Un.\n\nDeux.",
        "lignes": [{"quoi": "Salle", "genre": "a", "combien": 0}, {"quoi": "", "genre": "", "combien": None}],
        "le": "2026-03-01",
        "accord": False,
    }
    assert blocs(contenu) == [
        {"genre": "definitions", "lignes": [["Nom", "Camille"], ["Genre", "Bêta"]]},
        {"genre": "texte", "titre": "Récit", "paragraphes": ["Un.", "Deux."]},
        {
            "genre": "tableau",
            "titre": "Lignes",
            "entetes": ["Quoi", "Genre", "Combien"],
            "lignes": [["Salle", "Alpha", "0"], ["—", "—", "—"]],
            "numeriques": [2],
        },
        {"genre": "definitions", "lignes": [["Le", "1er mars 2026"], ["Accord", "Non"]]},
    ]


def test_what_was_not_answered_is_said() -> None:
    assert blocs({}) == [
        {"genre": "definitions", "lignes": [["Nom", NON_RENSEIGNE], ["Genre", NON_RENSEIGNE]]},
        {"genre": "texte", "titre": "Récit", "paragraphes": [NON_RENSEIGNE]},
        {"genre": "texte", "titre": "Lignes", "paragraphes": [NON_RENSEIGNE]},
        {"genre": "definitions", "lignes": [["Le", NON_RENSEIGNE], ["Accord", NON_RENSEIGNE]]},
    ]


def test_a_field_left_aside_is_not_printed() -> None:
    printed = blocs({"nom": "Camille"}, sans=("nom", "recit", "lignes"))
    assert printed == [
        {"genre": "definitions", "lignes": [["Genre", NON_RENSEIGNE], ["Le", NON_RENSEIGNE], ["Accord", NON_RENSEIGNE]]}
    ]


def test_the_short_answers_that_open_a_group_come_under_its_title() -> None:
    assert blocs({"nom": "A", "ville": "B", "recit": "C", "courriel": "D"}, form=Groupee) == [
        {"genre": "definitions", "titre": "L’identité", "lignes": [["Nom", "A"]]},
        {"genre": "definitions", "titre": "Le siège", "lignes": [["Ville", "B"]]},
        {"genre": "texte", "titre": "Récit", "paragraphes": ["C"]},
        {"genre": "definitions", "lignes": [["Courriel", "D"]]},
    ]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_no_letter_of_a_text_is_lost_on_the_paper(text: str) -> None:
    printed = "".join(blocs({"recit": text, "nom": text})[1]["paragraphes"])
    typed = "".join(text.split())
    assert "".join(printed.split()) == (typed or "".join(NON_RENSEIGNE.split()))


@pytest.mark.parametrize(
    ("value", "words"),
    [("a", "Alpha"), ("disparu", "disparu"), ("", NON_RENSEIGNE), (None, NON_RENSEIGNE)],
)
def test_a_choice_is_read_by_its_label_and_one_that_is_gone_by_its_value(value: Any, words: str) -> None:
    assert shown(choix("Genre", KINDS), value) == words


def test_zero_and_no_are_answers() -> None:
    assert shown(nombre("Combien"), 0) == "0"
    assert shown(forms.BooleanField(), False) == "Non"
    assert shown(forms.BooleanField(), True) == "Oui"


def test_a_field_that_knows_how_it_is_read_is_asked() -> None:
    class Montant(forms.CharField):
        def shown(self, value: str) -> str:
            return f"{value}\u00a0€"

    assert shown(Montant(), "12") == "12\u00a0€"
    rows = RowsField("Lignes", {"montant": Montant(label="Montant")})
    form = type("AvecMontant", (SectionForm,), {"lignes": rows})
    table = blocs({"lignes": [{"montant": "12"}, {"montant": ""}]}, form=form)[0]
    assert (table["lignes"], table["numeriques"]) == ([["12\u00a0€"], ["—"]], [0])


def test_a_digest_is_that_of_the_content_whatever_the_order_of_its_keys() -> None:
    one = digest({"titre": "Été", "sections": [{"a": "1", "b": "2"}]})
    assert one == digest({"sections": [{"b": "2", "a": "1"}], "titre": "Été"})
    assert one != digest({"titre": "Ete", "sections": [{"a": "1", "b": "2"}]})
    assert digest({"a": ["x", "y"]}) != digest({"a": ["y", "x"]})
    assert digest({"é": "1", "a": []}) == hashlib.sha256('{"a":[],"é":"1"}'.encode()).hexdigest()
