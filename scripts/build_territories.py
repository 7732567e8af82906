"""Build data/communes-<year>.json.xz from the npm package @etalab/decoupage-administratif.

    python scripts/build_territories.py [--archive PACKAGE.tgz]

Without --archive the package is fetched with `npm pack`, in the version pinned below. The archive is refused unless
its SHA-512 is the pinned one, and the result unless its sums are those of the pinned vintage. The same input always
gives the same bytes. Standard library only.

Only the populations of communes.json are kept. epci.json carries those of an older vintage: an EPCI's population is
always the sum of its communes, and the two are never mixed.
"""

import argparse
import base64
import hashlib
import json
import lzma
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "@etalab/decoupage-administratif"
LOCK = {
    "version": "6.0.0",
    "integrity": "sha512-XavYsFlbcM/prKr8hNHPKER94IHw/dsxNM4nxjWMYk6PLFACpEedvn/7wK8Baozm0dCYhWWcf+7bcWpA5pmCaQ==",
}
MILLESIME = {
    "code": "2026",
    "source": (
        "Insee (code officiel géographique et populations), DGCL (composition des EPCI à fiscalité propre), La Poste "
        "(codes postaux), réunis par data.gouv.fr dans le paquet decoupage-administratif 6.0.0"
    ),
    "licence": "Licence Ouverte 2.0",
    "population_reference": "populations municipales 2023, Insee (Mayotte\N{NO-BREAK SPACE}: recensement de 2017)",
}
EXPECTED = {"regions": 26, "departements": 109, "epci": 1255, "communes": 34969 + 45}
OCCITANIE = {"code": "76", "communes": 4446, "departements": 13, "epci": 164, "population": 6_124_653}
TARGET = Path(__file__).resolve().parent.parent / "data" / f"communes-{MILLESIME['code']}.json.xz"

Rows = list[dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", type=Path, help="the package, already fetched")
    parser.add_argument("--output", type=Path, default=TARGET)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = options.archive or fetch(Path(folder))
        tables = read(archive)
    data = build(tables)
    verify(data)
    options.output.parent.mkdir(exist_ok=True)
    options.output.write_bytes(compress(data))
    print(f"{options.output}: {options.output.stat().st_size} bytes, {len(data['communes'])} communes")


def fetch(folder: Path) -> Path:
    """The archive of the pinned version, through npm's own configuration."""
    command = ["npm", "pack", f"{PACKAGE}@{LOCK['version']}", "--pack-destination", str(folder), "--silent"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def read(archive: Path) -> dict[str, Rows]:
    """The four tables, once the archive is known to be the pinned one."""
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != LOCK["integrity"]:
        sys.exit(f"{archive}: sha512-{digest} is not the pinned integrity")
    tables = {}
    with tarfile.open(archive) as package:
        for name in ("regions", "departements", "epci", "communes"):
            member = package.extractfile(f"package/data/{name}.json")
            assert member is not None
            tables[name] = json.load(member)
    return tables


def build(tables: dict[str, Rows]) -> dict[str, Any]:
    """Rows in the order of the foreign keys: a commune comes before its municipal arrondissements."""
    epci_of = {member["code"]: epci["code"] for epci in tables["epci"] for member in epci["membres"]}
    kinds = {"commune-actuelle": "commune", "arrondissement-municipal": "arrondissement_municipal"}
    communes = [
        {
            "code": row["code"],
            "nom": row["nom"],
            "nature": kinds[row["type"]],
            "parent": row.get("commune"),
            "departement": row["departement"],
            "epci": epci_of.get(row.get("commune", row["code"])),
            "codes_postaux": row.get("codesPostaux", []),
            "population": row.get("population"),
        }
        for row in tables["communes"]
        if row["type"] in kinds
    ]
    return {
        "millesime": MILLESIME,
        "regions": [{"code": row["code"], "nom": row["nom"]} for row in tables["regions"]],
        "departements": [{k: row[k] for k in ("code", "nom", "region")} for row in tables["departements"]],
        "epci": [{k: row[k] for k in ("code", "nom", "type")} for row in tables["epci"]],
        "communes": sorted(communes, key=lambda row: (row["parent"] or "", row["code"])),
    }


def verify(data: dict[str, Any]) -> None:
    """Refuse a result whose sums are not those of the pinned vintage."""
    found = {table: len(data[table]) for table in EXPECTED}
    if found != EXPECTED:
        sys.exit(f"expected {EXPECTED}, found {found}")
    departements = {row["code"] for row in data["departements"] if row["region"] == OCCITANIE["code"]}
    communes = [row for row in data["communes"] if row["departement"] in departements and not row["parent"]]
    region = {
        "code": OCCITANIE["code"],
        "communes": len(communes),
        "departements": len(departements),
        "epci": len({row["epci"] for row in communes}),
        "population": sum(row["population"] for row in communes),
    }
    if region != OCCITANIE:
        sys.exit(f"expected {OCCITANIE}, found {region}")


def compress(data: dict[str, Any]) -> bytes:
    """Each table as its columns then its rows: small, and readable by anyone with xz and a JSON reader."""
    tables = {
        name: {"columns": list(rows[0]), "rows": [list(row.values()) for row in rows]}
        for name, rows in data.items()
        if name != "millesime"
    }
    text = json.dumps({"millesime": data["millesime"], **tables}, ensure_ascii=False, separators=(",", ":"))
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)


if __name__ == "__main__":
    main()
