"""The other side of the interoperability test: PyPI `sd-jwt` over `jwcrypto`, Ed25519.

Reads one JSON request per line from standard input and answers each with one JSON line:
  {"verify": SD-JWT, "public": JWK}                           -> {"claims": {...}} or {"refused": text}
  {"issue": claims, "conceal": [names], "header": {...}, "seed": JWK} -> {"sd_jwt": text}
  {"present": SD-JWT, "keep": [names]}                        -> {"sd_jwt": text}
"""

import json
import sys

from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier


def verify(request):
    key = JWK(**request["public"])
    try:
        verifier = SDJWTVerifier(request["verify"], lambda issuer, header: key)
        return {"claims": verifier.get_verified_payload()}
    except Exception as error:  # noqa: BLE001 - whatever it raises, it refused
        return {"refused": f"{type(error).__name__}: {error}"}


def issue(request):
    claims = dict(request["issue"])
    names = request["conceal"]
    claims["body"] = {SDObj(k) if k in names else k: v for k, v in claims["body"].items()}
    issuer = SDJWTIssuer(
        claims,
        JWK(**request["seed"]),
        sign_alg="EdDSA",
        extra_header_parameters=request["header"],
    )
    return {"sd_jwt": issuer.sd_jwt_issuance}


def present(request):
    holder = SDJWTHolder(request["present"])
    holder.create_presentation({"body": {name: True for name in request["keep"]}})
    return {"sd_jwt": holder.sd_jwt_presentation}


for line in sys.stdin:
    request = json.loads(line)
    for name, answer in (("verify", verify), ("issue", issue), ("present", present)):
        if name in request:
            print(json.dumps(answer(request)), flush=True)
            break
