"""Reads the files of a publication as others do: see .ci/exports."""

import csv
import gzip
import io
import json
import logging
import os
import pathlib
import sys

import frictionless
import mlcroissant
import pyarrow.parquet
import rdflib

# What a spreadsheet would run as a formula has an apostrophe in front in CSV.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def text(value):
    """A cell of Parquet as CSV writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA) else value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def same_as_csv(folder):
    tables = sorted(folder.glob("*.parquet"))
    for path in tables:
        table = pyarrow.parquet.read_table(path)
        rows = [table.column_names]
        rows += [[text(cell) for cell in row.values()] for row in table.to_pylist()]
        with gzip.open(path.with_suffix(".csv.gz"), "rt", encoding="utf-8", newline="") as file:
            expected = list(csv.reader(file))
        assert rows == expected, f"{path.name} and its CSV differ"
    assert tables, "there is no Parquet file"
    print(f"pyarrow: {len(tables)} tables are what their CSV is")


def data_package():
    report = frictionless.validate("datapackage.json", type="package")
    assert report.valid, report.to_summary()
    print(f"frictionless: {len(report.tasks)} CSV files are as datapackage.json says")


def croissant(folder):
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setLevel(logging.WARNING)
    for logger in (logging.getLogger(), logging.getLogger("absl")):
        logger.addHandler(handler)
    dataset = mlcroissant.Dataset(jsonld=pathlib.Path("croissant.json"))
    issues = dataset.metadata.ctx.issues
    assert not issues.errors and not issues.warnings, issues.report()
    assert not heard.getvalue(), heard.getvalue()
    described = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    sets = [records["@id"] for records in described["recordSet"]]
    print(f"mlcroissant: {len(sets)} record sets, no error, no warning")
    # Its own reading of records, of one small table.
    first = next(iter(dataset.records("territoires")))
    assert any("region" in str(key) for key in first), first


def catalogue(folder):
    graph = rdflib.Graph()
    address = "https://example.org/api/v1/publications/1.0.0/exports/"
    graph.parse(folder / "catalogue.jsonld", format="json-ld", publicID=address)
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    datasets = list(graph.subjects(rdflib.RDF.type, dcat.Dataset))
    assert len(datasets) == 1, datasets
    distributions = list(graph.objects(datasets[0], dcat.distribution))
    files = [path for path in folder.iterdir() if path.suffix in (".parquet", ".gz")]
    assert len(distributions) == len(files), (len(distributions), len(files))
    for distribution in distributions:
        for needed in (dcat.downloadURL, dcat.byteSize, rdflib.DCTERMS.title):
            assert graph.value(distribution, needed) is not None, (distribution, needed)
        terms = [graph.value(distribution, word) for word in (rdflib.DCTERMS.license, rdflib.DCTERMS.rights)]
        assert any(terms), distribution
    print(f"rdflib: a data set with {len(distributions)} distributions")


folder = pathlib.Path(sys.argv[1]).resolve()
os.chdir(folder)
same_as_csv(folder)
data_package()
croissant(folder)
catalogue(folder)
