"""Every address that takes a POST × every role that may not: the answer is a refusal, and nothing changes."""

from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.urls import reverse

from tests.factories.paper import scan
from tests.permissions.cast import ROLES, Cast
from tests.permissions.files import File
from tests.permissions.readers import ANSWER_A_POST_ONLY, ARS, DEPOSITOR, HANDLERS, INSIDE, OWN, READERS, SENT

pytestmark = pytest.mark.django_db

CRITERES = {
    f"{code}_{part}": value
    for code in ("territoire", "besoins", "mobilisation", "projet")
    for part, value in (("note", "satisfaisant"), ("commentaire", "volé"))
}
DATA: dict[str, Any] = {
    "version": "0",
    "population": "volé",
    "montant": "1",
    "motif": "volé",
    "motivation": "volé",
    "motifs": "volé",
    "conflit": "volé",
    "texte": "volé",
    "sujet": "volé",
    "releve": "volé",
    "notes": "volé",
    "reponse": "volé",
    "apres": "volé",
    "conclusion": "volé",
    "sens": "favorable",
    "acte": "rendre",
    "exact": "oui",
    "genre": "autre",
    "nature": "concurrent",
    "audience": "organisme",
    "limite_le": "2026-12-20",
    "quorum": "0",
    "organismes": ["cpam-31"],
    "tenue_le": "2026-11-16",
    "lieu": "volé",
    "titulaire": "",
    "suppleant": "",
    "vu_titulaire": "",
    "vu_suppleant": "",
    "conseiller": "1",
    "user": "1",
    "jeton": "0b0a7a3c-9d5e-4a55-8a3f-3f0c6f6b1f11",
    "departement": "09",
    "code": "31396",
    **CRITERES,
}
"""What a forger sends everywhere: more than any form reads."""

OF_THE_DESK = tuple(
    f"projects:{act}" for act in ("consulter", "relancer", "synthese", "transmettre", "saisir_ars", "rectif", "retirer")
)
OF_THE_ARS = tuple(
    f"projects:{act}" for act in ("valider", "refuser", "accorder", "papier", "confirmer", "avis avis_am", "rectif")
)
READ_ONLY = {
    "projects:journal",
    "projects:dossier",
    "projects:precisions",
    "projects:lettre",
    "projects:seance",
    "projects:verifier",
    "projects:territoire",
    "funding:demande",
    "dossiers:piece",
    "dossiers:document",
    "dossiers:decision",
    "dossiers:echanges",
    "dossiers:fichier_message",
    "dossiers:repondre",
}
"""They take no POST: 405, or 404."""

MAY: dict[str, set[str]] = {
    "projects:deposer": OWN,
    "projects:retirer_conseiller": OWN,
    "projects:territoire_ajouter": OWN,
    "projects:territoire_retirer": OWN,
    "projects:territoire_quartier": OWN,
    "projects:territoire_pilote": OWN,
    "funding:reporter": OWN,
    "dossiers:prendre": HANDLERS | SENT | {"urps"},
    "dossiers:refaire": {"admin"},
    "projects:seance_monter": HANDLERS,
    "dossiers:pieces": OWN,
    "funding:section": OWN,
    "projects:avis": {"urps"},
    "projects:avis avis_cpam": {"cpam"},
    "projects:avis avis_msa": {"msa"},
    "projects:avis avis_elsm": {"elsm"},
    "projects:avis avis_dd_ars": {"dd_ars"},
    "projects:avis avis_am": {"cpam"},
    "projects:avis avis_abstention": set(),
    "projects:avis avis_deport": set(),
    "projects:rectification rectification_proposee": HANDLERS | ARS,
    "projects:rectification rectification_acceptee": set(),
}
"""Who may write, where it is not everybody who reads the page."""


def changes() -> dict[str, int]:
    """A mark of every row of what a file is made of, however it changed: the version PostgreSQL gives it."""
    found = {}
    for app in ("accounts", "dossiers", "funding", "projects"):
        for model in apps.get_app_config(app).get_models():
            rows = model._default_manager.extra(select={"mark": "xmin::text || ctid::text"}).order_by("pk")
            found[model._meta.label] = hash(tuple(rows.values_list("pk", "mark")))
    return found


WHERE = {
    "brouillon": (ROLES, ("projects:", "funding:", "dossiers:")),
    "en_consultation": (INSIDE, ("projects:avis", "projects:seance", *OF_THE_DESK)),
    "transmise": (INSIDE, ("funding:", "dossiers:", *OF_THE_ARS)),
}
"""Each act where its state lets it be: only the role stands in the way. And everything on a draft."""


@pytest.mark.parametrize("state", list(WHERE))
def test_nobody_else_writes_anything_by_a_forged_post(state: str) -> None:
    file = File(Cast(), state)
    before = changes()
    roles, acts = WHERE[state]
    for address in sorted({*READERS, *ANSWER_A_POST_ONLY}):
        if not address.startswith(acts):
            continue
        by_state, name = READERS.get(address, {}), address.partition(" ")[0]
        if (by_state and state not in by_state) or name in ("dossiers:refaire",):
            continue
        if name == "projects:seance_monter" and state == "brouillon":
            continue
        may = MAY.get(address, set() if name in READ_ONLY else by_state.get(state, OWN))
        wrong = []
        for role in sorted(set(roles) - may):
            data = {**DATA, "fichier": scan(), "scan": scan()}
            with mock.patch("django.template.backends.django.Template.render", return_value=""):
                status = file.cast.clients[role].post(file.url(address), data).status_code
            if status not in ({302} if role == "anonyme" else {403, 404, 405, 409}):
                wrong.append((address, role, status))
        assert wrong == []
        assert changes() == before, address


def test_a_member_without_the_right_neither_deposits_nor_withdraws() -> None:
    file = File(Cast(), "brouillon")
    before = changes()
    for role in OWN - DEPOSITOR:
        for address in ("projects:deposer", "projects:retirer", "funding:retirer"):
            assert file.cast.clients[role].post(file.url(address), DATA).status_code in (403, 404, 409), address
    assert changes() == before


def test_lists_keep_no_view_and_nothing_is_opened_by_who_may_not() -> None:
    cast = Cast()
    before = changes()
    for name, may in (
        ("projects:seance_nouvelle", HANDLERS | {"guichet_autre_region"}),
        ("projects:papier", HANDLERS | ARS | {"dd_ars_ailleurs", "guichet_autre_region"}),
        ("projects:papier_lettre", HANDLERS | ARS | {"dd_ars_ailleurs", "guichet_autre_region"}),
        ("dossiers:reaffecter", {*HANDLERS, *SENT, "urps", "dd_ars_ailleurs", "guichet_autre_region"}),
    ):
        for role in sorted(set(ROLES) - may - {"anonyme"}):
            assert cast.clients[role].post(reverse(name), DATA).status_code in (404, 409), (name, role)
    assert changes() == before
