"""The sessions of the Guichet: agenda, people present, opinions given there, minutes; who sees what of them."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.acteur import Acteur
from accounts.models import Mandat
from dossiers.models import Document
from dossiers.services.rendering import render_due
from guichet.kernel.lifecycle import Refused
from projects.models import Avis, LettreIntention, PointSeance, Seance
from projects.services import seances
from projects.services.opinions import recuse
from projects.services.synthesis import give_synthesis
from tests.factories.accounts import NOW, agent_client
from tests.factories.bodies import agent, guichet, urps_codes
from tests.factories.projects import CRITERES, consulted_letter, give_opinion
from tests.projects.rows import plain, words
from tests.projects.test_avis_pages import GRID

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
GRADED = {"sens": "favorable", "criteres": CRITERES, "commentaire": "Dit en séance."}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are asked on the day the factories live in."""
    monkeypatch.setattr("guichet.kernel.http.timezone.now", lambda: NOW)


def agenda(desk: Acteur, *lettres: LettreIntention, tenue_le: date = TODAY) -> tuple[Seance, list[PointSeance]]:
    seance = seances.open_session(tenue_le=tenue_le, lieu="Toulouse", by=desk, now=NOW)
    wanted = [lettre.consultations.get(nature="guichet").pk for lettre in lettres]
    assert seances.add_points(seance=seance, consultations=wanted, by=desk) == len(lettres)
    return seance, list(seance.points.order_by("ordre"))


def avis_of(lettre: LettreIntention, code: str) -> Avis:
    return Avis.objects.get(consultation__lettre=lettre, organisation__code=code)


def text(response: Any) -> str:
    return str(plain(response.content.decode()))


def test_the_guichet_holds_a_session_from_its_pages_until_its_minutes() -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk)
    client = agent_client(Client(), desk.user)
    mistyped = client.post(reverse("projects:seance_nouvelle"), {"tenue_le": "2001-11-16", "lieu": "Toulouse"})
    assert (mistyped.status_code, "vérifiez l’année" in mistyped.content.decode()) == (422, True)
    made = client.post(reverse("projects:seance_nouvelle"), {"tenue_le": "2026-11-16", "lieu": "Toulouse"})
    seance = Seance.objects.get()
    assert made.url == reverse("projects:seance", args=[seance.pk])
    url = lambda name, *more: reverse(f"projects:{name}", args=[seance.pk, *more])  # noqa: E731
    consultation = lettre.consultations.get(nature="guichet")
    assert "CPTS des Coteaux" in text(client.get(url("seance_ordre")))
    client.post(url("seance_ordre"), {"dossiers": [consultation.pk]})
    point = seance.points.get()
    code = urps_codes()[0]
    avis = avis_of(lettre, code)
    assert url("seance_avis", avis.pk) in text(client.get(url("seance")))
    wrong = client.post(url("seance_avis", avis.pk), {**GRID, "sens": ""})
    assert (wrong.status_code, "Choisissez le sens de l’avis." in text(wrong)) == (422, True)
    client.post(url("seance_avis", avis.pk), GRID)
    avis.refresh_from_db()
    assert (avis.etat, avis.seance, avis.sens) == ("rendu", seance, "favorable_avec_reserves")
    event = avis.evenements.get(action="rendre")
    assert (event.motif, event.qualite) == ("Donné en séance du 16/11/2026", desk.qualite)
    people = {"presents-0-organisation": code, "presents-0-nom": "Alix Fictif", "presents-0-deport": str(point.pk)}
    client.post(url("seance_presents"), people)
    client.post(url("seance_point", point.pk), {"releve": "Le territoire est discuté."})
    page = text(client.get(url("seance")))
    for told in ("Alix Fictif", "Se déporte sur CPTS des Coteaux", "Le territoire est discuté.", "1 réponse sur 14"):
        assert told in page
    assert client.post(url("seance_clore")).status_code == 302
    paper = Document.objects.get(modele="compte_rendu_seance")
    assert (paper.audience, paper.dossier_id) == ("guichet", lettre.dossier_id)
    assert client.get(url("seance_point", point.pk)).status_code == 409
    assert client.get(url("seance_modifier")).status_code == 409
    assert "Comptes rendus" in text(client.get(url("seance")))


