"""`manage.py echeance`: compute a legal date from the facts, with its explanation. No database, no server."""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import Error
from django.utils import timezone

from guichet.kernel import instant
from guichet.kernel.civil import civil_day, date_longue, read_day
from guichet.kernel.deadlines import Echeance, Ledger, PieceDemandee, Regime, compute, require_plausible
from guichet.kernel.explanations import explain

USAGE = (
    "manage.py echeance --recu AAAA-MM-JJ [--regime acceptation|rejet]"
    " [--piece DEMANDEE:[RECUE][:LIMITE]]… [--utile DEMANDEE:[RECUE]]… [--au AAAA-MM-JJ] [--json]"
)


class Command(BaseCommand):
    """Prints the dates and their explanation; `--json` for a machine.

    Bad input: one French sentence on standard error, exit code 1.
    """

    help = "Calcule le dernier jour et l’échéance d’un délai de deux mois, et les explique."
    requires_system_checks = []
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """The usual parser, but an option it does not know is answered in French, with exit code 1."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = lambda message: self._refuse(  # type: ignore[method-assign]
            f"Une option est inconnue ou n’a pas de valeur. Usage\u00a0: {USAGE}"
        )
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recu", metavar="JOUR", help="jour de réception (AAAA-MM-JJ), à Paris")
        parser.add_argument("--regime", default=Regime.ACCEPTATION.value, help="acceptation (défaut) ou rejet")
        parser.add_argument(
            "--piece",
            action="append",
            default=[],
            metavar="DEMANDEE:[RECUE][:LIMITE]",
            help="pièce exigée par un texte\u00a0; répétable",
        )
        parser.add_argument(
            "--utile",
            action="append",
            default=[],
            metavar="DEMANDEE:[RECUE]",
            help="pièce utile, qu’aucun texte n’exige\u00a0; répétable",
        )
        parser.add_argument("--au", metavar="JOUR", help="jour où l’on se place (défaut\u00a0: aujourd’hui, à Paris)")
        parser.add_argument("--json", action="store_true", help="réponse en JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            echeance = compute(_ledger(options))
            au = read_day(options["au"]) if options["au"] is not None else _today()
            require_plausible(au)
        except ValueError as error:
            self._refuse(str(error))
        answer = _answer(echeance, au)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(echeance, answer)))

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(1)


def _today() -> date:
    """The portal's day; without a database, which this command does not need, the real one."""
    try:
        return civil_day(instant.current())
    except Error:
        return civil_day(timezone.now())


def _ledger(options: dict[str, Any]) -> Ledger:
    if options["recu"] is None:
        raise ValueError(f"Indiquez le jour de réception. Usage\u00a0: {USAGE}")
    if options["regime"] not in list(Regime):
        raise ValueError("Le régime est acceptation ou rejet.")
    pieces = [_piece(text, requise=True) for text in options["piece"]]
    pieces += [_piece(text, requise=False) for text in options["utile"]]
    return Ledger(regime=Regime(options["regime"]), recu_le=read_day(options["recu"]), pieces=tuple(pieces))


def _piece(text: str, *, requise: bool) -> PieceDemandee:
    """`ASKED:[ANSWERED][:LIMIT]`; a useful piece has no limit, since nothing depends on it."""
    asked, *others = text.split(":")
    if not 1 <= len(others) <= (2 if requise else 1):
        form = "DEMANDEE:[RECUE][:LIMITE]" if requise else "DEMANDEE:[RECUE]"
        raise ValueError(f"La pièce «\u00a0{text}\u00a0» n’est pas lisible. Écrivez {form}, par exemple 2026-09-20:.")
    answered, limit = ([read_day(part) if part else None for part in others] + [None])[:2]
    return PieceDemandee(demandee_le=read_day(asked), recue_le=answered, limite_le=limit, requise=requise)


def _answer(echeance: Echeance, au: date) -> dict[str, Any]:
    dates = {
        "recu_le": echeance.ledger.recu_le,
        "au": au,
        "origine": echeance.origine,
        "dernier_jour_sur": echeance.dernier_jour_sur,
        "dernier_jour": echeance.dernier_jour,
        "echeance_le": echeance.echeance_le,
        "consolidation_le": echeance.consolidation_le,
    }
    return {
        "regime": echeance.ledger.regime.value,
        **{name: day.isoformat() if day else None for name, day in dates.items()},
        "jours_suspendus": echeance.jours_suspendus,
        "etat": echeance.etat(au).value,
        "explication": explain(echeance, au=au),
    }


def _lines(echeance: Echeance, answer: dict[str, Any]) -> list[str]:
    """The dates that are known, then why."""
    named = (
        ("Origine", echeance.origine),
        ("Dernier jour", echeance.dernier_jour),
        ("Échéance", echeance.echeance_le),
        ("Consolidation", echeance.consolidation_le),
    )
    dates = [f"{name}\u00a0: {date_longue(day) if day else 'pas de date'}" for name, day in named]
    return [*dates, "", *answer["explication"]]
