"""The demonstration files: those still written or just deposited, and the hard cases of territory."""

from datetime import datetime

from accounts.models import Organisation
from dossiers.services.conseillers import invite_adviser
from portal.demonstration import comptes, projets, suivi
from portal.demonstration.comptes import AUTRES_PORTEURS, COMPTES, PORTEUR, create_member, create_porteur, days_ago
from portal.demonstration.ecriture import save_letter_answers, write_letter
from portal.demonstration.reponses import ASSOCIATION, COMMUNES, PERSONNES
from projects.services.depositing import deposit, withdraw
from projects.services.opening import open_letter
from projects.services.territoire import add_quartier

TOULOUSE = "31555"
QUARTIERS = (
    ("Quartiers nord", 98_000),
    ("Rive gauche", 91_000),
    ("Quartiers est", 76_000),
)
A_CHEVAL = ("31451", "31396", "81271", "81081", "11076")
"""Communes of Haute-Garonne, Tarn and Aude."""


def build(*, region: str, now: datetime) -> None:
    """Create the accounts and the files, as people would have made them over the last weeks."""
    porteur = create_porteur(PORTEUR, region=region, now=days_ago(now, 90))
    association = Organisation.objects.get(pk=porteur.organisation_id)
    agents = {}
    for compte in COMPTES:
        body = Organisation.objects.get(code=compte.organisation) if compte.organisation else association
        agents[compte.courriel] = create_member(compte, body, now=days_ago(now, 90))
    draft = write_letter(
        by=porteur,
        region=region,
        nom="CPTS des Coteaux",
        communes=COMMUNES,
        now=days_ago(now, 6),
        changes={"association": ASSOCIATION},
    )
    invite_adviser(dossier=draft.dossier, user=agents["guichet@demo.example"].user, by=porteur, now=days_ago(now, 5))

    vallees = create_porteur(AUTRES_PORTEURS[0], region=region, now=days_ago(now, 80))
    first = write_letter(
        by=vallees, region=region, nom="CPTS des Vallées", communes=("31396", "31582"), now=days_ago(now, 40)
    )
    deposit(lettre=first, by=vallees, now=days_ago(now, 30))
    cross = write_letter(
        by=vallees,
        region=region,
        nom="CPTS de la Montagne noire",
        communes=A_CHEVAL,
        now=days_ago(now, 20),
        demande=False,
    )
    deposit(lettre=cross, by=vallees, now=days_ago(now, 12))
    left = write_letter(by=vallees, region=region, nom="CPTS du Girou", communes=("31048",), now=days_ago(now, 60))
    deposit(lettre=left, by=vallees, now=days_ago(now, 55))
    withdraw(lettre=left, motif="Le projet rejoint celui de la communauté voisine.", by=vallees, now=days_ago(now, 50))
    _toulouse(region=region, now=now)
    projets.build(suivi.build(agents=agents, region=region, now=now))
    comptes.create_person(AUTRES_PORTEURS[4], now=now)


def _toulouse(*, region: str, now: datetime) -> None:
    """Three communities inside one commune: one deposited, one ready, one just begun."""
    for rank, (compte, (quartier, population)) in enumerate(zip(AUTRES_PORTEURS[1:4], QUARTIERS, strict=True)):
        by = create_porteur(compte, region=region, now=days_ago(now, 45))
        when = days_ago(now, 25 - rank)
        nom = f"CPTS Toulouse {quartier.lower()}"
        if rank == 2:
            lettre = open_letter(nom_cpts=nom, nom_association="", by=by, region=region, now=when)
            save_letter_answers(
                lettre, "personnes", {**PERSONNES, "representant_courriel": compte.courriel}, by=by, now=when
            )
        else:
            lettre = write_letter(by=by, region=region, nom=nom, communes=(), now=when)
        add_quartier(
            etape=lettre,
            code=TOULOUSE,
            nom=quartier,
            population=population,
            source="Recensement par IRIS additionnés, chiffre de démonstration",
            motif="Bassin de vie des professionnels et des habitants du quartier.",
            by=by,
            now=when,
        )
        if rank == 0:
            deposit(lettre=lettre, by=by, now=days_ago(now, 10))
