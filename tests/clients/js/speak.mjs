// A client that is told what to call, a JSON document a line, and answers a line each (../speak.py):
//     node speak.mjs v2|v3
//     {"call": "GetHIT", "with": {…}}     ->  {"ok": {…}} or {"refused": {"name", "code", "words"}}
//     {"pages": "ListHITs", "with": {…}, "size": 100, "list": "HITs", "id": "HITId"}  ->  {"ok": [id…]}
// HIT_ENDPOINT, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY say where and who.
import readline from "node:readline";

const where = { endpoint: process.env.HIT_ENDPOINT, region: "us-east-1" };

async function speakV3() {
  const sdk = await import("@aws-sdk/client-mturk");
  const client = new sdk.MTurkClient(where);
  return {
    call: async (name, input) => {
      const { $metadata, ...answer } = await client.send(new sdk[`${name}Command`](input));
      return answer;
    },
    pages: (name, input, size) => sdk[`paginate${name}`]({ client, pageSize: size }, input),
    refusal: (e) => ({ name: e.name, code: e.TurkErrorCode, words: e.message }),
  };
}

async function speakV2() {
  const { default: AWS } = await import("aws-sdk/clients/mturk.js");
  const client = new AWS(where);
  const call = (name, input) => client[name[0].toLowerCase() + name.slice(1)](input).promise();
  return {
    call,
    async *pages(name, input, size) { // it has no paginator of its own for all of them
      for (let token; ;) {
        const page = await call(name, { ...input, MaxResults: size, NextToken: token });
        yield page;
        if (!(token = page.NextToken)) return;
      }
    },
    refusal: (e) => ({ name: e.code, words: e.message }),
  };
}

// Dates are seconds in what is told and answered.
const told = (members) => "ExpireAt" in members
  ? { ...members, ExpireAt: new Date(members.ExpireAt * 1000) } : members;
const plain = (v) => v instanceof Date ? v.getTime() / 1000
  : Array.isArray(v) ? v.map(plain)
  : v && typeof v === "object"
    ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)])) : v;

async function walk(client, { pages, with: input, size, list, id }) {
  const ids = [];
  for await (const page of client.pages(pages, input, size)) ids.push(...page[list].map((x) => x[id]));
  return ids;
}

const client = await { v2: speakV2, v3: speakV3 }[process.argv[2]]();
for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = { ok: asked.pages ? await walk(client, asked)
      : plain(await client.call(asked.call, told(asked.with))) };
  } catch (e) {
    answer = { refused: client.refusal(e) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
