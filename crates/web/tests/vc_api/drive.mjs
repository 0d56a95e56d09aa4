// Drives `carnet serve --test-vc-api` with the @digitalbazaar packages: what ours issues, theirs verifies; what theirs sign, ours
// verifies; and what eddsa-jcs-2022 (W3C Data Integrity EdDSA Cryptosuites 1.0, sections 2.2 and 3.3) forbids, ours refuses.
//
//   npm install --prefix DIR @digitalbazaar/{vc,data-integrity,eddsa-jcs-2022-cryptosuite,ed25519-multikey,credentials-context}
//   carnet serve --test-vc-api --listen 127.0.0.1:7878
//   cp drive.mjs DIR; node DIR/drive.mjs http://127.0.0.1:7878
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as jcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {contexts} from '@digitalbazaar/credentials-context';

const base = process.argv[2];
let passed = 0;
let failed = 0;

async function post(path, body) {
  const response = await fetch(base + path, {
    method: 'POST', headers: {'content-type': 'application/json'}, body: typeof body === 'string' ? body : JSON.stringify(body)
  });
  return {status: response.status, body: await response.json()};
}

async function check(name, of) {
  let problem;
  try {
    problem = await of() ? null : 'is not so';
  } catch(error) {
    problem = error.message;
  }
  problem ? failed++ : passed++;
  console.log(`${problem ? 'FAILED' : 'passed'}  ${name}${problem ? `: ${problem}` : ''}`);
}

