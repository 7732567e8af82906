"""A projet de santé received on paper by the ARS: its real day, its scan, its territory."""

import json
from typing import Any

import pytest

from accounts.acteur import Acteur
from dossiers.models import Decision, Delai, Document, Dossier
from dossiers.selectors.delais import explanation
from dossiers.selectors.pieces import pieces_visible_to
from dossiers.states import NatureDecision as N
from guichet.kernel.uploads import FileRefused
from projects.models import Avis, ProjetSante, SectionProjet
from projects.services.deciding import validate
from projects.services.paper import record_paper_decision
from projects.services.projets.opening import open_project
from projects.services.projets.outside import register_outside_deposit
from projects.services.projets.silence import record_silence
from projects.services.silence import passage
from tests.factories.bodies import agent, decideur, guichet
from tests.factories.dossiers import PieceFactory
from tests.factories.paper import scan
from tests.factories.projects import porteur, transmitted_letter
from tests.factories.projets import deposited_project, draft, fresh, ready_project
from tests.projects.rows import plain
from tests.projects.scene import d, last, ledger, paris, refused, set_region, titles

pytestmark = pytest.mark.django_db

DEPOSIT = paris("2026-09-14")
SPOKEN = paris("2026-11-15", "00:10:00")
TYPED = paris("2026-11-18")
PRS = {"motif": "prs", "objectifs": ["Objectif 3"], "raison": "", "dossier_en_conflit": ""}
PIECES = {
    "pieces": [
        {"intitule": "Délimitation", "requise": True, "fondement": "CSP, art. L1434-12", "limite_le": "2026-12-20"}
    ]
}


@pytest.fixture
def scene() -> tuple[Acteur, Acteur, Acteur, ProjetSante]:
    """The association, who types at the ARS, who decides there, a project whose last day is 14 November."""
    by, clerk, ars = porteur(), agent("dd-ars-31", droits=["instruire"]), decideur()
    return by, clerk, ars, deposited_project(by, now=DEPOSIT)


def typed(projet: ProjetSante, nature: N, *, clerk: Acteur, ars: Acteur, **kwargs: Any) -> Decision:
    """Signed on 11 November, notified by registered post that day, typed on the 18th by the clerk."""
    given: dict[str, Any] = {
        "signee_le": d("2026-11-11"),
        "notifiee_le": d("2026-11-11"),
        "motivation": "L’objectif 3 n’est pas repris." if nature == N.OPPOSITION_PROJET else "",
        "donnees": {N.OPPOSITION_PROJET: PRS, N.DEMANDE_PIECES_PROJET: PIECES}.get(nature),
        "scan": scan(),
        "now": TYPED,
    }
    return record_paper_decision(step=projet, nature=nature, signataire=ars.user, by=clerk, **{**given, **kwargs})


# --- A project received on paper ----------------------------------------------------------------------


def received(dossier: Dossier, by: Acteur, recu_le: str, now: Any = TYPED, **kwargs: Any) -> ProjetSante:
    event = register_outside_deposit(
        dossier=dossier, recu_le=d(recu_le), scan=scan(), preuve=scan(), by=by, now=now, **kwargs
    )
    return fresh(event.projet)


def test_a_project_received_on_paper_is_deposited_at_its_real_day_and_its_scan_stands_for_it() -> None:
    by, ars = porteur(), agent("ars-occitanie")
    projet = ready_project(by, now=paris("2026-09-01"))
    projet = received(projet.dossier, ars, "2026-11-10")
    event = projet.evenements.get()
    assert (event.action, event.prend_effet_le, event.recorded_at) == (
        "enregistrer_depot_exterieur",
        d("2026-11-10"),
        TYPED,
    )
    assert (projet.etat, projet.forme, projet.origine) == ("depose", "document", "papier")
    assert projet.depose_at == paris("2026-11-10", "12:00:00")
    assert ledger(projet) == [("depot", d("2026-11-10"), d("2027-01-10"))]
    assert (projet.document.genre, projet.document.recue_le, projet.document.figee_at) == (
        "projet",
        d("2026-11-10"),
        TYPED,
    )
    context = str(plain(Document.objects.get(modele="accuse_projet").contexte))
    assert "10 novembre 2026" in context
    assert "18 novembre 2026 à" not in context
    assert titles(by)[-1] == "Projet de santé déposé"
    assert any("10 novembre 2026" in plain(line) for line in explanation(projet.delai))