def test_nothing_of_a_closed_session_changes_and_its_minutes_are_made_once() -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk)
    seance, (point,) = agenda(desk, lettre)
    seances.note_present(seance=seance, presents=[{"nom": "Alix Fictif"}], by=desk)
    seances.close_session(seance=seance, by=desk, now=NOW)
    before = list(Seance.objects.values()), list(PointSeance.objects.values())
    avis = avis_of(lettre, urps_codes()[0])
    acts = [
        lambda: seances.edit_session(seance=seance, tenue_le=TODAY, lieu="Albi", notes="", by=desk),
        lambda: seances.add_points(seance=seance, consultations=[], by=desk),
        lambda: seances.move_up(point=point, by=desk),
        lambda: seances.remove_point(point=point, by=desk),
        lambda: seances.write_point(point=point, releve="Autre.", by=desk),
        lambda: seances.note_present(seance=seance, presents=[], by=desk),
        lambda: seances.record_opinion(seance=seance, avis=avis, **GRADED, by=desk, now=NOW),
        lambda: seances.close_session(seance=seance, by=desk, now=NOW),
    ]
    for act in acts:
        with pytest.raises(Refused, match="Cette séance est close depuis le 16 novembre 2026"):
            act()
    assert (list(Seance.objects.values()), list(PointSeance.objects.values())) == before
    assert Document.objects.filter(modele="compte_rendu_seance").count() == 1


def test_the_minutes_of_a_file_tell_its_point_the_people_present_and_nothing_of_the_other_file() -> None:
    desk = guichet()
    codes = urps_codes()
    one, two = consulted_letter(desk=desk), consulted_letter(desk=desk, nom="CPTS des Rives")
    seance, (first, second) = agenda(desk, one, two)
    member = agent(codes[1])
    recuse(avis=avis_of(one, codes[1]), conflit="CANARI lien.", by=member, now=NOW)
    seances.record_opinion(seance=seance, avis=avis_of(one, codes[0]), **GRADED, by=desk, now=NOW)
    autre = {**GRADED, "commentaire": "CANARI de l’autre dossier."}
    seances.record_opinion(seance=seance, avis=avis_of(two, codes[2]), **autre, by=desk, now=NOW)
    give_opinion(one, agent(codes[3]), sens="defavorable")
    presents = [
        {"nom": "Alix Fictif", "organisation": codes[0], "qualite": "Titulaire", "deport": str(second.pk)},
        {"nom": "Sacha Fictif", "organisation": "", "qualite": "Invité", "deport": ""},
    ]
    seances.note_present(seance=seance, presents=presents, by=desk)
    seances.write_point(point=first, releve="Le territoire est discuté.", by=desk)
    seances.write_point(point=second, releve="CANARI relevé.", by=desk)
    seances.close_session(seance=seance, by=desk, now=NOW)
    paper = Document.objects.get(modele="compte_rendu_seance", dossier=one.dossier)
    told = plain(words(paper.contexte))
    names = {code: avis_of(one, code).organisation.nom for code in codes[:4]}
    for line in ("Alix Fictif", "Sacha Fictif", names[codes[0]], "Dit en séance.", "Le territoire est discuté."):
        assert line in told
    assert f"{names[codes[1]]} s’est déportée." in told
    assert not any("CANARI" in line or "Rives" in line or "ne prend pas part" in line for line in told)
    assert "Défavorable" not in told  # given in the portal, not in the session
    other = plain(words(Document.objects.get(modele="compte_rendu_seance", dossier=two.dossier).contexte))
    assert f"Alix Fictif, {names[codes[0]]}, ne prend pas part à ce point." in other
    render_due(now=NOW, limit=50)
    paper.refresh_from_db()
    assert paper.etat == "rendu", paper.erreur
    drawn = " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(paper.fichier.read())).pages)
    assert "Compte rendu de séance" in drawn


