"""Who acts: a person, in one capacity. What `request.acteur` is, and what every service receives as `by`."""

from dataclasses import dataclass

from accounts.models import Membership, User
from accounts.states import Genre


@dataclass(frozen=True)
class Acteur:
    """A signed-in person and the membership in the name of which it acts, or none.

    The membership comes with its organisation: no property here reaches the database.
    """

    user: User
    membership: Membership | None = None

    @property
    def genre(self) -> str:
        """What kind of organisation it acts for; "" for a person alone."""
        return self.membership.organisation.genre if self.membership else ""

    @property
    def organisation_id(self) -> int | None:
        return self.membership.organisation_id if self.membership else None

    @property
    def droits(self) -> frozenset[str]:
        return frozenset(self.membership.droits) if self.membership else frozenset()

    @property
    def departements(self) -> frozenset[str]:
        """The perimeter of the organisation; empty means its whole region."""
        return frozenset(self.membership.organisation.departements) if self.membership else frozenset()

    @property
    def region(self) -> str:
        return self.membership.organisation.region if self.membership else ""

    @property
    def qualite(self) -> str:
        """The words a journal keeps for ever: "Coordinatrice, Guichet CPTS Occitanie"."""
        if not self.membership:
            return ""
        return ", ".join(part for part in (self.membership.fonction, self.membership.organisation.nom) if part)

    @property
    def est_agent(self) -> bool:
        """Acts for a public or representative body, not for an association."""
        return self.genre not in ("", Genre.ASSOCIATION)

    def has(self, droit: str) -> bool:
        return droit in self.droits
