"""What every list shares: words, counts that stop, who is in charge, kept views."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.acteur import Acteur
from dossiers.models import Affectation, Dossier, VueEnregistree
from dossiers.selectors import listes
from dossiers.selectors.listes import MOI, PERSONNE, QUELQU_UN, capped_count, charged, matching, views_of
from dossiers.services.naming import index
from dossiers.services.vues import VUES_MAX, forget_view, keep_view
from dossiers.views.choix import Choix
from guichet.kernel.lifecycle import Refused
from projects.models import LettreIntention
from tests.factories.accounts import NOW, OrganisationFactory
from tests.factories.bodies import agent, guichet
from tests.factories.dossiers import DossierFactory

pytestmark = pytest.mark.django_db
JOUR = date(2026, 11, 16)


def named(nom: str, association: str) -> Dossier:
    dossier: Dossier = DossierFactory(nom=nom, association=OrganisationFactory(nom=association), depose=True)
    index(dossier)
    return dossier


def found(words: str) -> set[str]:
    return set(matching(Dossier.objects.all(), words).values_list("nom", flat=True))


def test_words_are_found_by_their_beginning_whatever_their_accents_and_case() -> None:
    named("CPTS Étang et Corbières", "Les Soignants de l’Aude")
    named("CPTS L’Haÿ-les-Roses", "Coordination du Cœur")
    both = {"CPTS Étang et Corbières", "CPTS L’Haÿ-les-Roses"}
    etang, hay = {"CPTS Étang et Corbières"}, {"CPTS L’Haÿ-les-Roses"}
    asked = {
        "etan": etang, "ÉTANG corb": etang, "corbieres soignants": etang, "l'hay": hay, "coeur": hay, "CŒU": hay,
        "cpts": both, "": both, "tang": set(), "etang roses": set(), "essai-31-2026": both, "31 & !etang | x:*": set(),
        "'); DROP TABLE": set(), "!!!": both,
    }  # fmt: skip
    assert {words: found(words) for words in asked} == asked


def test_a_file_written_before_the_search_existed_is_found() -> None:
    before = named("CPTS Étang", "Les Soignants de l’Aude")
    other = named("CPTS des Coteaux", "Coordination du Cœur")
    Dossier.objects.filter(pk=before.pk).update(recherche="")
    import_module("dossiers.migrations.0009_files_written_before_are_found").fill(apps)
    assert found("etang aude") == {"CPTS Étang"}
    assert found("coteaux") == {other.nom}


def test_a_search_reads_the_index_of_the_words() -> None:
    named("CPTS Étang", "Aude")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert "dossier_recherche" in matching(Dossier.objects.all(), "etang").explain()


def test_a_count_stops_reading_past_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    DossierFactory.create_batch(5)
    monkeypatch.setattr(listes, "COUNT_MAX", 3)
    with CaptureQueriesContext(connection) as queries:
        counts = [capped_count(Dossier.objects.order_by("nom")), capped_count(Dossier.objects.filter(pk=0))]
    assert counts == [4, 0]
    assert all("LIMIT 4" in query["sql"] for query in queries)


def test_a_file_is_with_me_with_somebody_or_with_nobody_of_my_body_today() -> None:
    me, colleague, elsewhere = guichet(), guichet(), agent("ars-occitanie")
    rows = {name: _letter() for name in ("mienne", "collègue", "ailleurs", "finie", "à venir", "libre")}
    _charge(rows["mienne"], me)
    _charge(rows["collègue"], colleague)
    _charge(rows["ailleurs"], elsewhere)
    _charge(rows["finie"], me, fin_le=JOUR)
    _charge(rows["à venir"], me, debut_le=date(2026, 11, 17))
    names = {lettre.pk: name for name, lettre in rows.items()}
    asked = {
        who: {names[row.pk] for row in charged(LettreIntention.objects.order_by("pk"), who, acteur=me, on=JOUR)}
        for who in (MOI, QUELQU_UN, PERSONNE)
    }
    assert asked == {
        MOI: {"mienne"},
        QUELQU_UN: {"mienne", "collègue"},
        PERSONNE: {"ailleurs", "finie", "à venir", "libre"},
    }


def _letter() -> LettreIntention:
    dossier = DossierFactory()
    return LettreIntention.objects.create(dossier=dossier, created_at=NOW, created_by=dossier.created_by)


def _charge(lettre: LettreIntention, by: Acteur, **dates: date) -> None:
    Affectation.objects.create(
        dossier=lettre.dossier,
        organisation_id=by.organisation_id,
        user=by.user,
        role="titulaire",
        affecte_par=by.user,
        **{"debut_le": date(2026, 1, 1), **dates},
    )


def keep(by: Acteur, nom: str, liste: str = "projects:lettres") -> VueEnregistree:
    return keep_view(liste=liste, nom=nom, parametres="etat=deposee", by=by, now=NOW)


def test_a_view_is_its_persons_own_and_its_name_is_used_once_per_list() -> None:
    me, other = guichet(), guichet()
    mine = keep(me, "À vérifier")
    keep(me, "À vérifier", liste="funding:demandes")
    theirs = keep(other, "À vérifier")
    with pytest.raises(Refused, match="Vous avez déjà une vue «\u00a0à vérifier\u00a0»"):
        keep(me, "à vérifier")
    with pytest.raises(Refused, match="n’est pas la vôtre"):
        forget_view(vue=theirs, by=me)
    assert list(views_of(me.user, "projects:lettres")) == [mine]
    forget_view(vue=mine, by=me)
    assert list(VueEnregistree.objects.order_by("pk").values_list("user", "liste")) == [
        (me.user.pk, "funding:demandes"),
        (other.user.pk, "projects:lettres"),
    ]


def test_a_person_keeps_twenty_views_of_a_list_and_no_more() -> None:
    me = guichet()
    for number in range(VUES_MAX):
        keep(me, f"Vue {number}")
    with pytest.raises(Refused, match="Vous gardez déjà 20 vues"):
        keep(me, "Une de trop")
    keep(me, "D’une autre liste", liste="funding:demandes")


def test_filters_too_long_to_be_kept_are_refused_in_words() -> None:
    with pytest.raises(Refused, match="trop longs"):
        keep_view(liste="x", nom="Longue", parametres="q=" + "%E2%82%AC" * 60, by=guichet(), now=NOW)


def test_an_address_says_what_is_asked_and_nothing_of_the_default() -> None:
    choix = Choix(filtres={"etat": "deposee"}, q="été", tri="-depot", tri_defaut="-depot")
    assert choix.parametres() == "etat=deposee&q=%C3%A9t%C3%A9"
    assert choix.parametres(etat="", tri="nom") == "q=%C3%A9t%C3%A9&tri=nom"
    assert choix.parametres(q="", format="csv") == "etat=deposee&format=csv"
