// The stories the product exists for, from the first page, by what a person reads and presses.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
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

test("a worker sees why, appeals, is granted, and is paid", async () => {
    const worker = await signIn(await newPage(browser), market, "worker");
    await worker.goto(market.endpoint + "/dashboard");
    await worker.locator("a[href^='/status_details/']").first().click();
    const rejected = worker.locator("section.card", { hasText: "Reason of the rejection" })
        .filter({ hasText: "Can be reversed until" }).first();
    await rejected.waitFor();
    assert.match(await rejected.innerText(), /Wrong code/);
    await shot(worker, "story-worker-day");
    await rejected.getByRole("link", { name: /Appeal/ }).click();
    await worker.getByLabel("Why should it be reversed?").fill(
        "I typed the name exactly as it stands on the sign. Please look once more.");
    await shot(worker, "story-appeal");
    await worker.getByRole("button", { name: "Send the appeal" }).click();
    await worker.getByText("Your appeal was sent.").waitFor();
    const appeal = new URL(worker.url()).pathname;
    const desk = await signIn(await newPage(browser), market, "requester");
    await desk.getByRole("link", { name: "Answer the appeals" }).click();
    await shot(desk, "story-appeal-queue");
    await desk.goto(market.endpoint + "/requester" + appeal);
    await shot(desk, "story-appeal-answer");
    await desk.getByLabel("A word to the worker").fill("You were right, and I am sorry.");
    await desk.getByRole("button", { name: /Grant, and pay/ }).click();
    await desk.getByText("Granted: the rejection is undone").waitFor();
    await worker.goto(market.endpoint + "/dashboard");
    await worker.locator("a[href^='/status_details/']").first().click();
    await worker.getByText("You were right, and I am sorry.").waitFor();
    assert.match(await worker.locator("main").innerText(), /Rejected, then approved and paid/);
    await shot(worker, "story-worker-paid");
    await worker.goto(market.endpoint + "/earnings");
    assert.match(await worker.locator("main").innerText(), /rejection was undone/);
    await worker.context().close();
    await desk.context().close();
});

// Columns of a results file by name; enough of CSV for files that we wrote ourselves.
function readCsv(text) {
    const rows = [[]];
    let cell = "", quoted = false;
    for (let i = 0; i < text.length; i++) {
        const c = text[i];
        if (quoted && c === '"' && text[i + 1] === '"') { cell += '"'; i++; }
        else if (c === '"') quoted = !quoted;
        else if (!quoted && c === ",") { rows.at(-1).push(cell); cell = ""; }
        else if (!quoted && c === "\n") { rows.at(-1).push(cell.replace(/\r$/, "")); cell = ""; rows.push([]); }
        else cell += c;
    }
    rows.at(-1).push(cell);
    return rows.filter((row) => row.length > 1);
}
const writeCsv = (rows) => rows.map((row) =>
    row.map((c) => `"${c.replaceAll('"', '""')}"`).join(",")).join("\r\n") + "\r\n";

test("wrong rejections are undone by file: first page, download, mark, upload, Yes", async () => {
    const page = await signIn(await newPage(browser), market, "requester");
    assert.match(await page.locator("main").innerText(), /rejections can still be undone/);
    await page.goto(`${market.endpoint}/requester/batches/${market.wrong_batch}/results?status=all`);
    const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Download CSV" }).first().click(),
    ]);
    const rows = readCsv(readFileSync(await download.path(), "utf8").replace(/^\ufeff/, ""));
    const at = (name) => rows[0].indexOf(name);
    let marked = 0;
    for (const row of rows.slice(1, 1 + 24)) {
        if (row[at("AssignmentStatus")] !== "Rejected")
            continue;
        row[at("Approve")] = "x";
        row[at("Reject")] = "";
        marked++;
    }
    assert.ok(marked > 2);
    const file = join(market.folder, "reviewed.csv");
    writeFileSync(file, writeCsv(rows));
    await page.getByRole("link", { name: "Upload CSV" }).first().click();
    await page.getByLabel("Results file (CSV)").setInputFiles(file);
    await page.getByRole("button", { name: "Upload and show the plan" }).click();
    await page.waitForURL(/\/requester\/reviews\//);
    const plan = await page.locator("main").innerText();
    assert.match(plan, /Apply this review\?/);
    assert.match(plan, new RegExp(`Undo rejection[^]*\\b${marked}\\b`));
    assert.match(plan, /can not be taken back/);
    const number = (label) => Number(plan.match(new RegExp(label + "\\s*\\$([\\d.]+)"))[1]);
    const needed = number("Needed from available"), before = number("Available now");
    await shot(page, "story-plan");
    await page.getByRole("button", { name: "Yes, apply" }).click();
    await page.getByRole("heading", { name: "Applied" }).waitFor();
    await shot(page, "story-applied");
    const done = await page.locator("main").innerText();
    assert.match(done, new RegExp(`Rejections undone\\s*${marked}\\b`));
    const after = Number(done.match(/Available now\s*\$([\d.]+)/)[1]);
    assert.equal(Math.round((before - after) * 100), Math.round(needed * 100), "to the cent");
    await page.reload();
    await page.goBack();
    assert.ok(!/Yes, apply/.test(await page.locator("main").innerText()) ||
        (await page.getByRole("button", { name: "Yes, apply" }).click(),
        /Applied|Nothing has moved/.test(await page.locator("main").innerText())),
    "back and Yes again pays nothing twice");
    await page.goto(market.endpoint + "/requester/");
    await page.context().close();
});

