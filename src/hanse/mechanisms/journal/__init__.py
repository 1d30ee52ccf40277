"""The journal: a node's append-only evidence, in the formats that any verifier of C2SP logs reads.

- `checkpoints`: the head of a log as text, and the bytes that cosigners sign over it;
- `verifier_keys`: keys as text, and what a signature of each type covers;
- `notes`: the signed note that carries a checkpoint: parsed, signed, verified;
- `cosignatures`: what log and witnesses put on a checkpoint, and how many witnesses did;
- `tiles`: the tree and its entries as files that never change;
- `proofs`: one entry's proof in one text file, checked offline;
- `witness_protocol`: the request for a cosignature, and the decision on it;
- `encoding`: the strict base64 and decimals that they share.

These modules are pure: bytes in, bytes out; time is an argument, and the caller stores.
"""
