"""Threads of a file: who reads which, who may begin one, what a message does; nothing of it goes elsewhere."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from accounts.acteur import Acteur
from accounts.models import Envoi, Membership, Organisation
from accounts.services.mails import send_due
from dossiers.models import AccesDossier, Dossier, Fil, LectureFil, Message, PieceMessage
from dossiers.selectors.echanges import (
    fichiers_visible_to,
    fils_visible_to,
    open_audiences,
    summary_of,
    unread_count,
)
from dossiers.services import echanges
from dossiers.services.conseillers import invite_adviser, remove_adviser
from dossiers.services.echanges import AlreadySent, Ecrit, mark_read, open_thread, post_message
from dossiers.states import MotifAcces, Visibilite
from guichet.kernel.lifecycle import Refused
from guichet.kernel.uploads import FileRefused, FileTooLarge
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, acteur
from tests.factories.bodies import agent, guichet
from tests.factories.dossiers import DossierFactory, porteur
from tests.factories.paper import PNG

pytestmark = pytest.mark.django_db
CANARY = "CANARI-51D8"
PG, PA, AA, NOTES = "porteur_guichet", "porteur_ars", "ars_am", "organisme"


def ecrit(texte: str = "Bonjour.", **more: Any) -> Ecrit:
    return Ecrit(texte=texte, jeton=more.pop("jeton", None) or uuid.uuid4(), **more)


def begin(dossier: Dossier, audience: str, by: Acteur, *, sujet: str = "Une question", **more: Any) -> Fil:
    now = more.pop("now", NOW)
    return open_thread(dossier=dossier, audience=audience, sujet=sujet, ecrit=ecrit(**more), by=by, now=now)


def png(nom: str = "plan.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, PNG, content_type="text/html")


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Any) -> Any:
    folder = {"location": tmp_path, "base_url": None}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": folder}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return tmp_path


@pytest.fixture
def dossier() -> Dossier:
    """A file of Haute-Garonne sent to the ARS and the Assurance Maladie."""
    return DossierFactory(depose=True, visibilite=Visibilite.ARS, departements=["31"], departement_pilote_id="31")


@pytest.fixture
def cast(dossier: Dossier) -> dict[str, Acteur]:
    consulted = agent("urps-infirmiers-occitanie")
    asked = [consulted.organisation_id, Organisation.objects.get(code="dd-ars-48").pk]
    for pk in asked:
        AccesDossier.objects.create(dossier=dossier, organisation_id=pk, motif=MotifAcces.CONSULTATION, created_at=NOW)
    left = MembershipFactory(organisation=dossier.association, debut_le=date(2026, 1, 1), fin_le=date(2026, 2, 1))
    elsewhere = OrganisationFactory(genre="guichet", code="guichet-ailleurs", region="93")
    return {
        "porteur": porteur(dossier),
        "lecteur": porteur(dossier, droits=[]),
        "guichet": guichet(),
        "ars": agent("ars-occitanie"),
        "dd_ars": agent("dd-ars-31"),
        "cpam": agent("cpam-31"),
        "msa": agent("msa-midi-pyrenees-sud"),
        "elsm": agent("elsm-31"),
        "urps": consulted,
        "dd_ars_consultee_ailleurs": agent("dd-ars-48"),
        "dd_ars_ailleurs": agent("dd-ars-81"),
        "administrateur": agent("guichet-occitanie", droits=["administrer"]),
        "guichet_autre_region": acteur(MembershipFactory(organisation=elsewhere)),
        "autre_association": porteur(DossierFactory()),
        "ancien_membre": Acteur(left.user),
    }


def told() -> set[int | None]:
    """Whom the mails written so far are for."""
    return set(Envoi.objects.values_list("user", flat=True).order_by("pk"))


def readers(cast: dict[str, Acteur], fil: Fil) -> set[str]:
    return {role for role, person in cast.items() if fils_visible_to(person).filter(pk=fil.pk).exists()}


# --- Who reads which ------------------------------------------------------------------------------------

READERS = {
    (PG, "porteur"): {"porteur", "lecteur", "guichet"},
    (PA, "porteur"): {"porteur", "lecteur", "ars", "dd_ars"},
    (AA, "dd_ars"): {"ars", "dd_ars", "cpam", "msa", "elsm"},
    (NOTES, "guichet"): {"guichet"},
    (NOTES, "dd_ars"): {"dd_ars"},
    (NOTES, "dd_ars_consultee_ailleurs"): {"dd_ars_consultee_ailleurs"},
    (NOTES, "cpam"): {"cpam"},
    (NOTES, "urps"): {"urps"},
}


@pytest.mark.parametrize(("audience", "author"), READERS)
def test_a_thread_its_files_and_its_mails_reach_its_audience_and_nobody_else(
    dossier: Dossier, cast: dict[str, Acteur], audience: str, author: str
) -> None:
    expected = READERS[audience, author]
    fil = begin(dossier, audience, cast[author], sujet=f"{CANARY} sujet", texte=f"{CANARY} texte", fichiers=[png()])
    assert readers(cast, fil) == expected
    by_file = {role for role, person in cast.items() if fichiers_visible_to(person).exists()}
    assert by_file == expected
    counted = {role for role, person in cast.items() if unread_count(dossier, acteur=person)}
    assert counted == expected - {author}
    colleagues = {dossier.created_by_id} if "porteur" in expected else set()
    assert told() <= {cast[role].user.pk for role in expected - {author}} | colleagues


def test_nobody_reads_a_thread_without_a_capacity(dossier: Dossier, cast: dict[str, Acteur]) -> None:
    begin(dossier, PG, cast["porteur"])
    assert fils_visible_to(None).count() == 0
    assert fils_visible_to(Acteur(cast["porteur"].user)).count() == 0


def test_the_ars_asked_for_money_alone_talks_with_the_association_and_reads_nothing_of_the_assurance_maladie() -> None:
    dossier = DossierFactory(depose=True, departements=["31"], departement_pilote_id="31")
    by, funder = porteur(dossier), agent("ars-occitanie")
    assert open_audiences(by, dossier) == {PG: True, PA: False}
    with pytest.raises(Refused, match="L’ARS ne lit pas encore"):
        begin(dossier, PA, by)
    AccesDossier.objects.create(
        dossier=dossier, organisation_id=funder.organisation_id, motif=MotifAcces.FINANCEUR, created_at=NOW
    )
    fil = begin(dossier, PA, by)
    assert list(fils_visible_to(funder)) == [fil]
    assert open_audiences(funder, dossier) == {PA: True, AA: False, NOTES: True}
    assert fils_visible_to(agent("dd-ars-31")).count() == 0


def test_a_file_that_moves_takes_its_threads_along_but_not_the_notes_of_a_body(
    dossier: Dossier, cast: dict[str, Acteur]
) -> None:
    talk = begin(dossier, AA, cast["dd_ars"])
    notes = begin(dossier, NOTES, cast["dd_ars"])
    Dossier.objects.filter(pk=dossier.pk).update(departements=["81"], departement_pilote="81")
    assert readers(cast, talk) == {"ars", "dd_ars_ailleurs"}
    assert readers(cast, notes) == set()
    Envoi.objects.all().delete()
    dossier.refresh_from_db()
    post_message(fil=talk, ecrit=ecrit(), by=cast["dd_ars_ailleurs"], now=NOW)
    assert cast["dd_ars"].user.pk not in told()


# --- Who may begin one ----------------------------------------------------------------------------------


def test_each_person_may_begin_the_threads_of_its_audiences_and_no_other(
    dossier: Dossier, cast: dict[str, Acteur]
) -> None:
    found = {role: set(open_audiences(person, dossier)) for role, person in cast.items()}
    assert found == {
        "porteur": {PG, PA},
        "lecteur": set(),
        "guichet": {PG, NOTES},
        "ars": {PA, AA, NOTES},
        "dd_ars": {PA, AA, NOTES},
        "cpam": {AA, NOTES},
        "msa": {AA, NOTES},
        "elsm": {AA, NOTES},
        "urps": {NOTES},
        "dd_ars_consultee_ailleurs": {PA, AA, NOTES},
        "dd_ars_ailleurs": set(),
        "administrateur": set(),
        "guichet_autre_region": set(),
        "autre_association": set(),
        "ancien_membre": set(),
    }
    usable = {role for role, person in cast.items() if any(open_audiences(person, dossier).values())}
    assert usable == {role for role, audiences in found.items() if audiences}
    assert open_audiences(cast["dd_ars_consultee_ailleurs"], dossier) == {PA: False, AA: False, NOTES: True}


def test_nobody_begins_or_writes_in_a_thread_that_is_not_its_own(dossier: Dossier, cast: dict[str, Acteur]) -> None:
    fil = begin(dossier, PG, cast["porteur"])
    for role in sorted(set(cast) - {"porteur", "guichet"}):
        with pytest.raises(Refused):
            post_message(fil=fil, ecrit=ecrit(), by=cast[role], now=NOW)
        with pytest.raises(Refused):
            begin(dossier, PG, cast[role])
    assert Message.objects.count() == 1


def test_a_draft_is_talked_about_with_the_adviser_it_invited_and_with_nobody_else() -> None:
    dossier = DossierFactory()
    by, adviser, colleague = porteur(dossier), guichet(), guichet()
    with pytest.raises(Refused, match="invitez un de ses conseillers"):
        begin(dossier, PG, by)
    invite_adviser(dossier=dossier, user=adviser.user, by=by, now=NOW)
    Envoi.objects.all().delete()
    fil = begin(dossier, PG, by)
    assert told() == {adviser.user.pk, dossier.created_by_id}
    assert [fils_visible_to(person).count() for person in (by, adviser, colleague)] == [1, 1, 0]
    post_message(fil=fil, ecrit=ecrit(), by=adviser, now=NOW)
    remove_adviser(dossier=dossier, user_id=adviser.user.pk, by=by, now=NOW)
    Envoi.objects.all().delete()
    post_message(fil=fil, ecrit=ecrit("Encore nous."), by=by, now=NOW)
    assert told() == {dossier.created_by_id}
    assert [fils_visible_to(person).count() for person in (by, adviser)] == [1, 0]


# --- What a message does --------------------------------------------------------------------------------


def test_the_mail_says_that_there_is_a_message_and_nothing_of_it(
    dossier: Dossier, cast: dict[str, Acteur], mailoutbox: list[Any]
) -> None:
    begin(
        dossier, PG, cast["porteur"], sujet=f"{CANARY} sujet", texte=f"{CANARY} texte", fichiers=[png(f"{CANARY}.png")]
    )
    assert told() == {cast["guichet"].user.pk, dossier.created_by_id}
    envoi = Envoi.objects.get(user=cast["guichet"].user)
    assert envoi.categorie == "echanges"
    assert envoi.sujet == f"Nouveau message\u00a0: {dossier.nom} ({dossier.reference})"
    assert envoi.url == f"/echanges/{Fil.objects.get().pk}/"
    assert CANARY not in envoi.sujet + envoi.texte + envoi.html
    send_due(now=NOW)
    assert CANARY not in str(mailoutbox[0].message())


def test_who_wrote_is_told_of_the_answers_until_it_leaves(dossier: Dossier, cast: dict[str, Acteur]) -> None:
    fil = begin(dossier, AA, cast["msa"])
    Envoi.objects.all().delete()
    post_message(fil=fil, ecrit=ecrit(), by=cast["dd_ars"], now=NOW)
    assert told() == {cast["cpam"].user.pk, cast["msa"].user.pk}
    Membership.objects.filter(user=cast["msa"].user).update(fin_le=NOW.date())
    Envoi.objects.all().delete()
    post_message(fil=fil, ecrit=ecrit(), by=cast["dd_ars"], now=NOW)
    assert told() == {cast["cpam"].user.pk}


def test_a_note_is_told_to_colleagues_only(dossier: Dossier, cast: dict[str, Acteur]) -> None:
    colleague = agent("cpam-31")
    begin(dossier, NOTES, cast["cpam"])
    assert told() == {colleague.user.pk}


def test_the_side_that_owes_an_answer_owes_it_until_it_writes(dossier: Dossier, cast: dict[str, Acteur]) -> None:
    fil = begin(dossier, PG, cast["guichet"], attend_reponse=True)
    owed = [fil.attend_reponse_de]
    for who, asks in (("guichet", False), ("porteur", False), ("porteur", True), ("guichet", True)):
        post_message(fil=fil, ecrit=ecrit(f"De {who}.", attend_reponse=asks), by=cast[who], now=NOW)
        owed.append(Fil.objects.get().attend_reponse_de)
    assert owed == ["porteur", "porteur", "", "guichet", "porteur"]


def test_notes_wait_for_nobody(dossier: Dossier, cast: dict[str, Acteur]) -> None:
    begin(dossier, NOTES, cast["urps"], attend_reponse=True)
    assert (Fil.objects.get().attend_reponse_de, Message.objects.get().attend_reponse) == ("", False)


def test_a_message_keeps_who_spoke_in_which_capacity_and_when(dossier: Dossier, cast: dict[str, Acteur]) -> None:
    begin(dossier, PG, cast["guichet"], texte="  Première ligne.\r\nSeconde.  ")
    message = Message.objects.get()
    assert message.texte == "Première ligne.\nSeconde."
    assert (message.auteur, message.created_at) == (cast["guichet"].user, NOW)
    assert message.qualite == "Chargée de mission, Guichet CPTS Occitanie"
    assert message.organisation_id == cast["guichet"].organisation_id


def test_what_was_said_and_to_whom_is_never_changed(dossier: Dossier, cast: dict[str, Acteur]) -> None:
    begin(dossier, PG, cast["porteur"], fichiers=[png()])
    for change in (
        lambda: Message.objects.update(texte="autre"),
        lambda: PieceMessage.objects.update(nom="autre.png"),
        lambda: PieceMessage.objects.all().delete(),
        lambda: Fil.objects.update(audience=PA),
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()


def test_what_is_new_is_counted_for_each_person_until_it_is_read(dossier: Dossier, cast: dict[str, Acteur]) -> None:
    first = begin(dossier, PG, cast["porteur"], sujet="Premier")
    begin(dossier, PG, cast["guichet"], sujet="Second", now=NOW + timedelta(hours=1))
    assert [unread_count(dossier, acteur=cast[role]) for role in ("porteur", "lecteur", "guichet")] == [1, 2, 1]
    mark_read(fil=first, by=cast["guichet"])
    mark_read(fil=first, by=cast["guichet"])
    assert unread_count(dossier, acteur=cast["guichet"]) == 0
    post_message(fil=first, ecrit=ecrit(), by=cast["porteur"], now=NOW + timedelta(hours=2))
    summary = summary_of(dossier, acteur=cast["guichet"])
    assert (summary.non_lus, [fil.sujet for fil in summary.derniers]) == (1, ["Premier", "Second"])
    assert LectureFil.objects.filter(user=cast["guichet"].user).count() == 2


def test_a_message_that_came_while_the_page_was_read_stays_new(dossier: Dossier, cast: dict[str, Acteur]) -> None:
    loaded = begin(dossier, PG, cast["porteur"])
    again = Fil.objects.get(pk=loaded.pk)
    post_message(fil=again, ecrit=ecrit(), by=cast["porteur"], now=NOW + timedelta(seconds=1))
    mark_read(fil=loaded, by=cast["guichet"])
    assert unread_count(dossier, acteur=cast["guichet"]) == 1


# --- Sent twice, and bad input --------------------------------------------------------------------------


def test_a_page_sent_twice_sends_one_message(dossier: Dossier, cast: dict[str, Acteur], storage: Any) -> None:
    opened = {"sujet": "Une fois", "texte": "Bonjour.", "jeton": uuid.uuid4()}
    fil = begin(dossier, PG, cast["porteur"], **opened, fichiers=[png()])
    assert begin(dossier, PG, cast["porteur"], **opened, fichiers=[png()]) == fil
    jeton = uuid.uuid4()
    said = [post_message(fil=fil, ecrit=ecrit("Merci.", jeton=jeton), by=cast["guichet"], now=NOW).pk for _ in range(2)]
    assert said[0] == said[1]
    assert (Fil.objects.count(), Message.objects.count(), PieceMessage.objects.count()) == (1, 2, 1)
    assert Envoi.objects.filter(user__in=[cast["guichet"].user, cast["porteur"].user]).count() == 2
    assert len([path for path in storage.rglob("*") if path.is_file()]) == 1


def test_another_text_from_the_same_page_is_told_and_not_lost_unsaid(dossier: Dossier, cast: dict[str, Acteur]) -> None:
    jeton = uuid.uuid4()
    fil = begin(dossier, PG, cast["porteur"], jeton=jeton)
    with pytest.raises(AlreadySent, match="déjà parti"):
        post_message(fil=fil, ecrit=ecrit("Autre chose.", jeton=jeton), by=cast["porteur"], now=NOW)
    with pytest.raises(AlreadySent):
        post_message(fil=fil, ecrit=ecrit(jeton=jeton), by=cast["guichet"], now=NOW)
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"texte": " \r\n "}, "Écrivez un message."),
        ({"texte": "a" * 10_001}, "trop long"),
        ({"fichiers": [png() for _ in range(6)]}, "au plus 5 fichiers"),
        ({"sujet": "  "}, "Donnez un sujet"),
        ({"sujet": "a" * 161}, "Donnez un sujet"),
    ],
)
def test_bad_input_is_refused_with_its_sentence(
    dossier: Dossier, cast: dict[str, Acteur], written: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        begin(dossier, PG, cast["porteur"], **written)
    assert Fil.objects.count() == 0


def test_a_refused_file_leaves_neither_message_nor_bytes(
    dossier: Dossier, cast: dict[str, Acteur], storage: Any, settings: Any
) -> None:
    with pytest.raises(FileRefused):
        begin(dossier, PG, cast["porteur"], fichiers=[png(), SimpleUploadedFile("a.pdf", b"MZ program")])
    settings.UPLOAD_MAX_BYTES = 2 * len(PNG) - 1
    with pytest.raises(FileTooLarge, match="Ensemble"):
        begin(dossier, PG, cast["porteur"], fichiers=[png(), png()])
    assert (Message.objects.count(), [path for path in storage.rglob("*") if path.is_file()]) == (0, [])


def test_the_bytes_go_when_the_message_cannot_be_written(
    dossier: Dossier, cast: dict[str, Acteur], storage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(echanges, "message_posted", fails)
    with pytest.raises(RuntimeError):
        begin(dossier, PG, cast["porteur"], fichiers=[png()])
    assert (Message.objects.count(), [path for path in storage.rglob("*") if path.is_file()]) == (0, [])
