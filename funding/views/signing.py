"""In virtue of what the person signs, told before it signs."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.acteur import Acteur
from accounts.services.delegations import signing_act
from guichet.kernel.lifecycle import Refused


@dataclass(frozen=True)
class Signing:
    """The delegations of a person on a day."""

    acteur: Acteur
    on: date

    def acte(self, montant: Decimal) -> str:
        """What it would sign by, ceiling included. Raises `Refused` with the sentence that says why it may not."""
        return signing_act(by=self.acteur, montant=montant, on=self.on, avec_plafond=True)

    def refusal(self, montant: Decimal) -> str:
        """ "" when the person may sign that day for that sum in euros, else why not."""
        try:
            self.acte(montant)
        except Refused as refused:
            return str(refused)
        return ""

    def sentence(self, montant: Decimal = Decimal(0)) -> str:
        """ "Vous signez en vertu de…" for that sum, else why the person may not sign."""
        try:
            return f"Vous signez en vertu de\u00a0: {self.acte(montant)}."
        except Refused as refused:
            return str(refused)
