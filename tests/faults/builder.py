"""Make the database of the site under test, its people and their letters; print what a person needs to use them."""

import json
import os
import sys


def main(plan: dict[str, tuple[int, bool]]) -> dict[str, list[dict[str, object]]]:
    """`plan`: for each person, how many letters ready for their deposit, and whether each comes with its request."""
    import django
    import psycopg

    django.setup()
    with psycopg.connect(os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/postgres", autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS guichet WITH (FORCE)")
        server.execute("CREATE DATABASE guichet")

    from django.core.management import call_command
    from django.utils import timezone

    from accounts.models import Organisation
    from tests.factories.accounts import MembershipFactory
    from tests.factories.projects import porteur, ready_letter
    from tests.stage import reference

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    reference.load(["31"])
    guichet = Organisation.objects.get(code="guichet-occitanie")
    MembershipFactory(organisation=guichet, droits=["rediger", "instruire", "gerer"])
    made = {}
    for name, (count, demande) in plan.items():
        by = porteur()
        letters = [
            ready_letter(by, now=timezone.now(), nom=f"CPTS {name} {number}", demande=demande)
            for number in range(count)
        ]
        made[name] = [{"pk": lettre.pk, "dossier": lettre.dossier_id, "email": by.user.email} for lettre in letters]
    return made


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))))
