// Reads FHIR resources, one JSON a line, and says of each whether the package `fhir` accepts it.
const { Fhir } = require("fhir");
const lines = require("fs").readFileSync(0, "utf8").trim().split("\n");
const fhir = new Fhir();
for (const line of lines) {
  const found = fhir.validate(JSON.parse(line));
  const errors = found.messages.filter((one) => one.severity === "error");
  console.log(JSON.stringify({ valid: found.valid, errors: errors.map((one) => one.message) }));
}