test("… and by button, from the first page", async () => {
    const page = await signIn(await newPage(browser), market, "requester");
    await shot(page, "story-home");
    await page.getByRole("link", { name: "Look at them" }).click();
    await page.waitForURL(/\/requester\/undo/);
    await shot(page, "story-undo-list");
    await page.locator("tbody input[type=checkbox]").first().check();
    await page.getByRole("button", { name: "Undo…", exact: true }).click();
    await page.waitForURL(/\/requester\/reviews\//);
    assert.match(await page.locator("main").innerText(), /Undo these rejections\?/);
    await page.getByRole("button", { name: "Yes, apply" }).click();
    await page.getByRole("heading", { name: "Applied" }).waitFor();
    assert.match(await page.locator("main").innerText(), /Rejections undone\s*1\b/);
    await page.context().close();
});

test("accept, work, submit in the frame, and the next one comes", async () => {
    const page = await signIn(await newPage(browser), market, "worker");
    await page.goto(market.endpoint + "/projects");
    await shot(page, "story-tasks");
    await page.locator("tr", { hasText: "Add up a receipt" }).getByRole("link", { name: "Preview" }).click();
    await page.getByRole("button", { name: "Accept" }).click();
    await page.waitForURL(/assignment_id=/);
    const left = page.locator(".countdown[data-deadline]");
    const first = await left.innerText();
    await page.waitForFunction((text) =>
        document.querySelector(".countdown[data-deadline]").textContent !== text, first);
    const frame = await (await page.waitForSelector("iframe")).contentFrame();
    await frame.getByLabel("Total").fill("12.34");
    await frame.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/done=|\/projects$/);
    await page.getByText("Submitted.").first().waitFor();
    assert.equal(new URL(page.url()).pathname, "/projects");
    // Once more, and the next one is accepted with it. What is ticked is saved without a reload.
    await page.locator("tr", { hasText: "Add up a receipt" }).getByRole("link", { name: "Preview" }).click();
    await page.getByRole("button", { name: "Accept" }).click();
    await page.waitForURL(/assignment_id=/);
    const second = page.url();
    const again = await (await page.waitForSelector("iframe")).contentFrame();
    await again.getByLabel("Total").fill("5.00");
    const [saved] = await Promise.all([
        page.waitForResponse((r) => r.url().endsWith("/tasks/accept-next")),
        page.getByLabel("Accept the next task automatically").check(),
    ]);
    assert.equal(saved.status(), 200);
    assert.equal(await again.getByLabel("Total").inputValue(), "5.00");
    await shot(page, "story-accept-next");
    await again.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL((url) => url.href !== second && /assignment_id=.*done=1/.test(url.href));
    await page.getByText("Submitted. Here is the next one of this group.").waitFor();
    assert.equal(await page.getByLabel("Accept the next task automatically").isChecked(), true);
    await shot(page, "story-next-task");
    await page.getByLabel("Accept the next task automatically").uncheck();
    assert.deepEqual(page.complaints, []);
    await page.context().close();
});

test("a task is returned after being asked", async () => {
    const page = await signIn(await newPage(browser), market, "worker");
    await page.goto(market.endpoint + "/tasks");
    await page.getByRole("link", { name: "Return…" }).first().click();
    await page.getByRole("button", { name: "Return it" }).click();
    await page.getByText("Returned. Its place is open to others.").waitFor();
    await page.context().close();
});
