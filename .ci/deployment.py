"""Validates the objects of Kubernetes in the named files, strictly; for .ci/deployment.

Against the oldest schema that they are for (1.30, the first whose pods can sleep before they stop) and the
newest that there is. CloudNativePG's own objects are named and left to its operator.
"""

import sys

import kubernetes_validate
import yaml

VERSIONS = ["1.30", kubernetes_validate.latest_version()]

failed = False
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        for document in yaml.safe_load_all(file):
            name = f"{document['kind']} {document['metadata']['name']}"
            if "cnpg.io" in document["apiVersion"]:
                continue
            for version in VERSIONS:
                try:
                    kubernetes_validate.validate(document, version, strict=True)
                except kubernetes_validate.ValidationError as error:
                    failed = True
                    print(f"{name}: not as Kubernetes {version} has it: {error.message}", file=sys.stderr)
            print(f"{name}: read as Kubernetes {', '.join(VERSIONS)}")
sys.exit(1 if failed else 0)
