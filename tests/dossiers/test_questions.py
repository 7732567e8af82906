"""The parts every form of a section is made of: rows, counts, and what counts as an answer."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from dossiers.questions import (
    CountsField,
    Groupe,
    RowsField,
    SectionForm,
    choix,
    is_filled,
    nombre,
    texte,
    texte_long,
    to_json,
)

OPTIONS = [("a", "Alpha"), ("b", "Bêta"), ("c", "Gamma")]


class Essai(SectionForm):
    titre = texte("Titre", maximum=10)
    corps = texte_long("Corps")
    lignes = RowsField("Lignes", {"nom": texte("Nom", maximum=5), "nombre": nombre("Nombre", maximum=9)}, maximum=3)
    comptes = CountsField(
        "Comptes", {"quoi": choix("Quoi", OPTIONS), "combien": nombre("Combien"), "sur": nombre("Sur")}
    )
    groupes = (Groupe("Le début", ("titre", "corps")), Groupe("La suite", ("lignes", "comptes"), "Un mot d’aide."))
    obligatoires = {"titre": "Donnez un titre.", "lignes": "Ajoutez une ligne."}


def form(typed: str = "", **kwargs: Any) -> Essai:
    essai = Essai(QueryDict(typed), jour=date(2026, 11, 16), **kwargs)
    essai.is_valid()
    return essai


def test_a_field_left_empty_never_prevents_saving() -> None:
    assert form().errors == {}
    assert form().contenu() == {"titre": "", "corps": "", "lignes": [], "comptes": []}
    assert form().manques() == [("id_titre", "Donnez un titre."), ("id_lignes", "Ajoutez une ligne.")]


def test_rows_are_read_in_the_order_of_their_numbers_whatever_the_order_of_the_post() -> None:
    typed = "lignes-10-nom=dix&lignes-2-nom=deux&lignes-2-nombre=2&lignes-0-nom=&lignes-0-nombre="
    assert form(typed).contenu()["lignes"] == [{"nom": "deux", "nombre": 2}, {"nom": "dix", "nombre": None}]


@pytest.mark.parametrize(
    "name",
    ["lignes-x-nom", "lignes-1-nom-2", "lignes-12345-nom", "autres-1-nom", "lignes-1", "lignes--1-nom", "lignes-²-nom"],
)
def test_a_forged_name_is_not_a_row(name: str) -> None:
    assert form(f"{name}=v").contenu()["lignes"] == []


def test_zero_is_an_answer_in_a_row() -> None:
    assert form("lignes-0-nombre=0").contenu()["lignes"] == [{"nom": "", "nombre": 0}]


def test_every_fault_of_every_row_is_told_and_the_limit_too() -> None:
    rows = "&".join(f"lignes-{n}-nom=n{n}&lignes-{n}-nombre=1" for n in range(4))
    found = list(form(f"{rows}&lignes-1-nombre=dix&lignes-3-nom=troplong").errors["lignes"])
    assert [error.split("\u00a0:")[0] for error in found[:2]] == [
        "Ligne 2, «\u00a0Nombre\u00a0»",
        "Ligne 4, «\u00a0Nom\u00a0»",
    ]
    assert found[2:] == ["Au plus 3 lignes."]


@pytest.mark.parametrize("typed", ["-1", "10", "1.5", "1e1", "∞"])
def test_a_number_of_a_row_has_its_bounds(typed: str) -> None:
    assert list(form(f"lignes-0-nombre={typed}").errors) == ["lignes"]


def test_counts_keep_only_the_options_where_something_was_typed() -> None:
    typed = "comptes-0-quoi=a&comptes-0-combien=&comptes-1-quoi=b&comptes-1-combien=0&comptes-2-quoi=c&comptes-2-sur=4"
    assert form(typed).contenu()["comptes"] == [
        {"quoi": "b", "combien": 0, "sur": None},
        {"quoi": "c", "combien": None, "sur": 4},
    ]


def test_a_fault_of_a_count_is_told_by_the_name_of_its_option() -> None:
    found = form("comptes-0-quoi=b&comptes-0-combien=beaucoup").errors["comptes"]
    assert found == ["«\u00a0Bêta\u00a0», «\u00a0Combien\u00a0»\u00a0: Saisissez un nombre entier."]


def test_a_forged_option_is_refused() -> None:
    assert "«\u00a0z\u00a0»" in form("comptes-0-quoi=z&comptes-0-combien=1").errors["comptes"][0]


def shown(initial: dict[str, Any], name: str) -> str:
    essai = Essai(jour=date(2026, 11, 16), initial=initial)
    return str(essai[name])


def test_the_page_shows_one_empty_row_more_until_the_table_is_full() -> None:
    def rows(kept: list[dict[str, Any]]) -> int:
        return shown({"lignes": kept}, "lignes").count('name="lignes-') // 2 - 1  # the hidden model is not a row

    one = {"nom": "x", "nombre": 1}
    assert [rows([]), rows([one]), rows([one] * 2), rows([one] * 3)] == [1, 2, 3, 3]


def test_every_option_of_the_counts_is_on_the_page_and_one_that_is_gone_keeps_its_figure() -> None:
    html = shown({"comptes": [{"quoi": "b", "combien": 7, "sur": None}, {"quoi": "disparue", "combien": 8}]}, "comptes")
    for text in ("Alpha", "Bêta", "Gamma", "disparue", 'value="7"', 'value="8"'):
        assert text in html


def test_what_was_typed_comes_back_on_the_page_even_when_it_is_refused() -> None:
    essai = form("lignes-0-nom=troplong&lignes-0-nombre=dix")
    html = str(essai["lignes"])
    assert 'value="troplong"' in html
    assert 'value="dix"' in html


def test_groups_give_their_fields_in_order() -> None:
    found = [(g.titre, g.aide, [f.name for f in fields]) for g, fields in form().champs_par_groupe()]
    assert found == [("Le début", "", ["titre", "corps"]), ("La suite", "Un mot d’aide.", ["lignes", "comptes"])]


def test_the_helper_leaves_the_form_tag_to_the_page() -> None:
    helper = form().helper
    assert (helper.form_tag, helper.disable_csrf) == (False, True)


def test_rows_are_changed_only_when_they_differ() -> None:
    field = Essai.base_fields["lignes"]
    assert field.has_changed([{"nom": "a"}], [{"nom": "b"}])
    assert not field.has_changed([{"nom": "a"}], [{"nom": "a"}])


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (date(2026, 11, 16), "2026-11-16"),
        (Decimal("12.50"), "12.50"),
        ([{"le": date(2026, 1, 2), "n": Decimal(1)}], [{"le": "2026-01-02", "n": "1"}]),
        ({"a": [date(2026, 1, 2)]}, {"a": ["2026-01-02"]}),
        (True, True),
        (None, None),
        (3, 3),
    ],
)
def test_an_answer_is_kept_as_json(value: Any, kept: Any) -> None:
    assert to_json(value) == kept


@pytest.mark.parametrize("value", [0, Decimal(0), True, "x", [0], {"a": None}])
def test_what_was_answered_is_filled(value: Any) -> None:
    assert is_filled(value)


@pytest.mark.parametrize("value", [None, False, "", [], {}])
def test_what_was_not_answered_is_not(value: Any) -> None:
    assert not is_filled(value)


def test_a_long_text_has_its_limit_on_the_page_too() -> None:
    assert 'maxlength="6000"' in str(Essai(jour=date(2026, 11, 16))["corps"])
    assert isinstance(choix("Un choix", OPTIONS, radio=True).widget, forms.RadioSelect)
