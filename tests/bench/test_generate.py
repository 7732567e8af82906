"""The files of the measures are those the services would have made: compared row by row, every table, every column."""

import json
import re
import uuid
from datetime import date, datetime

import pytest
from django.db import connection, transaction

from accounts.acteur import Acteur
from accounts.models import Membership, Organisation
from bench.facts import DRAFT, SHARES, Facts, Lot, write_file
from bench.further import WAYS
from bench.generate import Writer, generate
from bench.moulds import ADDRESSES, columns, make_mould, rows_written, target_of
from bench.people import create_agents
from bench.places import measure
from dossiers.documents import digest
from dossiers.models import Document, Dossier, Numerotation, Territoire
from dossiers.selectors.reglages import valeur
from funding.models import DemandeFir
from funding.states import EtatDemandeFir
from guichet.kernel.civil import PARIS
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
EXPLAINED = {"accuse_reception", "demande_pieces"}
"""Papers that explain a legal date: the sentences follow the calendar (a Sunday, a month without a 31st), so that their
context is not that of another day moved, nor its fingerprint in the slip. Their other columns are compared, and so are
the dates in the tables."""

WHOLE = [
    kind
    for kind in SHARES
    if kind not in WAYS or not any(way[: len(WAYS[kind])] == WAYS[kind] for other, way in WAYS.items() if other != kind)
]
"""Kinds that are not the beginning of another: each act is compared once at least."""

FACTS = Facts(
    cpts="CPTS des Étangs du Levant",
    association="Association CPTS des Étangs du Levant",
    prenom="Sacha",
    nom="Tuffeau",
    courriel="sacha@mesure.example",
    lot=Lot(communes=("31451", "81271")),
    jour=date(2026, 11, 3),
)


@pytest.fixture(autouse=True)
def agents(settings, tmp_path):
    """Everybody who acts on a file after its deposit, as in a real region."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path, "base_url": None}},
    }
    create_agents(region=REGION, now=datetime(2026, 1, 5, 9, tzinfo=PARIS))


@pytest.mark.parametrize("kind", WHOLE)
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
    made = generate(
        150,
        region=REGION,
        departements=DEPARTEMENTS,
        today=date(2026, 11, 20),
        lots=8,
        leads=("31",),
        say=lambda _: None,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert sum(made.files.values()) == Dossier.objects.count() == 150
    assert set(made.files) == set(SHARES)
    numbers = Numerotation.objects.values_list("dernier", flat=True)
    assert sum(numbers) == Dossier.objects.exclude(reference=None).count()
    assert Organisation.objects.filter(genre="association").count() < 150
    assert not Territoire.objects.filter(population=0).exists()


def test_a_draft_made_in_bulk_is_alive_its_person_deposits_it():
    generate(
        20,
        region=REGION,
        departements=DEPARTEMENTS,
        today=date(2026, 11, 20),
        lots=8,
        shares={DRAFT: 1},
        say=lambda _: None,
    )
    lettre = LettreIntention.objects.filter(etat=EtatLettre.BROUILLON, demande__isnull=False).order_by("pk").first()
    person = Membership.objects.select_related("user", "organisation").get(user=lettre.created_by)

    deposit(lettre=lettre, by=Acteur(person.user, person), now=datetime(2026, 11, 20, 9, tzinfo=PARIS))

    assert DemandeFir.objects.get(pk=lettre.demande_id).etat == EtatDemandeFir.DEPOSEE
    assert Dossier.objects.get(pk=lettre.dossier_id).reference not in (None, "")


def prefix() -> str:
    return valeur("prefixe_reference", on=date(2026, 11, 3), defaut=REGION)


def readable(rows) -> dict[str, list[dict]]:
    """Rows by table, what is drawn by lot replaced by its rank, so that two files are compared by their content."""
    ranks, texts = {}, {}
    for model, lines in rows.items():
        words = [word for word, found in ADDRESSES.items() if found is model]
        for rank, line in enumerate(lines, 1):
            ranks[model, line[0]] = f"{model._meta.label} {rank}"
            texts |= {f"/{word}/{line[0]}/": f"/{word}/{rank}/" for word in words}
            if model is Document:
                paper = dict(zip(names(Document), line, strict=True))
                texts[paper["code_court"]] = f"code {rank}"
                if paper["modele"] in EXPLAINED:
                    texts[digest(paper["contexte"])] = f"empreinte {rank}"
            for value in line:
                if isinstance(value, uuid.UUID):
                    ranks.setdefault(value, f"id {len(ranks)}")
    return {
        model._meta.label: [_line(model, line, ranks, texts) for line in lines]
        for model, lines in sorted(rows.items(), key=lambda pair: pair[0]._meta.label)
    }


def names(model) -> list[str]:
    return [column.attname for column in columns(model)]


def _line(model, line, ranks, texts):
    drawn = set(DRAWN.get(model._meta.label, ()))
    if model is Document and line[names(model).index("modele")] in EXPLAINED:
        drawn.add("contexte")
    return {
        column.attname: _plain(target_of(model, column, line), value, ranks, texts)
        for column, value in zip(columns(model), line, strict=True)
        if column.attname not in drawn
    }


def _plain(target, value, ranks, texts):
    if isinstance(value, list | dict):
        value = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if isinstance(value, str):
        found = "|".join(re.escape(text) for text in texts)
        return re.sub(found, lambda match: texts[match[0]], value)
    return ranks.get((target, value)) or ranks.get(value) or value