def test_an_opinion_is_recorded_only_for_a_file_of_the_agenda_from_the_day_of_the_session() -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk, quorum=0)
    avis = avis_of(lettre, urps_codes()[0])
    record = lambda seance: seances.record_opinion(seance=seance, avis=avis, **GRADED, by=desk, now=NOW)  # noqa: E731
    empty = seances.open_session(tenue_le=TODAY, lieu="", by=desk, now=NOW)
    with pytest.raises(Refused, match="Ce dossier n’est pas à l’ordre du jour"):
        record(empty)
    coming, _ = agenda(desk, lettre, tenue_le=TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="La séance a lieu le 17 novembre 2026"):
        record(coming)
    held, (point,) = agenda(desk, lettre)
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Oui."}, by=desk, now=NOW)
    with pytest.raises(Refused, match="La consultation est close"):
        record(held)
    avis.refresh_from_db()
    assert (avis.etat, avis.seance) == ("attendu", None)
    seances.remove_point(point=point, by=desk)
    assert seances.add_points(seance=held, consultations=[avis.consultation_id], by=desk) == 0


def test_what_the_session_gave_keeps_its_day_and_its_file_on_the_agenda() -> None:
    desk = guichet()
    lettre = consulted_letter(desk=desk)
    seance, (point,) = agenda(desk, lettre)
    seances.record_opinion(seance=seance, avis=avis_of(lettre, urps_codes()[0]), **GRADED, by=desk, now=NOW)
    with pytest.raises(Refused, match="il reste à l’ordre du jour"):
        seances.remove_point(point=point, by=desk)
    with pytest.raises(Refused, match="sa date ne change plus"):
        seances.edit_session(seance=seance, tenue_le=TODAY - timedelta(days=1), lieu="", notes="", by=desk)
    with pytest.raises(Refused, match="Notez d’abord qui était présent"):
        seances.close_session(seance=seance, by=desk, now=NOW)


def test_a_file_goes_up_the_agenda_and_the_first_stays() -> None:
    desk = guichet()
    letters = [consulted_letter(desk=desk, nom=f"CPTS {name}") for name in ("Un", "Deux", "Trois")]
    seance, points = agenda(desk, *letters)
    seances.move_up(point=points[2], by=desk)
    seances.move_up(point=points[0], by=desk)
    order = seance.points.order_by("ordre").values_list("consultation__lettre__dossier__nom", "ordre")
    assert list(order) == [("CPTS Un", 1), ("CPTS Trois", 2), ("CPTS Deux", 3)]


def test_a_body_sees_the_day_the_place_and_its_own_files_nobody_else_a_session() -> None:
    desk = guichet()
    code = urps_codes()[0]
    asked = consulted_letter(desk=desk)
    other = consulted_letter(desk=desk, nom="CPTS CANARI")
    Avis.objects.filter(consultation__lettre=other, organisation__code=code).delete()
    seance, (point, _) = agenda(desk, asked, other)
    seances.write_point(point=point, releve="CANARI relevé.", by=desk)
    seances.note_present(seance=seance, presents=[{"nom": "CANARI présent"}], by=desk)
    give_opinion(asked, agent(urps_codes()[1]), sens="defavorable")
    by = agent(code)
    client = agent_client(Client(), by.user)
    page = text(client.get(reverse("projects:seance", args=[seance.pk])))
    assert ("16 novembre 2026" in page, "Toulouse" in page, "CPTS des Coteaux" in page) == (True, True, True)
    assert ("CANARI" in page, "Défavorable" in page) == (False, False)
    listed = text(client.get(reverse("projects:seances")))
    assert re.search(r'data-label="Dossiers">1\s*<', listed)
    assert "séance du 16 novembre 2026" in text(client.get(reverse("projects:avis", args=[avis_of(asked, code).pk])))
    admin = agent("guichet-occitanie", droits=["administrer"])
    ars = agent("ars-occitanie")
    for stranger in (admin, ars):
        guest = agent_client(Client(), stranger.user)
        assert guest.get(reverse("projects:seance", args=[seance.pk])).status_code == 404
        assert "CANARI" not in text(guest.get(reverse("projects:seances")))
    for held in ("seance_modifier", "seance_ordre", "seance_presents", "seance_clore"):
        assert client.get(reverse(f"projects:{held}", args=[seance.pk])).status_code == 404
        assert client.post(reverse(f"projects:{held}", args=[seance.pk])).status_code == 404
    with pytest.raises(Refused, match="Seul le Guichet tient cette séance"):
        seances.write_point(point=point, releve="Volé.", by=by)
    with pytest.raises(Refused, match="Seul le Guichet tient des séances"):
        seances.open_session(tenue_le=TODAY, lieu="", by=admin, now=NOW)


