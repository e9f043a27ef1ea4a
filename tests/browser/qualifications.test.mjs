// A test that nobody's key scores: answered by a worker, read and scored by the requester, and then
// asked for in the form of a project; with and without script, and in a narrow window.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { aws, axe, newPage, openBrowser, openMarket, shot, signIn } from "./lib.mjs";

let market, browser, type;
const NAME = "Careful reader";
const choice = (id) => `<Selection><SelectionIdentifier>${id}</SelectionIdentifier><Text>The ${id}</Text></Selection>`;
const TEST = `<QuestionForm xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2017-11-06/QuestionForm.xsd">
  <Question><QuestionIdentifier>q1</QuestionIdentifier><DisplayName>Tree</DisplayName>
    <QuestionContent><Text>Which of them stays green?</Text></QuestionContent>
    <AnswerSpecification><SelectionAnswer><Selections>${choice("oak")}${choice("fir")}</Selections>
    </SelectionAnswer></AnswerSpecification></Question>
  <Question><QuestionIdentifier>q2</QuestionIdentifier>
    <QuestionContent><Text>Describe a fir in a sentence.</Text></QuestionContent>
    <AnswerSpecification><FreeTextAnswer/></AnswerSpecification></Question>
</QuestionForm>`;

before(async () => {
    market = await openMarket();
    browser = await openBrowser();
    type = aws(market, "create-qualification-type", "--name", NAME, "--description", "Reads twice",
        "--qualification-type-status", "Active", "--test", TEST, "--test-duration-in-seconds", "600",
        "--retry-delay-in-seconds", "0").QualificationType.QualificationTypeId;
});
after(async () => {
    await browser?.close();
    await market?.close();
});

async function takeTest(words) {
    const page = await signIn(await newPage(browser), market, "worker");
    await page.goto(`${market.endpoint}/qualifications/${type}/test`);
    await page.getByRole("button", { name: "Start the test" }).click();
    await page.getByLabel("The fir").check();
    await page.getByRole("textbox").fill(words);
    await page.getByRole("main").getByRole("button").last().click();
    await page.getByText("wait for the requester").first().waitFor();
    await page.context().close();
}

async function fits(page) {
    return await page.evaluate(() => document.scrollingElement.scrollWidth) <= page.viewportSize().width + 1;
}

test("answers stand beside the request, a mistake comes back, a score is granted", async () => {
    await takeTest("Green all the year.\nIts needles are flat, and <b>soft</b>.");
    const page = await signIn(await newPage(browser), market, "requester");
    const address = `${market.endpoint}/requester/qualifications/${type}`;
    await page.goto(address);
    const card = page.locator("article.card").first();
    assert.match(await card.innerText(), /Tree: Which of them stays green\?[^]*The fir[^]*Describe a fir[^]*<b>soft<\/b>/);
    assert.deepEqual(await axe(page), []);
    await shot(page, "qualification-requests");
    const narrow = await newPage(browser, { viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
    await signIn(narrow, market, "requester");
    await narrow.goto(address);
    await shot(narrow, "qualification-requests-320");
    assert.ok(await fits(narrow));
    await narrow.locator("article").getByRole("button", { name: "Grant", exact: true }).click();
    await narrow.locator("article").getByText("Say which score").waitFor();
    await shot(narrow, "qualification-requests-320-mistake");
    assert.ok(await fits(narrow));
    await narrow.getByLabel("Score").fill("80");
    await narrow.locator("article").getByRole("button", { name: "Grant", exact: true }).click();
    await narrow.getByText("Granted").first().waitFor();
    await narrow.context().close();
    await page.reload();
    assert.equal(await page.locator("article.card").count(), 0);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
});

test("a project asks for it by name", async () => {
    const page = await signIn(await newPage(browser), market, "requester");
    await page.goto(`${market.endpoint}/requester/create/projects/new?start=survey`);
    await page.getByText("Qualifications of your own").click();
    await page.getByLabel("Qualification 1", { exact: true }).selectOption({ label: NAME });
    await page.getByLabel("Qualification 1: comparison").selectOption({ label: "at least" });
    await page.getByLabel("Qualification 1: value").fill("eighty");
    await page.getByLabel("Title").fill("Asked of careful readers");
    await page.getByLabel("Description").fill("A sentence.");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#own").getByText("Write one whole number").waitFor();
    assert.deepEqual(await axe(page), []);
    await shot(page, "project-own-qualifications");
    await page.setViewportSize({ width: 320, height: 640 });
    await shot(page, "project-own-qualifications-320");
    assert.ok(await fits(page));
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByLabel("Qualification 1: value").fill("80");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(`${NAME} is at least 80`).waitFor();
    await page.context().close();
});