// Keys of did:key issuers are known by their name; contexts are the packages' own. Nothing is fetched.
async function documentLoader(url) {
  const [did, key] = url.split('#');
  let document = contexts.get(url);
  if(!document && did.startsWith('did:key:')) {
    const method = {
      '@context': 'https://w3id.org/security/multikey/v1', id: `${did}#${did.slice(8)}`, type: 'Multikey', controller: did,
      publicKeyMultibase: did.slice(8)
    };
    document = key ? method : {
      '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'], id: did, verificationMethod: [method],
      assertionMethod: [method.id]
    };
  }
  if(!document) {
    throw new Error(`not found: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: structuredClone(document)};
}

const plain = {
  '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiableCredential'], credentialSubject: {id: 'did:example:subject'}
};
const suite = () => new DataIntegrityProof({cryptosuite: jcs.createVerifyCryptosuite()});
const theirsVerify = async credential => (await vc.verifyCredential({credential, suite: suite(), documentLoader})).verified;
const oursVerify = async verifiableCredential => post('/credentials/verify', {verifiableCredential, options: {}});
const refused = async credential => {
  const {status, body} = await oursVerify(credential);
  return status === 400 && body.verified === false;
};
const altered = (credential, change) => {
  const copy = structuredClone(credential);
  change(copy);
  return copy;
};

const {status, body} = await post('/credentials/issue', {credential: plain, options: {}});
const issued = body.verifiableCredential;
await check('issue answers 201', () => status === 201);
await check('proof.type is DataIntegrityProof', () => issued.proof.type === 'DataIntegrityProof');
await check('proof.cryptosuite is eddsa-jcs-2022', () => issued.proof.cryptosuite === 'eddsa-jcs-2022');
await check('proof.proofPurpose is assertionMethod', () => issued.proof.proofPurpose === 'assertionMethod');
await check('proof.created is a dateTimeStamp', () => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(issued.proof.created));
await check('proof.proofValue is multibase base58btc of 64 bytes', () => /^z[1-9A-HJ-NP-Za-km-z]{86,88}$/.test(issued.proof.proofValue));
await check('proof.verificationMethod is a Multikey of the issuer', () => issued.proof.verificationMethod.startsWith(issued.issuer + '#z6Mk'));
await check('proof carries the contexts of the document', () => JSON.stringify(issued.proof['@context']) === JSON.stringify(issued['@context']));
await check('theirs verifies ours', () => theirsVerify(issued));
await check('ours verifies ours', async () => (await oursVerify(issued)).status === 200);

const pair = await Ed25519Multikey.generate();
const did = `did:key:${pair.publicKeyMultibase}`;
Object.assign(pair, {id: `${did}#${pair.publicKeyMultibase}`, controller: did});
const sign = (credential = {...plain, issuer: did}, proof = undefined) => vc.issue({
  credential: structuredClone(credential), documentLoader,
  suite: Object.assign(new DataIntegrityProof({signer: pair.signer(), cryptosuite: jcs.createSignCryptosuite()}), {proof})
});
const theirs = await sign();
await check('ours verifies theirs', async () => (await oursVerify(theirs)).body.verified === true);
await check('fields in another order verify', async () => (await oursVerify(Object.fromEntries(Object.entries(theirs).reverse()))).status === 200);

for(const [name, change] of [
  ['a changed claim', c => c.credentialSubject.id = 'did:example:another'],
  ['an added claim', c => c.credentialSubject.name = 'x'],
  ['a removed proof', c => delete c.proof],
  ['two proofs', c => c.proof = [c.proof, c.proof]],
  ['another cryptosuite', c => c.proof.cryptosuite = 'eddsa-rdfc-2022'],
  ['another proof type', c => c.proof.type = 'Ed25519Signature2020'],
  ['another purpose', c => c.proof.proofPurpose = 'authentication'],
  ['a changed creation date', c => c.proof.created = '2020-01-01T00:00:00Z'],
  ['a creation date that is none', c => c.proof.created = 'yesterday'],
  ['a proof value in base64url', c => c.proof.proofValue = 'u' + c.proof.proofValue.slice(1)],
  ['a proof value that is too short', c => c.proof.proofValue = c.proof.proofValue.slice(0, 40)],
  ['a proof value of another document', c => c.proof.proofValue = issued.proof.proofValue],
  ['a method of another issuer', c => c.proof.verificationMethod = issued.proof.verificationMethod],
  ['another issuer', c => c.issuer = issued.issuer],
  ['contexts of the proof that are not the document\'s', c => c.proof['@context'] = ['https://www.w3.org/ns/credentials/v1']],
  ['contexts in another order', c => c['@context'] = ['https://example.org/x', ...c['@context']]],
  ['no credentialSubject', c => delete c.credentialSubject],
  ['no type', c => delete c.type]
]) {
  await check(`refused: ${name}`, () => refused(altered(theirs, change)));
}
for(const [name, proof] of [
  ['a proof that has expired', {expires: '2020-01-01T00:00:00Z'}],
  ['an expiry that is no date', {expires: 'tomorrow'}],
  ['a proof that rests on one that is missing', {previousProof: 'urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544'}]
]) {
  await check(`refused: ${name}`, async () => refused(await sign(undefined, proof)));
}
await check('a proof that has not expired verifies', async () =>
  (await oursVerify(await sign(undefined, {expires: '2999-01-01T00:00:00Z'}))).status === 200);
const expecting = async (credential, options) => (await post('/credentials/verify', {verifiableCredential: credential, options})).status;
const bound = await sign(undefined, {domain: 'a.example', challenge: '1235abcd6789'});
await check('the expected purpose, domain and challenge verify', async () =>
  await expecting(bound, {expectedProofPurpose: 'assertionMethod', domain: ['a.example'], challenge: '1235abcd6789'}) === 200);
for(const options of [{expectedProofPurpose: 'authentication'}, {domain: 'b.example'}, {challenge: 'another'}]) {
  await check(`refused: a proof that is not for ${JSON.stringify(options)}`, async () => await expecting(bound, options) === 400);
}
await check('refused: a credential that has run out', async () => {
  const old = {...plain, validFrom: '2020-01-01T00:00:00Z', validUntil: '2020-01-02T00:00:00Z'};
  const signed = (await post('/credentials/issue', {credential: old, options: {}})).body.verifiableCredential;
  const {status, body} = await oursVerify(signed);
  return status === 400 && body.errors[0].startsWith('validUntil');
});
await check('refused: a name that occurs twice', async () => {
  const text = JSON.stringify({verifiableCredential: theirs}).replace('"type":', '"type":["x"],"type":');
  return (await post('/credentials/verify', text)).status === 400;
});
await check('refused: a request that is no JSON', async () => (await post('/credentials/verify', '{')).status === 400);
await check('issue refuses a document without context', async () => (await post('/credentials/issue', {credential: altered(plain, c => delete c['@context'])})).status === 400);
await check('issue refuses another issuer\'s name', async () => (await post('/credentials/issue', {credential: {...plain, issuer: did}})).status === 400);
await check('issue refuses a document that has a proof', async () => (await post('/credentials/issue', {credential: issued})).status === 400);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
