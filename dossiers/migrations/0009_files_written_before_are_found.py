"""The words a file is found by, for the files that were written before the search existed."""

from typing import Any

from django.db import migrations

from guichet.kernel.text import normalise


def fill(apps: Any, schema_editor: Any = None) -> None:
    Dossier = apps.get_model("dossiers", "Dossier")
    for row in Dossier.objects.filter(recherche="").select_related("association").iterator():
        found = normalise(" ".join((row.nom, row.association.nom, row.association.sigle, row.reference or "")))
        Dossier.objects.filter(pk=row.pk).update(recherche=found)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0008_a_grant_has_an_amount")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
