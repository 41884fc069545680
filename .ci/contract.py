"""What the contract asks for and a schema cannot say, for the requests that .ci/contract makes up.

A schema has no word for «the letter is the number modulo 23», for «this version exists» or for «this
parameter goes with that one». The first kind has a `format` in the contract, which is given its values
here; the second is mended in requests that are meant to be right. Requests that are meant to be wrong
are left alone.
"""

import json
import os
import urllib.request

import schemathesis
from schemathesis.checks import CHECKS
from hypothesis import strategies as st

URL = os.environ["CONTRACT_URL"]
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def values(path, field):
    with urllib.request.urlopen(f"{URL}/api/v1/{path}") as response:
        return [row[field] for row in json.load(response)["donnees"]]


def uai(number):
    return f"{number:07}{LETTERS[number % 23]}"


# Some that exist, so that not every answer is «unknown».
KNOWN_UAIS = st.sampled_from(values("etablissements?limite=100", "uai"))
SINGLE = st.integers(1990, 2100).map(str)
POOLED = st.integers(1991, 2100).map(lambda last: f"{last - 1}_{last}")

schemathesis.openapi.format("uai", KNOWN_UAIS | st.integers(0, 9_999_999).map(uai))
schemathesis.openapi.format("millesime", SINGLE | POOLED)
schemathesis.openapi.format("publication", st.sampled_from(values("publications", "version")))
schemathesis.openapi.format("curseur", st.from_regex("[A-Za-z0-9_-]{1,60}", fullmatch=True))


@schemathesis.serializer("application/x-ndjson")
def ndjson(context, value):
    """What the contract describes as a text is sent as it is; what is meant to be wrong, as JSON."""
    return (value if isinstance(value, str) else json.dumps(value)).encode()


# `champs=` leaves fields out that the schema requires. That they are required tells clients that they
# may count on them; «unless another parameter leaves them out» is no word of JSON Schema. With
# `champs=` the answer is therefore compared with what was asked for instead: no other field.
complete = CHECKS.get_one("response_schema_conformance")


def response_schema_conformance(ctx, response, case):
    asked = (case.query or {}).get("champs")
    if asked is None or response.status_code != 200 or not response.content.startswith(b"{"):
        return complete(ctx, response, case)
    body = json.loads(response.content)
    rows = body["donnees"] if isinstance(body.get("donnees"), list) else [body]
    # What was asked of a batch is the statistic of each item.
    if case.operation.path.endswith("/lot"):
        rows = [row["statistique"] for row in rows if row["statistique"] is not None]
    for row in rows:
        assert row.keys() <= set(str(asked).split(",")), f"not asked for: {row.keys()}"
    return None


CHECKS.register(response_schema_conformance)


# Each element of a batch has a status of its own: a bad one is told there (`invalide`), and keeps no
# other from its answer; and how many may be sent depends on the key (413).
refused = CHECKS.get_one("negative_data_rejection")
accepted = CHECKS.get_one("positive_data_acceptance")


def negative_data_rejection(ctx, response, case):
    of_batch = case.operation.path.endswith("/lot")
    return None if of_batch and response.status_code in (200, 413) else refused(ctx, response, case)


def positive_data_acceptance(ctx, response, case):
    of_batch = case.operation.path.endswith("/lot")
    # Nor can a schema say what is in a file: 422 says what is wrong in it.
    of_file = case.operation.path.endswith("/appariements")
    told = (of_batch and response.status_code == 413) or (of_file and response.status_code == 422)
    return None if told else accepted(ctx, response, case)


CHECKS.register(negative_data_rejection)
CHECKS.register(positive_data_acceptance)


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive or not case.query:
        return
    query = case.query
    # Only the server makes a cursor, and for one list.
    query.pop("curseur", None)
    # Columns, by their names or by those of a platform, are those of the file that is sent.
    query.pop("colonne", None)
    query.pop("profil", None)
    # An order of what was searched, where something was.
    if query.get("tri") == "pertinence":
        query.setdefault("q", "coiffure")
    # Published before, or else refused with what there is.
    if "publication" in query and "publication" not in str(case.path_parameters):
        query["publication"] = values("publications", "version")[0]
    if "depuis" in query and "changements" in case.operation.path:
        query["depuis"] = values("publications", "version")[0]
    # A radius has a centre, and so has a distance; that of neighbours is their formation.
    around = "rayon_km" in query and "voisines" not in case.operation.path
    if around or query.get("tri") == "distance":
        query.setdefault("proche", "48.117,-1.678")
    # Sorting the whole country by a figure is refused: a place or a code goes with it.
    places = {"region", "academie", "departement", "proche", "uai", "code"}
    if case.operation.path.startswith("/api/v1/formations") and "_" in query.get("tri", ""):
        if not places & query.keys():
            query["region"] = "11"
    # One place at a time.
    if "historique" in case.operation.path and "region" in query:
        query.pop("uai", None)
