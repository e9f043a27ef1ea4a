// The AWS SDK for JavaScript against a running server, in the steps that ../test_javascript.py calls:
//     node market.mjs STEP [ARGUMENT…]      prints one JSON document
// HIT_ENDPOINT, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY say where and who.
import assert from "node:assert/strict";
import * as sdk from "@aws-sdk/client-mturk";

const client = new sdk.MTurkClient({ endpoint: process.env.HIT_ENDPOINT, region: "us-east-1" });

const call = (name, input = {}) => client.send(new sdk[`${name}Command`](input));

const QUESTION = `<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd">
<HTMLContent><![CDATA[<!DOCTYPE html><html><body><form method="post" action="/mturk/externalSubmit">
<input type="hidden" name="assignmentId"><input name="tag"></form></body></html>]]></HTMLContent>
<FrameHeight>0</FrameHeight></HTMLQuestion>`;

const HIT = {
  Title: "Größe schätzen 🐘", Description: "Say what is shown", Keywords: "größe, 象",
  Reward: "0.50", MaxAssignments: 3, LifetimeInSeconds: 3600, AssignmentDurationInSeconds: 600,
  Question: QUESTION,
};

// The call must be refused: with a class of the model or a bare exception of that name, that
// TurkErrorCode (null: none) and those opening words.
async function refused(name, code, words, operation, input) {
  const error = await call(operation, input).then(() => null, (e) => e);
  assert.ok(error, `${operation} ${JSON.stringify(input)} was not refused`);
  assert.equal(error.name, name, error.message);
  if (name === "RequestError") {
    assert.ok(error instanceof sdk.RequestError);
    assert.equal(error.TurkErrorCode, `AWS.MechanicalTurk.${code}`);
  }
  assert.ok(error.message.startsWith(words), error.message);
  if (error.TurkErrorCode) assert.match(error.message, / \(\d{13}\)$/);
  assert.equal(error.$metadata.httpStatusCode, 400);
  assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
}

const cents = (text) => Math.round(Number(text) * 100);
const available = async () => cents((await call("GetAccountBalance")).AvailableBalance);

