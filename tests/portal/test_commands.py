"""The commands of the portal that load reference data and write the page of the cycles."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation, Profession
from dossiers.models import Fondement, Reglage
from funding.models import Bareme
from projects.models import Mission


@pytest.mark.django_db
def test_loading_the_references_again_changes_nothing() -> None:
    def state() -> list[list[dict[str, object]]]:
        models = (Organisation, Profession, Fondement, Reglage, Bareme, Mission)
        return [list(model.objects.order_by("pk").values()) for model in models]

    before = state()
    out = io.StringIO()
    call_command("charger_references", stdout=out)
    assert state() == before
    assert all(before)
    assert out.getvalue().startswith("occitanie.json : ")


@pytest.mark.django_db
def test_a_region_without_its_file_is_told_in_one_sentence(settings) -> None:
    settings.REGION_CODE = "94"
    before = Organisation.objects.count()
    with pytest.raises(CommandError, match=r"^Aucun fichier de référence pour la région 94\.$"):
        call_command("charger_references")
    assert Organisation.objects.count() == before


def test_the_page_of_the_cycles_is_written_then_fresh_then_stale(settings, tmp_path) -> None:
    settings.BASE_DIR = tmp_path
    page = tmp_path / "docs" / "cycles.md"
    page.parent.mkdir()
    with pytest.raises(CommandError, match="n’est pas à jour"):
        call_command("ecrire_cycles", check=True)
    assert not page.exists()
    call_command("ecrire_cycles")
    text = page.read_text()
    assert text.startswith("# Lifecycles\n")
    for line in ("## LettreIntention", "## DemandeFir", "    brouillon --> deposee: deposer"):
        assert line in text.splitlines()
    call_command("ecrire_cycles", check=True)
    page.write_text(text + "\n")
    with pytest.raises(CommandError, match="n’est pas à jour"):
        call_command("ecrire_cycles", check=True)
