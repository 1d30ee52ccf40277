// Verifies an evidence file offline, written from docs/protocol.md alone. Needs only node:crypto.
//
//   node verify.mjs EVIDENCE.json CHARTER.json [LATER-CHARTER.json ...]
//
// The first charter is trusted as given. Prints {"valid": true, ...} or {"valid": false, "code": ...};
// exits with 0 or 1. Suites: ed25519 and ecdsa-p256-sha256 for deliveries, Ed25519 for notes.
import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { readFileSync } from "node:fs";

class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}
const refuse = (code) => {
  throw new Refused(code);
};
const sha256 = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const fromBase64url = (text) => {
  const data = Buffer.from(text, "base64url");
  if (data.toString("base64url") !== text) refuse("evidence_malformed");
  return data;
};
const leafHash = (data) => sha256(Buffer.of(0), data);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

// RFC 9162 section 2.1.3.2.
function includes(leaf, index, size, path, root) {
  if (index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const one of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(one, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      hash = nodeHash(hash, one);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && hash.equals(root);
}

// RFC 8785: there are no fractions in these documents, so ECMAScript's own spelling serves.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

// A key of the charter verifies bytes; null for a suite that node:crypto lacks.
function verifies(key, signature, message) {
  const data = fromBase64url(key.public);
  if (key.suite === "ed25519") {
    const jwk = { kty: "OKP", crv: "Ed25519", x: key.public };
    return verifySignature(null, message, createPublicKey({ key: jwk, format: "jwk" }), signature);
  }
  if (key.suite === "ecdsa-p256-sha256") {
    const x = data.subarray(1, 33).toString("base64url");
    const y = data.subarray(33).toString("base64url");
    const jwk = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
    const options = { key: jwk, dsaEncoding: "ieee-p1363" };
    return verifySignature("sha256", message, options, signature);
  }
  return refuse(`suite_unsupported_${key.suite}`);
}
const isValid = (key, use, time) =>
  key.uses.includes(use) &&
  Date.parse(key.valid_from) <= time &&
  (key.valid_until === undefined || time < Date.parse(key.valid_until));
const digestOf = (document) => `sha-256:${sha256(canonical(document)).toString("hex")}`;
const memberOf = (charter, city) => charter.members.find((one) => one.city === city);

// Section 3.1: a later charter is signed by a threshold of the one before, and by each new key.
function follows(before, signed) {
  const charter = signed.document;
  if (charter.league !== before.league || charter.version !== before.version + 1) return false;
  if (charter.previous !== digestOf(before)) return false;
  const message = Buffer.concat([Buffer.from("hanse charter v1\n"), Buffer.from(canonical(charter))]);
  const issued = Date.parse(charter.issued_at);
  const cities = new Set();
  const proven = new Set();
  for (const one of signed.signatures) {
    const old = memberOf(before, one.city)?.keys.find((key) => key.id === one.key);
    const fresh = memberOf(charter, one.city)?.keys.find((key) => key.id === one.key);
    const key = old ?? fresh;
    if (key === undefined || !verifies(key, fromBase64url(one.signature), message)) return false;
    if (old !== undefined && isValid(old, "charter", issued)) cities.add(one.city);
    proven.add(key.public);
  }
  const known = new Set(before.members.flatMap((one) => one.keys.map((key) => key.public)));
  const added = charter.members.flatMap((one) => one.keys.map((key) => key.public));
  return cities.size >= before.threshold && added.every((key) => known.has(key) || proven.has(key));
}

function charterFor(named, charters) {
  charters.sort((one, other) => one.document.version - other.document.version);
  for (let at = 0; at < charters.length; at += 1) {
    if (at > 0 && !follows(charters[at - 1].document, charters[at])) refuse("evidence_charter_other");
    const document = charters[at].document;
    if (document.version === named.version && digestOf(document) === named.digest) return document;
  }
  return refuse("evidence_charter_other");
}

// Section 8, step 4: what is needed of a signature base.
function readBase(base) {
  const lines = base.split("\n");
  const last = lines.pop() ?? "";
  const parameters = /^"@signature-params": \([^\n]*\);(.*)$/.exec(last);
  if (parameters === null) refuse("evidence_base_malformed");
  const value = (name) => {
    const found = new RegExp(`(?:^|;)${name}="?([^";]*)"?`).exec(parameters[1]);
    return found === null ? refuse("evidence_base_malformed") : found[1];
  };
  const fields = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
  );
  const bytes = (name) => {
    const text = fields.get(name);
    return text === undefined ? null : Buffer.from(text.slice(1, -1), "base64");
  };
  const root = bytes('"hanse-root"');
  if (root === null) refuse("evidence_base_malformed");
  const [city, key] = value("keyid").split("/");
  return {
    city, key, root,
    created: Number(value("created")) * 1000,
    nonce: value("nonce"),
    tag: value("tag"),
    answers: bytes('"signature";req;key="hanse"'),
  };
}

function checkLeaf(exchange, leaf, root) {
  const commitment = fromBase64url(leaf.commitment);
  if (leaf.line !== undefined && !leafHash(Buffer.from(leaf.line)).equals(commitment)) {
    refuse("evidence_message_changed");
  }
  const path = leaf.path.map(fromBase64url);
  if (!includes(commitment, exchange.index, exchange.count, path, root)) {
    refuse("evidence_not_in_delivery");
  }
  return leaf.line === undefined ? null : JSON.parse(leaf.line);
}

function checkSignature(charter, read, signed, tag) {
  if (read.tag !== tag) refuse("evidence_base_malformed");
  const key = memberOf(charter, read.city)?.keys.find((one) => one.id === read.key);
  if (key === undefined || !isValid(key, "exchange", read.created)) refuse("evidence_key_not_listed");
  if (!verifies(key, fromBase64url(signed.signature), Buffer.from(signed.base))) {
    refuse("evidence_signature_invalid");
  }
}

const cityOf = (message) => message.source.split(":")[2];

function checkParties(evidence, asked, answered, message, reply) {
  const pair = [asked.city, answered.city];
  let fits = asked.city !== answered.city && pair.includes(evidence.journal.city);
  if (message !== null) {
    fits &&= cityOf(message) === asked.city && message.recipient === answered.city;
  }
  if (reply !== null) fits &&= cityOf(reply) === answered.city && reply.recipient === asked.city;
  if (message !== null && reply !== null) fits &&= reply.inreplyto === message.id;
  if (!fits) refuse("evidence_parties_wrong");
}

// Section 7: the note of a checkpoint, its log's signature and the cosignatures.
function readNote(text) {
  const end = text.indexOf("\n\n");
  if (end < 0) refuse("note_malformed");
  const signatures = text.slice(end + 2).trimEnd().split("\n").map((line) => {
    const [dash, name, encoded] = line.split(" ");
    const data = Buffer.from(encoded ?? "", "base64");
    if (dash !== "—" || data.length < 5) refuse("note_malformed");
    return { name, id: data.subarray(0, 4), signature: data.subarray(4) };
  });
  const [origin, size, root] = text.slice(0, end).split("\n");
  return {
    text: Buffer.from(text.slice(0, end + 1)),
    origin, size: Number(size), root: Buffer.from(root, "base64"), signatures,
  };
}
const keyId = (name, type, key) =>
  sha256(name, "\n", Buffer.of(type), fromBase64url(key.public)).subarray(0, 4);

function signedBy(note, name, key) {
  const id = keyId(name, 0x01, key);
  return note.signatures.some(
    (one) => one.name === name && one.id.equals(id) && verifies(key, one.signature, note.text),
  );
}

function cosignedAt(note, name, key) {
  const id = keyId(name, 0x04, key);
  for (const one of note.signatures.filter((each) => each.name === name && each.id.equals(id))) {
    const time = one.signature.readBigUInt64BE(0);
    const head = Buffer.from(`cosignature/v1\ntime ${time}\n`);
    if (!verifies(key, one.signature.subarray(8), Buffer.concat([head, note.text]))) {
      refuse("note_signature_invalid");
    }
    if (time > 0n) return Number(time) * 1000;
  }
  return null;
}

function checkJournal(charter, evidence, asked, answered) {
  const { journal, exchange } = evidence;
  const entry = JSON.parse(journal.entry);
  const opened = sha256(fromBase64url(journal.salt), Buffer.from(journal.details));
  if (opened.toString("base64url") !== entry.commitment) refuse("evidence_entry_changed");
  const received = journal.city === answered.city;
  const hash = (data) => sha256(data).toString("base64url");
  const details = canonical({
    peer: received ? asked.city : answered.city,
    nonce: asked.nonce,
    request_root: asked.root.toString("base64url"),
    request_base: hash(exchange.request.base),
    request_signature: hash(fromBase64url(exchange.request.signature)),
    response_root: answered.root.toString("base64url"),
    response_base: hash(exchange.response.base),
    response_signature: hash(fromBase64url(exchange.response.signature)),
  });
  const kind = received ? "delivery.received" : "delivery.sent";
  if (details !== journal.details || entry.kind !== kind) refuse("evidence_entry_other_delivery");
  const note = readNote(evidence.checkpoint);
  const origin = `${charter.league}.hanse/${journal.city}`;
  const own = memberOf(charter, journal.city).keys.filter(
    (key) => key.uses.includes("exchange") && key.suite === "ed25519",
  );
  if (note.origin !== origin || !own.some((key) => signedBy(note, origin, key))) {
    refuse("note_signature_invalid");
  }
  const path = journal.path.map(fromBase64url);
  if (!includes(leafHash(Buffer.from(journal.entry)), journal.position, note.size, path, note.root)) {
    refuse("evidence_not_in_journal");
  }
  const witnesses = charter.members.filter((member) => {
    if (member.city === journal.city) return false;
    const name = `${charter.league}.hanse/${member.city}`;
    return member.keys.some((key) => {
      if (key.suite !== "ed25519" || !key.uses.includes("witness")) return false;
      const time = cosignedAt(note, name, key);
      return time !== null && isValid(key, "witness", time);
    });
  });
  if (witnesses.length < charter.witness_quorum) refuse("evidence_quorum_missing");
  return { size: note.size, witnesses: witnesses.map((one) => one.city) };
}

export function verifyEvidence(evidence, charters) {
  if (evidence.format !== "hanse evidence v1") refuse("evidence_malformed");
  const charter = charterFor(evidence.charter, charters);
  const { exchange } = evidence;
  const asked = readBase(exchange.request.base);
  const answered = readBase(exchange.response.base);
  const message = checkLeaf(exchange, exchange.message, asked.root);
  const reply = checkLeaf(exchange, exchange.reply, answered.root);
  checkSignature(charter, asked, exchange.request, "hanse-delivery");
  checkSignature(charter, answered, exchange.response, "hanse-answer");
  if (!answered.answers?.equals(fromBase64url(exchange.request.signature))) {
    refuse("evidence_answer_unbound");
  }
  checkParties(evidence, asked, answered, message, reply);
  const head = checkJournal(charter, evidence, asked, answered);
  return { sender: asked.city, receiver: answered.city, message: message?.id ?? null, ...head };
}

const [file, ...charterFiles] = process.argv.slice(2);
if (file !== undefined) {
  const read = (path) => JSON.parse(readFileSync(path, "utf8"));
  try {
    console.log(JSON.stringify({ valid: true, ...verifyEvidence(read(file), charterFiles.map(read)) }));
  } catch (error) {
    console.log(JSON.stringify({ valid: false, code: error.code ?? "evidence_malformed" }));
    process.exitCode = 1;
  }
}
