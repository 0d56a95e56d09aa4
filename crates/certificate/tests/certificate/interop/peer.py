"""Verifies eddsa-jcs-2022 credentials with nothing of ours: RFC 8785 from `rfc8785`, Ed25519 from `cryptography`."""

import base64
import gzip
import hashlib
import json
import sys

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def from_base58(text):
    number = 0
    for digit in text:
        number = number * 58 + ALPHABET.index(digit)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def to_base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def hash_data(document, options):
    return hashlib.sha256(rfc8785.dumps(options)).digest() + hashlib.sha256(rfc8785.dumps(document)).digest()


def verify(credential, **_):
    document = dict(credential)
    options = dict(document.pop("proof"))
    signature = from_base58(options.pop("proofValue")[1:])
    key = from_base58(options["verificationMethod"].split("#z")[1])
    assert key[:2] == b"\xed\x01", "an Ed25519 key"
    try:
        Ed25519PublicKey.from_public_bytes(key[2:]).verify(signature, hash_data(document, options))
    except InvalidSignature:
        return {"verified": False}
    return {"verified": True}


def sign(credential, seed, did, created, **_):
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    public = "z" + to_base58(b"\xed\x01" + key.public_key().public_bytes_raw())
    options = {
        "@context": credential["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": created,
        "verificationMethod": f"{did}#{public}",
        "proofPurpose": "assertionMethod",
    }
    value = "z" + to_base58(key.sign(hash_data(credential, options)))
    return {"signed": {**credential, "proof": {**options, "proofValue": value}}}


def bit(credential, index, **_):
    encoded = credential["credentialSubject"]["encodedList"]
    packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
    bits = gzip.decompress(packed)
    return {"length": 8 * len(bits), "set": bool(bits[index // 8] & (0x80 >> (index % 8)))}


def canonical(value, **_):
    return {"canonical": rfc8785.dumps(value).decode()}


for line in sys.stdin:
    request = json.loads(line)
    operation = {"verify": verify, "sign": sign, "bit": bit, "canonical": canonical}[request.pop("op")]
    print(json.dumps(operation(**request)), flush=True)
