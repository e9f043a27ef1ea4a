// A QuestionForm in Chromium: what the browser itself says of an answer, what the server says, and
// that the page can be used by everybody (questions 6.6).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { aws, axe, newPage, openBrowser, openMarket, shot, signIn } from "./lib.mjs";

let market, browser;
before(async () => {
    market = await openMarket();
    browser = await openBrowser();
});
after(async () => {
    await browser?.close();
    await market?.close();
});

const choice = (id) => `<Selection><SelectionIdentifier>${id}</SelectionIdentifier><Text>The ${id}</Text></Selection>`;
const question = (id, more, answer) => `<Question><QuestionIdentifier>${id}</QuestionIdentifier>${more}
    <QuestionContent><Text>About the ${id}.</Text></QuestionContent>
    <AnswerSpecification>${answer}</AnswerSpecification></Question>`;
const FORM = `<QuestionForm xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2017-11-06/QuestionForm.xsd">
  <Overview><Title>Leaves</Title><FormattedContent><![CDATA[<p>Look <b>closely</b>.</p>]]></FormattedContent></Overview>
  ${question("count", "<DisplayName>Count</DisplayName><IsRequired>true</IsRequired>", `<FreeTextAnswer><Constraints>
    <IsNumeric minValue="1" maxValue="9"/></Constraints></FreeTextAnswer>`)}
  ${question("code", "<DisplayName>Code</DisplayName>", `<FreeTextAnswer><Constraints>
    <AnswerFormatRegex regex="^(?!XX)[A-Z]{2}$" errorText="Two capital letters, but not XX."/></Constraints></FreeTextAnswer>`)}
  ${question("tree", "<DisplayName>Tree</DisplayName>", `<SelectionAnswer><Selections>${choice("oak")}${choice("elm")}
    <OtherSelection/></Selections></SelectionAnswer>`)}
  ${question("parts", "<DisplayName>Parts</DisplayName>", `<SelectionAnswer><MinSelectionCount>2</MinSelectionCount>
    <MaxSelectionCount>2</MaxSelectionCount><Selections>${choice("leaf")}${choice("bark")}${choice("root")}</Selections></SelectionAnswer>`)}
  ${question("where", "<DisplayName>Where</DisplayName>", `<SelectionAnswer><StyleSuggestion>dropdown</StyleSuggestion>
    <Selections>${choice("wood")}${choice("park")}</Selections></SelectionAnswer>`)}
</QuestionForm>`;

// The language of a requester's words is not known, so the page claims none.
const complaints = async (frame) => (await axe(frame)).filter((v) => !v.startsWith("html-has-lang"));

let count = 0;
function publish(question) {
    const title = `Form ${++count}`;
    const made = aws(market, "create-hit", "--title", title, "--description", "x", "--reward", "0.01",
        "--lifetime-in-seconds", "3600", "--assignment-duration-in-seconds", "600", "--max-assignments", "3",
        "--question", question);
    return { group: made.HIT.HITGroupId,
        answers: () => aws(market, "list-assignments-for-hit", "--hit-id", made.HIT.HITId).Assignments.map((a) => a.Answer) };
}

async function accept(group) {
    const page = await signIn(await newPage(browser), market, "worker");
    await page.goto(`${market.endpoint}/projects/${group}/tasks`);
    await page.getByRole("button", { name: /^Accept/ }).first().click();
    await page.waitForURL(/assignment_id=/);
    const element = await page.waitForSelector("iframe");
    return { page, frame: await element.contentFrame() };
}

test("a form is answered, with help from the browser and from the server", async () => {
    const hit = publish(FORM);
    const { page, frame } = await accept(hit.group);
    await frame.getByText("Look closely.").waitFor();
    assert.deepEqual(await complaints(frame), []);
    const count = frame.getByRole("textbox", { name: /Count/ }), code = frame.getByRole("textbox", { name: /Code/ });
    await count.fill("12");
    await code.fill("XX"); // look-ahead: only the browser knows it
    assert.equal(await code.evaluate((e) => e.validationMessage), "Two capital letters, but not XX.");
    await frame.getByLabel("The leaf").check();
    const box = frame.getByLabel("The leaf");
    assert.match(await box.evaluate((e) => e.validationMessage), /at least 2/);
    await frame.getByLabel("The root").check();
    assert.equal(await box.evaluate((e) => e.validationMessage), "");
    await frame.getByLabel("Other, in your own words").fill("a pine");
    assert.ok(await frame.locator('input[type=radio][value=""]').isChecked());
    await code.fill("AB");
    await frame.getByLabel("Where").selectOption("park");
    await frame.getByRole("button", { name: "Submit" }).click();
    // The server's word, beside the field; everything else is kept.
    await frame.getByRole("alert").waitFor();
    assert.match(await frame.getByRole("alert").innerText(), /1 answer does not fit/);
    await shot(page, "question-form");
    assert.deepEqual(await complaints(frame), []);
    assert.equal(await frame.getByLabel("Where").inputValue(), "park");
    const again = frame.getByRole("textbox", { name: /Count/ });
    assert.equal(await again.getAttribute("aria-invalid"), "true");
    await again.fill("3");
    await frame.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL((url) => !url.search.includes("assignment_id="));
    const [answer] = hit.answers();
    assert.match(answer, /<QuestionIdentifier>count<\/QuestionIdentifier><FreeText>3</);
    assert.match(answer, /<OtherSelectionText>a pine</);
    assert.match(answer, /<SelectionIdentifier>leaf<\/SelectionIdentifier><SelectionIdentifier>root</);
    assert.match(answer, /<SelectionIdentifier>park</);
    await page.context().close();
});

test("a form fits a narrow window", async () => {
    const hit = publish(FORM);
    const page = await newPage(browser, { viewport: { width: 320, height: 700 } });
    const preview = await page.goto(`${market.endpoint}/projects/${hit.group}/tasks`);
    assert.equal(preview.status(), 200);
    const element = await page.waitForSelector("iframe");
    const frame = await element.contentFrame();
    await frame.getByText("This is a preview").waitFor();
    const wide = await frame.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `the form is ${wide} pixels too wide`);
    await page.context().close();
});
