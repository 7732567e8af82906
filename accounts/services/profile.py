"""What a person may correct about itself."""

from accounts.models import User


def rename(*, user: User, prenom: str, nom: str) -> None:
    """Change the name shown from now on; what journals have kept stays as it was."""
    User.objects.filter(pk=user.pk).update(prenom=prenom, nom=nom)
