// What a hurried person does to the pages: back, reload, pressing twice, pressing an old form, a file
// that is far too large. And the shortest way to undo a batch of wrong rejections, with script and
// without.
import assert from "node:assert/strict";
import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { newPage, openBrowser, openMarket, shot, signIn } from "./lib.mjs";

let market, browser;
before(async () => {
    market = await openMarket();
    browser = await openBrowser();
});
after(async () => {
    await browser?.close();
    await market?.close();
});

const available = async (page) =>
    (await (await page.request.get(market.endpoint + "/requester/account?format=json")).json()).available;
const counts = async (page, batch) => {
    const data = await (await page.request.get(
        `${market.endpoint}/requester/batches/${batch}?format=json`)).json();
    return [data.card.submitted, data.card.approved, data.card.rejected];
};
const batchCalled = async (page, name) => {
    const { cards } = await (await page.request.get(
        market.endpoint + "/requester/manage/batches?format=json")).json();
    return cards.find((c) => c.name === name).id;
};

test("back and the same button again: nothing happens twice", async () => {
    const page = await signIn(await newPage(browser), market, "requester");
    const batch = await batchCalled(page, "Mood of reviews");
    const results = `${market.endpoint}/requester/batches/${batch}/results?status=submitted`;
    const before = await counts(page, batch), money = await available(page);

    // one approved from its own page, which then shows the next one
    await page.goto(results);
    await page.locator("tbody a.row-link").first().click();
    await page.getByRole("button", { name: /^Approve: pay/ }).click();
    await page.waitForLoadState();
    const once = await counts(page, batch);
    assert.deepEqual(once, [before[0] - 1, before[1] + 1, before[2]]);
    await page.goBack();
    const again = page.getByRole("button", { name: /^Approve: pay/ });
    if (await again.count())
        await again.click();
    await page.waitForLoadState();
    assert.deepEqual(await counts(page, batch), once, "approved once");

    // one rejected, through the question for the reason
    await page.goto(results);
    await page.locator("tbody input[type=checkbox]").first().check();
    await page.getByRole("button", { name: "Reject…" }).click();
    await page.getByRole("textbox").first().fill("The mood does not fit the words");
    await page.getByRole("button", { name: "Show what would happen" }).click();
    await page.waitForURL(/\/requester\/reviews\//);
    const plan = page.url();
    await page.getByRole("button", { name: "Yes, apply" }).click();
    await page.getByRole("heading", { name: "Applied" }).waitFor();
    const rejected = await counts(page, batch);
    assert.deepEqual(rejected, [once[0] - 1, once[1], once[2] + 1]);
    const after = await available(page);
    for (let i = 0; i < 3; i++) { // to the plan, to the reason, to the list
        await page.goBack();
        const yes = page.getByRole("button", { name: "Yes, apply" });
        if (await yes.count() && await yes.isEnabled())
            await yes.click();
        assert.ok((await page.locator("h1").count()) >= 1);
    }
    await page.goto(plan);
    await page.getByRole("heading", { name: "Applied" }).waitFor();
    await page.reload();
    assert.deepEqual(await counts(page, batch), rejected, "rejected once");
    assert.equal(await available(page), after);
    assert.ok(after > money, "the rejection gave its money back, once");

    // thrown away: the plan is gone, and its Yes does nothing
    await page.goto(results);
    await page.getByRole("button", { name: /^Approve all/ }).click();
    await page.waitForURL(/\/requester\/reviews\//);
    await page.getByRole("button", { name: /^No/ }).click();
    await page.getByText("Nothing has changed; the plan was thrown away.").waitFor();
    await page.goBack();
    const yes = page.getByRole("button", { name: "Yes, apply" });
    if (await yes.count())
        await yes.click();
    await page.waitForLoadState();
    assert.match(await page.locator("main").innerText(), /There is no review|Nothing/);
    assert.deepEqual(await counts(page, batch), rejected);
    assert.deepEqual(page.complaints.filter((c) => !/404/.test(c)), []);
    await page.context().close();
});

test("Yes pressed twice in a row pays once", async () => {
    const page = await signIn(await newPage(browser), market, "requester");
    await page.goto(market.endpoint + "/requester/undo");
    await page.locator("form[action='/requester/undo'] tbody input[type=checkbox]").first().check();
    await page.getByRole("button", { name: "Undo…" }).click();
    await page.waitForURL(/\/requester\/reviews\//);
    const needed = (await (await page.request.get(page.url() + "?format=json")).json()).from_available;
    const before = await available(page);
    await page.getByRole("button", { name: "Yes, apply" }).dblclick();
    await page.getByRole("heading", { name: "Applied" }).waitFor();
    assert.equal(await available(page), before - needed);
    await page.context().close();
});

test("a gigabyte: a page that says how much there may be", async () => {
    const file = join(market.folder, "huge.csv");
    writeFileSync(file, "AssignmentId,Approve\r\n");
    truncateSync(file, 2 ** 30);
    for (const javaScriptEnabled of [true, false]) {
        const page = await signIn(await newPage(browser, { javaScriptEnabled }), market, "requester");
        await page.goto(market.endpoint + "/requester/upload");
        await page.locator("input[name=file]").setInputFiles(file);
        await page.getByRole("button", { name: "Upload and show the plan" }).click({ noWaitAfter: true });
        await page.getByText("larger than 512 MiB").waitFor();
        assert.match(await page.locator("main").innerText(), /Nothing was changed/);
        await shot(page, "too-large" + (javaScriptEnabled ? "" : "-without-script"));
        await page.context().close();
    }
    rmSync(file);
});

for (const javaScriptEnabled of [true, false])
    test(`a wrong batch is undone with three presses, ${javaScriptEnabled ? "with" : "without"} script`, async () => {
        const page = await signIn(await newPage(browser, { javaScriptEnabled }), market, "requester");
        const name = javaScriptEnabled ? "Street signs" : "Batch_4100212_batch_results";
        const batch = await batchCalled(page, name);
        const [, approved, rejected] = await counts(page, batch);
        await page.getByRole("link", { name: "Look at them" }).click();
        await shot(page, "undo-by-batch");
        const row = page.locator("tr", { hasText: name }).filter({ has: page.getByRole("button") }).first();
        await row.getByRole("button", { name: /^Undo/ }).click();
        await page.waitForURL(/\/requester\/reviews\//);
        const plan = await page.locator("main").innerText();
        assert.match(plan, /Undo these rejections\?/);
        assert.match(plan, /can not be taken back/);
        await page.getByRole("button", { name: "Yes, apply" }).click();
        await page.getByRole("heading", { name: "Applied" }).waitFor();
        const now = await counts(page, batch);
        assert.equal(now[2], 0);
        assert.equal(now[1], approved + rejected);
        await page.context().close();
    });