def test_a_paper_that_overtakes_a_draft_publishes_nothing_of_it() -> None:
    by, ars = porteur(), agent("ars-occitanie")
    projet = ready_project(by, now=DEPOSIT)
    SectionProjet.objects.filter(projet=projet, cle="besoins").update(contenu={"besoins": "Secret de brouillon"})
    rib = PieceFactory(dossier=projet.dossier, genre="rib", deposee_par=by.user)
    Dossier.objects.filter(pk=projet.dossier_id).update(visibilite="ars", reference="OCC-31-2026-0900")
    got = received(projet.dossier, ars, "2026-09-20")
    rib.refresh_from_db()
    assert (got.pk, got.etat, rib.figee_at, rib.transmise_at) == (projet.pk, "depose", None, None)
    (version,) = got.versions.all()
    assert [part["cle"] for part in version.contenu["parties"]] == ["territoire"]
    assert "Secret" not in json.dumps(version.contenu, ensure_ascii=False)
    read = pieces_visible_to(ars).filter(dossier=projet.dossier)
    assert set(read.values_list("genre", flat=True)) == {"projet", "preuve"}


def test_even_where_the_ars_notes_receipts_a_paper_is_received_the_day_it_came() -> None:
    set_region("point_de_reception", "constat")
    projet = ready_project(now=paris("2026-09-01"))
    projet = received(projet.dossier, agent("ars-occitanie"), "2026-11-10")
    assert projet.delai.dernier_jour == d("2027-01-10")


def test_a_paper_received_more_than_two_months_ago_is_deemed_validated_at_its_day() -> None:
    projet = ready_project(now=paris("2026-09-01"))
    projet = received(projet.dossier, agent("ars-occitanie"), "2026-09-02")
    assert not Avis.objects.exists(), "nobody is asked about what silence has validated"
    passage(now=TYPED)
    projet = fresh(projet)
    assert (projet.etat, last(projet, "constater_silence").prend_effet_le) == ("valide_tacitement", d("2026-11-03"))


def test_a_paper_comes_neither_from_the_future_nor_before_the_draft_it_completes() -> None:
    ars = decideur()
    by = porteur()
    letter = transmitted_letter(by, now=paris("2026-08-10"))
    validate(lettre=letter, by=ars, now=paris("2026-08-20"))
    open_project(lettre=letter, by=by, now=paris("2026-09-10"))
    dossier = Dossier.objects.get(pk=letter.dossier_id)
    with refused("dans le futur"):
        received(dossier, ars, "2026-11-19")
    with refused("Ce dossier est ouvert depuis le 10 août 2026"):
        received(dossier, ars, "2026-08-09")
    with refused("L’association écrit ce projet dans le portail depuis le 10 septembre 2026"):
        received(dossier, ars, "2026-09-09")
    assert received(dossier, ars, "2026-09-10").delai.dernier_jour == d("2026-11-10")


def test_a_file_opened_because_of_the_paper_takes_a_day_before_it() -> None:
    projet = ready_project(now=paris("2026-11-10"))
    assert received(projet.dossier, agent("ars-occitanie"), "2026-11-02").delai.recu_le == d("2026-11-02")


def test_a_paper_without_a_territory_is_refused_and_with_its_communes_it_is_kept() -> None:
    ars = agent("ars-occitanie")
    projet = draft(now=paris("2026-11-01"))
    with refused("Le territoire est vide"):
        received(projet.dossier, ars, "2026-11-10")
    kept = received(projet.dossier, ars, "2026-11-10", communes=["31395"])
    assert (kept.territoire.departements, kept.etat) == (["31"], "depose")


def test_only_the_ars_records_a_project_on_paper_once_with_a_real_scan() -> None:
    by, ars = porteur(), agent("ars-occitanie")
    projet = ready_project(by, now=paris("2026-11-01"))
    for other in (by, guichet(), agent("cpam-31")):
        with refused("Seule l’ARS enregistre"):
            received(projet.dossier, other, "2026-11-10")
    with pytest.raises(FileRefused):
        register_outside_deposit(
            dossier=projet.dossier, recu_le=d("2026-11-10"), scan=scan("x.pdf"), preuve=None, by=ars, now=TYPED
        )
    received(projet.dossier, ars, "2026-11-10")
    with refused("en cours ou validé"):
        received(projet.dossier, ars, "2026-11-11")
    assert Delai.objects.count() == 1


def test_the_period_of_a_silence_recorded_by_hand_is_that_of_the_law(scene: Any) -> None:
    *_, projet = scene
    record_silence(projet=projet, now=paris("2026-12-25"))
    event = last(projet, "constater_silence")
    assert (event.prend_effet_le, event.recorded_at, event.acteur) == (d("2026-11-15"), paris("2026-12-25"), None)
    assert (event.qualite, event.origine) == ("Horloge du portail", "horloge")
