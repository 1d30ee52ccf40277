// Verifies presentations with @sd-jwt/sd-jwt-vc, which knows nothing of this project.
//
//   node verify.mjs CASES.json
//
// A case is {presentation, issuer_jwk, holder_jwk, algorithm, nonce, status_token, at}. Prints a
// list of {valid: true, claims} or {valid: false, error}.
import { createHash, createPublicKey, randomBytes, verify as verifySignature } from "node:crypto";
import { readFileSync } from "node:fs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";

const verifierOf = (jwk, algorithm) => {
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const options = algorithm === "ES256" ? { key, dsaEncoding: "ieee-p1363" } : key;
  const digest = algorithm === "ES256" ? "sha256" : null;
  return (data, signature) =>
    verifySignature(digest, Buffer.from(data), options, Buffer.from(signature, "base64url"));
};

async function check(one) {
  const verifier = verifierOf(one.issuer_jwk, one.algorithm);
  const instance = new SDJwtVcInstance({
    hasher: (data) => createHash("sha256").update(Buffer.from(data)).digest(),
    hashAlg: "sha-256",
    saltGenerator: () => randomBytes(16).toString("base64url"),
    signAlg: one.algorithm,
    verifier,
    kbVerifier: (data, signature) => verifierOf(one.holder_jwk, one.algorithm)(data, signature),
    kbSignAlg: one.algorithm,
    statusVerifier: verifier,
    statusListFetcher: async () => one.status_token,
  });
  const options = { currentDate: one.at, keyBindingNonce: one.nonce };
  try {
    const found = await instance.verify(one.presentation, options);
    return { valid: true, claims: found.payload };
  } catch (error) {
    return { valid: false, error: String(error.message) };
  }
}

const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
const results = [];
for (const one of cases) results.push(await check(one));
console.log(JSON.stringify(results));
