// Answers requests, one JSON object a line, with the @digitalbazaar packages. Nothing is fetched: what the loader is not
// given does not exist.
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import * as jcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {checkStatus, createCredential, createList} from '@digitalbazaar/vc-bitstring-status-list';
import {contexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {createInterface} from 'node:readline';

function loader(documents) {
  return async url => {
    const document = documents[url] ?? contexts.get(url);
    if(!document) {
      throw new Error(`not found: ${url}`);
    }
    return {contextUrl: null, documentUrl: url, document: structuredClone(document)};
  };
}

async function verify({credential, documents, now}) {
  const documentLoader = loader(documents);
  const suite = new DataIntegrityProof({cryptosuite: jcs.createVerifyCryptosuite()});
  const result = await vc.verifyCredential({
    credential, suite, documentLoader, checkStatus, now: new Date(now)
  });
  const message = error => error && [error.message, ...(error.errors ?? []).map(message)].join(': ');
  return {
    verified: result.verified,
    error: message(result.error ?? result.statusResult?.error),
    status: (result.statusResult?.results ?? []).map(r => [r.credentialStatus.statusPurpose, r.status])
  };
}

async function sign({credential, seed, did, created}) {
  const pair = await Ed25519Multikey.generate({
    id: did, controller: did, seed: Uint8Array.from(Buffer.from(seed, 'hex'))
  });
  pair.id = `${did}#${pair.publicKeyMultibase}`;
  const suite = new DataIntegrityProof({
    signer: pair.signer(), cryptosuite: jcs.createSignCryptosuite(), date: new Date(created)
  });
  return {signed: await vc.issue({credential, suite, documentLoader: loader({}), now: new Date(created)})};
}

async function list({url, purpose, set, ...how}) {
  const bits = await createList({length: 131072});
  set.forEach(index => bits.setStatus(index, true));
  const credential = await createCredential({id: url, list: bits, statusPurpose: purpose});
  return sign({...how, credential: {...credential, issuer: how.did, validFrom: how.created, validUntil: how.until}});
}

const operations = {verify, sign, list};
for await (const line of createInterface({input: process.stdin})) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = await operations[request.op](request);
  } catch(error) {
    answer = {failed: String(error?.stack ?? error)};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