def test_an_opinion_given_in_session_is_taken_back_by_its_body_and_its_draft_was_never_shown() -> None:
    desk = guichet()
    code = urps_codes()[0]
    lettre = consulted_letter(desk=desk)
    by = agent(code)
    client, hand = agent_client(Client(), by.user), agent_client(Client(), desk.user)
    avis = avis_of(lettre, code)
    client.post(reverse("projects:avis", args=[avis.pk]), {**GRID, "commentaire": "CANARI brouillon.", "acte": "x"})
    seance, _ = agenda(desk, lettre)
    page = reverse("projects:seance_avis", args=[seance.pk, avis.pk])
    assert "CANARI" not in text(hand.get(page)) + text(hand.get(reverse("projects:seance", args=[seance.pk])))
    hand.post(page, {**GRID, "commentaire": "Dit en séance."})
    assert "en séance du 16 novembre 2026" in text(client.get(reverse("projects:avis", args=[avis.pk])))
    assert client.post(reverse("projects:avis_reprendre", args=[avis.pk])).status_code == 302
    avis.refresh_from_db()
    assert (avis.etat, avis.seance, avis.commentaire) == ("brouillon", None, "Dit en séance.")
    assert Mandat.objects.filter(user=by.user).exists()


def test_the_pages_of_opinions_and_sessions_cost_the_same_queries_whatever_they_show() -> None:
    desk, codes = guichet(), urps_codes()
    by = agent(codes[0])
    letters = [consulted_letter(desk=desk, nom=f"CPTS {name}") for name in ("Un", "Deux", "Trois")]
    small, _ = agenda(desk, letters[0])
    large, _ = agenda(desk, *letters)
    for code in codes[1:4]:
        for lettre in letters:
            seances.record_opinion(seance=large, avis=avis_of(lettre, code), **GRADED, by=desk, now=NOW)
    people = [{"nom": f"Alix {n}", "organisation": code} for n, code in enumerate(codes)]
    seances.note_present(seance=large, presents=people, by=desk)
    hand, client = agent_client(Client(), desk.user), agent_client(Client(), by.user)
    one, two, three = (codes[0], codes[1], codes[3])
    pages = {
        "session": (hand, "seance", [[small.pk], [large.pk]]),
        "presents": (hand, "seance_presents", [[small.pk], [large.pk]]),
        "agenda": (client, "seance", [[small.pk], [large.pk]]),
        "opinion": (client, "avis", [[avis_of(lettre, one).pk] for lettre in letters]),
        "read": (hand, "avis", [[avis_of(letters[0], two).pk], [avis_of(letters[2], three).pk]]),
        "list": (hand, "seances", [[]]),
    }
    counts = {
        name: [_queries(who, reverse(f"projects:{page}", args=args)) for args in every]
        for name, (who, page, every) in pages.items()
    }
    assert all(len(set(found)) == 1 for found in counts.values()), counts
    assert max(found[0] for found in counts.values()) <= 20, counts
    assert counts["list"][0] <= 12


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
