// A real OpenID Connect provider, with two people. Arguments: where the browser may be sent back,
// and the resident's identity number. Prints its port once it listens.
import http from "node:http";
import { Provider } from "oidc-provider";

const [back, person] = process.argv.slice(2);
const people = {
  zhang: { name: "Zhang", hanse_allows: ["credit.*", "no.such", "operator"] },
  resident: { name: "Li", citizen_id: person },
};
const server = http.createServer();
server.listen(0, "localhost", () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "hanse",
        client_secret: "a secret between the two of them",
        redirect_uris: [back, back.replace("/office/", "/residents/")],
      },
    ],
    claims: { openid: ["sub", "name", "hanse_allows", "citizen_id"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ["only for this test"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    ttl: { Session: 600, Interaction: 600, Grant: 600 },
  });
  server.on("request", provider.callback());
  console.log(server.address().port);
});