const steps = {
  async publish() {
    const before = await available();
    const { HIT: made } = await call("CreateHIT", HIT);
    assert.equal(before - (await available()), 3 * 60);
    for (const name of ["Title", "Description", "Keywords", "Reward", "Question"])
      assert.equal(made[name], HIT[name]);
    assert.ok(made.CreationTime instanceof Date && made.Expiration - made.CreationTime === 3600e3);
    assert.equal(made.HITStatus, "Assignable");
    assert.deepEqual(made.QualificationRequirements, []);
    const { HITTypeId } = await call("CreateHITType", { ...HIT, Question: undefined,
      MaxAssignments: undefined, LifetimeInSeconds: undefined });
    assert.equal(HITTypeId, made.HITTypeId);
    return { hit: made.HITId, group: made.HITGroupId };
  },

  // A HIT of three submitted assignments: approve one, reject one, undo that, and pay a bonus.
  async review(hit) {
    const found = [];
    const pages = sdk.paginateListAssignmentsForHIT({ client, pageSize: 2 }, { HITId: hit });
    for await (const page of pages) found.push(...page.Assignments);
    assert.equal(found.length, 3);
    assert.ok(found[0].SubmitTime instanceof Date && found[0].SubmitTime <= found[1].SubmitTime);
    assert.match(found[0].Answer, /<FreeText>größe & 象|<FreeText>größe &amp; 象/);
    const [a, b, c] = found.map((one) => one.AssignmentId);

    assert.deepEqual(Object.keys(await call("ApproveAssignment", { AssignmentId: a })),
      ["$metadata"]);
    await call("RejectAssignment", { AssignmentId: b, RequesterFeedback: "Nein – 違う" });
    const state = "This operation can be called with a status of: Submitted (";
    await refused("RequestError", "InvalidAssignmentState", state, "ApproveAssignment",
      { AssignmentId: a });
    await refused("RequestError", "InvalidAssignmentState", state, "ApproveAssignment",
      { AssignmentId: b });
    await refused("RequestError", "InvalidAssignmentState", state, "RejectAssignment",
      { AssignmentId: b, RequesterFeedback: "" });
    const wrong = (await call("GetAssignment", { AssignmentId: b })).Assignment;
    assert.equal(wrong.AssignmentStatus, "Rejected");
    assert.equal(wrong.RequesterFeedback, "Nein – 違う");

    const before = await available();
    await call("ApproveAssignment", { AssignmentId: b, OverrideRejection: true });
    assert.equal(before - (await available()), 60);
    await refused("RequestError", "InvalidAssignmentState", state, "ApproveAssignment",
      { AssignmentId: b, OverrideRejection: true });
    assert.equal(before - (await available()), 60);
    const right = await call("GetAssignment", { AssignmentId: b });
    assert.equal(right.Assignment.AssignmentStatus, "Approved");
    assert.equal(right.HIT.HITId, hit);

    const bonus = { WorkerId: found[2].WorkerId, AssignmentId: c, BonusAmount: "0.10",
      Reason: "schnell", UniqueRequestToken: "once" };
    await call("SendBonus", bonus);
    await refused("RequestError", "DuplicateRequest",
      'The idempotency token "once" has already been processed.', "SendBonus", bonus);
    assert.equal(before - (await available()), 72);
    return { statuses: (await call("ListAssignmentsForHIT", { HITId: hit })).Assignments
      .map((one) => one.AssignmentStatus) };
  },

  // What a client without checks of its own sends, and every error as its class.
  async errors() {
    const unknown = "3" + "Z".repeat(29);
    const hitGone = `Hit ${unknown} does not exist. (`;
    for (const operation of ["GetHIT", "ListAssignmentsForHIT", "DeleteHIT"])
      await refused("RequestError", "HITDoesNotExist", hitGone, operation, { HITId: unknown });
    await refused("RequestError", "HITDoesNotExist", hitGone, "UpdateExpirationForHIT",
      { HITId: unknown, ExpireAt: new Date(0) });
    await refused("RequestError", "HITDoesNotExist", hitGone, "CreateAdditionalAssignmentsForHIT",
      { HITId: unknown, NumberOfAdditionalAssignments: 1 });
    for (const operation of ["GetAssignment", "ApproveAssignment"])
      await refused("RequestError", "AssignmentDoesNotExist",
        `Assignment ${unknown} does not exist. (`, operation, { AssignmentId: unknown });

    const one = (operation, input, words) => refused("ValidationException", null,
      `1 validation error detected: Value ${words}`, operation, input);
    await one("GetHIT", {}, "null at 'hITId' failed to satisfy constraint: Member must not be null");
    await refused("ValidationException", null, "2 validation errors detected: Value '' at 'hITId'",
      "GetHIT", { HITId: "" });
    await one("GetHIT", { HITId: "abc" }, "'abc' at 'hITId' failed to satisfy constraint: " +
      "Member must satisfy regular expression pattern: ^[A-Z0-9]+$");
    await one("RejectAssignment", { AssignmentId: unknown },
      "null at 'requesterFeedback' failed to satisfy constraint: Member must not be null");
    await one("ListHITs", { MaxResults: 0 }, "'0' at 'maxResults' failed to satisfy constraint: " +
      "Member must have value greater than or equal to 1");
    await one("ListHITs", { MaxResults: 101 }, "'101' at 'maxResults'");
    await one("ListHITs", { NextToken: "" }, "'' at 'nextToken'");
    await one("CreateHIT", { ...HIT, Reward: ".20" }, "'.20' at 'reward'");
    await one("CreateHIT", { ...HIT, Title: "x".repeat(129) }, "'xxx");
    await one("ListReviewableHITs", { Status: "Maybe" }, "'Maybe' at 'status'");
    await refused("ValidationException", null, "2 validation errors detected: ",
      "RejectAssignment", {});
    await refused("SerializationException", null, "", "CreateHIT", { ...HIT, Title: 5 });
    await refused("ParameterValidationError", null, "There was an error parsing the XML question",
      "CreateHIT", { ...HIT, Question: "<HTMLQuestion>" });
    await refused("ParameterValidationError", null, "The value ", "ListHITs",
      { NextToken: "p2:AAAA" });
    await refused("RequestError", "InsufficientFunds",
      "This Requester has insufficient funds in their account to complete this transaction.",
      "CreateHIT", { ...HIT, Reward: "9999.00" });

    const stranger = new sdk.MTurkClient({ endpoint: process.env.HIT_ENDPOINT, region: "sandbox",
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "x" } });
    const error = await stranger.send(new sdk.GetAccountBalanceCommand({})).catch((e) => e);
    assert.equal(error.name, "UnrecognizedClientException");
    return {};
  },

  // Any region is right; a clock that is an hour off is put right by the Date of the refusal.
  async clock() {
    const input = { endpoint: process.env.HIT_ENDPOINT };
    const elsewhere = new sdk.MTurkClient({ ...input, region: "eu-central-1" });
    assert.ok((await elsewhere.send(new sdk.GetAccountBalanceCommand({}))).AvailableBalance);
    const slow = new sdk.MTurkClient({ ...input, region: "us-east-1", systemClockOffset: -3600e3 });
    const answer = await slow.send(new sdk.GetAccountBalanceCommand({}));
    assert.equal(answer.$metadata.attempts, 2);
    return {};
  },
};

const [step, ...rest] = process.argv.slice(2);
console.log(JSON.stringify(await steps[step](...rest)));
