"""Asking the bodies: whom, until when, with which quorum; reminding them; asking again."""

from datetime import date, timedelta

import pytest

from accounts.models import Envoi, Organisation
from dossiers.models import AccesDossier
from guichet.kernel.lifecycle import Refused
from projects.models import Avis, Consultation
from projects.services.consulting import open_consultation, remind, reopen_consultation
from projects.services.synthesis import give_synthesis
from tests.factories.accounts import NOW
from tests.factories.bodies import agent, guichet, urps_codes
from tests.factories.projects import consulted_letter, deposited_letter, fresh, give_opinion, porteur
from tests.projects.rows import plain

pytestmark = pytest.mark.django_db


def bodies(*codes: str) -> list[Organisation]:
    return list(Organisation.objects.filter(code__in=codes).order_by("code"))


def test_each_body_asked_opens_the_file_and_is_told_until_when() -> None:
    people = {code: agent(code) for code in [*urps_codes()[:2], "cpam-31"]}
    lettre = deposited_letter()
    open_consultation(
        lettre=lettre, organisations=bodies(*people), limite_le=date(2026, 12, 1), quorum=2, by=guichet(), now=NOW
    )
    assert sorted(AccesDossier.objects.values_list("organisation__code", flat=True)) == sorted(people)
    mails = Envoi.objects.filter(sujet__startswith="Votre avis est demandé")
    assert sorted(mails.values_list("user", flat=True)) == sorted(by.user.pk for by in people.values())
    told = Envoi.objects.get(sujet__startswith="Votre lettre est soumise aux URPS")
    assert "jusqu’au 1er décembre 2026" in plain(told.texte)


@pytest.mark.parametrize(
    ("codes", "limite_le", "quorum", "sentence"),
    [
        ([], date(2026, 12, 1), 0, "Consultez au moins une URPS."),
        (["cpam-31"], date(2026, 12, 1), 0, "Consultez au moins une URPS."),
        (["URPS", "cpam-13"], date(2026, 12, 1), 0, "n’est pas compétent sur le territoire"),
        (["URPS"], date(2026, 11, 16), 0, "La date limite est à venir"),
        (["URPS"], date(2026, 12, 1), 2, "ne peut pas dépasser le nombre d’URPS consultées \\(1\\)"),
        (["URPS"], date(2026, 12, 1), -1, "ne peut pas dépasser"),
    ],
)
def test_what_cannot_be_opened_is_refused_and_asks_nobody(codes, limite_le, quorum, sentence) -> None:
    Organisation.objects.get_or_create(
        code="cpam-13", defaults={"genre": "cpam", "nom": "CPAM 13", "region": "76", "departements": ["13"]}
    )
    wanted = bodies(*[urps_codes()[0] if code == "URPS" else code for code in codes])
    lettre = deposited_letter()
    with pytest.raises(Refused, match=sentence):
        open_consultation(
            lettre=lettre, organisations=wanted, limite_le=limite_le, quorum=quorum, by=guichet(), now=NOW
        )
    assert (fresh(lettre).etat, Avis.objects.count(), AccesDossier.objects.count()) == ("deposee", 0, 0)


def test_only_those_who_have_not_answered_are_reminded_once_a_day() -> None:
    desk = guichet()
    answered, silent = agent(urps_codes()[0]), agent(urps_codes()[1])
    lettre = consulted_letter(desk=desk)
    give_opinion(lettre, answered)
    held = Consultation.objects.select_related("lettre__dossier__association").get()
    assert remind(consultation=held, by=desk, now=NOW + timedelta(days=1)) == 13
    told = Envoi.objects.filter(sujet__startswith="Rappel")
    assert list(told.values_list("user", flat=True)) == [silent.user.pk]
    with pytest.raises(Refused, match="Un rappel est déjà parti le 17 novembre 2026."):
        remind(consultation=held, by=desk, now=NOW + timedelta(days=2, seconds=-1))
    remind(consultation=held, by=desk, now=NOW + timedelta(days=2))
    held.refresh_from_db()
    assert (held.relances, told.count()) == (2, 2)


def test_a_consultation_reopened_keeps_what_was_answered_and_asks_the_others_again() -> None:
    desk = guichet()
    answered, silent = agent(urps_codes()[0]), agent(urps_codes()[1])
    lettre = consulted_letter(desk=desk, quorum=0)
    give_opinion(lettre, answered)
    give_synthesis(lettre=lettre, sens="favorable", synthese={"conclusion": "Oui."}, by=desk, now=NOW)
    with pytest.raises(Refused, match="Dites pourquoi"):
        reopen_consultation(lettre=lettre, motif=" ", limite_le=date(2026, 12, 20), by=desk, now=NOW)
    reopen_consultation(lettre=lettre, motif="Une pièce nouvelle.", limite_le=date(2026, 12, 20), by=desk, now=NOW)
    held = Consultation.objects.get()
    assert (held.sens, held.rendue_at, held.synthese) == ("", None, {"conclusion": "Oui.", "sens": "favorable"})
    assert Avis.objects.filter(etat="rendu").count() == 1
    assert Envoi.objects.filter(sujet__startswith="Votre avis est demandé", user=silent.user).count() == 2
    assert Envoi.objects.filter(sujet__startswith="Votre avis est demandé", user=answered.user).count() == 1


def test_sent_back_and_deposited_again_a_letter_is_consulted_like_any_other() -> None:
    by, desk = porteur(), guichet()
    lettre = deposited_letter(by)
    with pytest.raises(Refused, match="Vous n’avez pas le droit"):
        open_consultation(
            lettre=lettre,
            organisations=bodies(urps_codes()[0]),
            limite_le=date(2026, 12, 1),
            quorum=0,
            by=by,
            now=NOW,
        )
    open_consultation(
        lettre=lettre, organisations=bodies(*urps_codes()), limite_le=date(2026, 12, 1), quorum=10, by=desk, now=NOW
    )
    assert lettre.evenements.get(action="ouvrir_consultation").donnees == {
        "limite_le": "2026-12-01",
        "quorum": 10,
        "organismes": 10,
    }
