"""People, the organisations they act for, and the mails they receive."""

from accounts.models.envois import Envoi, PreferenceEnvoi
from accounts.models.invitations import Invitation
from accounts.models.memberships import Absence, Delegation, Mandat, Membership
from accounts.models.organisations import Organisation, Profession
from accounts.models.users import User

__all__ = [
    "Absence",
    "Delegation",
    "Envoi",
    "Invitation",
    "Mandat",
    "Membership",
    "Organisation",
    "PreferenceEnvoi",
    "Profession",
    "User",
]
