"""A letter and its request are judged together at commit: every pair of states, against the table."""

import pytest
from django.db import IntegrityError, connection, transaction

from funding.states import EtatDemandeFir
from projects.pairs import AVEC_DEMANDE, SANS_DEMANDE, allowed
from projects.states import EtatLettre
from tests.factories.projects import ready_letter
from tests.races.together import without_the_law

pytestmark = pytest.mark.django_db

PAIRS = [(lettre, demande) for lettre in EtatLettre.values for demande in EtatDemandeFir.values]


def refusal(lettre_id: int, demande_id: int, table: str) -> str:
    """ "" when the pair survives a write of that table, else what the database says: called now, not at commit."""
    touched = {"lettre": ("projects_lettreintention", lettre_id), "demande": ("funding_demandefir", demande_id)}[table]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {touched[0]} SET etat = etat WHERE id = %s", [touched[1]])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("table", ["lettre", "demande"])
def test_only_the_pairs_of_the_table_stand_whichever_side_moves(table: str) -> None:
    letter = ready_letter()
    found: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
    for aside in (False, True):
        for lettre, demande in PAIRS:
            with without_the_law() as cursor:
                cursor.execute(
                    "UPDATE projects_lettreintention SET etat = %s, sans_demande = %s, deposee_at = now(), "
                    "transmise_at = now(), territoire_id = (SELECT max(id) FROM dossiers_territoire) WHERE id = %s",
                    [lettre, aside, letter.pk],
                )
                cursor.execute(
                    "UPDATE funding_demandefir SET etat = %s, deposee_at = now(), transmise_at = now(), "
                    "montant_accorde = montant_demande WHERE id = %s",
                    [demande, letter.demande_id],
                )
            told = refusal(letter.pk, letter.demande_id, table)
            if not told:
                found[aside].add((lettre, demande))
            else:
                assert f"Une lettre « {lettre} » ne va pas avec une demande « {demande} »." in told
    assert found[False] == {(lettre, demande) for lettre, kept in AVEC_DEMANDE.items() for demande in kept}
    assert found[True] == {(lettre, demande) for lettre in EtatLettre.values for demande in SANS_DEMANDE}


def test_the_table_answers_for_each_pair() -> None:
    assert allowed("deposee", "deposee", sans_demande=False)
    assert not allowed("deposee", "transmise", sans_demande=False)
    assert allowed("validee", "brouillon", sans_demande=True)
    assert not allowed("validee", "accordee", sans_demande=True)
