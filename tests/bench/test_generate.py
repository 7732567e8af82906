"""The files of the measures are those the services would have made: compared row by row, every table, every column."""

import json
import uuid
from datetime import date, datetime

import pytest
from django.db import connection, transaction

from accounts.acteur import Acteur
from accounts.models import Membership, Organisation
from bench.facts import SHARES, Facts, Lot, write_file
from bench.generate import Writer, generate
from bench.moulds import columns, make_mould, rows_written
from bench.places import measure
from dossiers.models import Dossier, Numerotation, Territoire
from dossiers.selectors.reglages import valeur
from funding.models import DemandeFir
from funding.states import EtatDemandeFir
from guichet.kernel.civil import PARIS
from portal.demonstration.comptes import COMPTES, create_member
from projects.models import LettreIntention
from projects.services.depositing import deposit
from projects.states import EtatLettre

pytestmark = pytest.mark.django_db
REGION = "76"
DEPARTEMENTS = ["09", "31", "81", "82"]
DRAWN = {
    "accounts.User": {"password", "date_joined"},
    "accounts.Organisation": {"code"},
    "accounts.Envoi": {"message_id"},
    "dossiers.Document": {"code_court", "fichier", "sha256", "taille"},
    "dossiers.Piece": {"fichier"},
}
"""Columns drawn by lot, or computed from what is: never the same twice."""

FACTS = Facts(
    cpts="CPTS des Étangs du Levant",
    association="Association CPTS des Étangs du Levant",
    prenom="Sacha",
    nom="Tuffeau",
    courriel="sacha@mesure.example",
    lot=Lot(communes=("31451", "81271", "81081")),
    jour=date(2026, 11, 3),
)


@pytest.fixture(autouse=True)
def agent(settings, tmp_path):
    """Somebody at the Guichet is told of each deposit, as in a real region."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path, "base_url": None}},
    }
    compte = next(compte for compte in COMPTES if compte.courriel == "guichet@demo.example")
    guichet = Organisation.objects.get(code=compte.organisation)
    return create_member(compte, guichet, now=datetime(2026, 1, 5, 9, tzinfo=PARIS))


@pytest.mark.parametrize("kind", list(SHARES))
def test_a_file_made_in_bulk_is_the_file_the_services_make(kind):
    with transaction.atomic():
        expected = rows_written(lambda: write_file(kind, FACTS, region=REGION))
        transaction.set_rollback(True)
    assert LettreIntention.objects.count() == 0

    elsewhere, here = measure([Lot(quartier=("31555", "Secteur d’essai", 12_345)), FACTS.lot], region=REGION)
    mould = make_mould(kind, jour=date(2026, 9, 17), place=elsewhere, region=REGION)
    writer = Writer(prefix=lambda place: f"{prefix()}-{place.pilote}-2026")
    cast = rows_written(lambda: writer.write([(mould, FACTS, here)]))

    made, wanted = readable(cast), readable(expected)
    assert list(made) == list(wanted)
    for table in wanted:
        assert made[table] == wanted[table], table


def test_generated_files_pass_the_checks_of_the_database_and_continue_the_numbering():
    made = generate(60, region=REGION, departements=DEPARTEMENTS, today=date(2026, 11, 20), lots=8, say=lambda _: None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert sum(made.files.values()) == Dossier.objects.count() == 60
    assert set(made.files) == set(SHARES)
    numbers = Numerotation.objects.values_list("dernier", flat=True)
    assert sum(numbers) == Dossier.objects.exclude(reference=None).count()
    assert Organisation.objects.filter(genre="association").count() < 60
    assert not Territoire.objects.filter(population=0).exists()


def test_a_draft_made_in_bulk_is_alive_its_person_deposits_it():
    generate(40, region=REGION, departements=DEPARTEMENTS, today=date(2026, 11, 20), lots=8, say=lambda _: None)
    lettre = LettreIntention.objects.filter(etat=EtatLettre.BROUILLON, demande__isnull=False).order_by("pk").first()
    person = Membership.objects.select_related("user", "organisation").get(user=lettre.created_by)

    deposit(lettre=lettre, by=Acteur(person.user, person), now=datetime(2026, 11, 20, 9, tzinfo=PARIS))

    assert DemandeFir.objects.get(pk=lettre.demande_id).etat == EtatDemandeFir.DEPOSEE
    assert Dossier.objects.get(pk=lettre.dossier_id).reference not in (None, "")


def prefix() -> str:
    return valeur("prefixe_reference", on=date(2026, 11, 3), defaut=REGION)


def readable(rows) -> dict[str, list[dict]]:
    """Rows by table, keys replaced by their rank, so that two files are compared by their content."""
    ranks, letters = {}, []
    for model, lines in rows.items():
        for rank, line in enumerate(lines, 1):
            ranks[model, line[0]] = f"{model._meta.label} {rank}"
            if isinstance(line[0], uuid.UUID):
                ranks[line[0]] = f"{model._meta.label} {rank}"
            if model is LettreIntention:
                letters.append(line[0])
    return {
        model._meta.label: [
            {
                column.attname: _plain(column, value, ranks, letters)
                for column, value in zip(columns(model), line, strict=True)
                if column.attname not in DRAWN.get(model._meta.label, ())
            }
            for line in lines
        ]
        for model, lines in sorted(rows.items(), key=lambda pair: pair[0]._meta.label)
    }


def _plain(column, value, ranks, letters):
    target = column.model if column.primary_key else column.related_model
    if isinstance(value, list | dict):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    if isinstance(value, str):
        for letter in letters:
            value = value.replace(f"/lettres/{letter}/", "/lettres/N/")
        return value
    return ranks.get((target, value)) or ranks.get(value) or value
