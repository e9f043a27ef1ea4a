// What browser code adds to pages that work without it: the file that goes up with a bar and can be
// stopped, colours, and the question before leaving.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { newPage, openBrowser, openMarket, shot, signIn } from "./lib.mjs";
import * as tasks from "./tasks.mjs";

const ROWS = Number(process.env.BIG_ROWS ?? 50_000);

let market, browser;
before(async () => {
    market = await openMarket();
    browser = await openBrowser();
});
after(async () => {
    await browser?.close();
    await market?.close();
});

// A results file of assignments that nobody has.
function strangeFile(rows) {
    const file = join(market.folder, "strange.csv");
    const lines = ['"HITId","AssignmentId","Approve","Reject"\r\n'];
    for (let i = 0; i < rows; i++) {
        const n = String(i).padStart(8, "0");
        lines.push(`"3${"A".repeat(21)}${n}","3${"B".repeat(21)}${n}","x",""\r\n`);
    }
    writeFileSync(file, lines.join(""));
    return file;
}

test("a large file goes up with a bar, can be stopped, and is refused in place", async () => {
    const page = await signIn(await newPage(browser), market, "requester");
    await page.goto(market.endpoint + "/requester/upload");
    await page.locator("input[name=file]").setInputFiles(strangeFile(ROWS));
    const line = await page.context().newCDPSession(page);
    const slow = (uploadThroughput) => line.send("Network.emulateNetworkConditions",
        { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
    await line.send("Network.enable");
    await slow(1e6);
    const send = page.getByRole("button", { name: "Upload and show the plan" });
    await send.click();
    const words = page.locator(".upload-progress p");
    await words.filter({ hasText: /^\d+\.\d MiB of \d+\.\d MiB, \d+%$/ }).waitFor();
    assert.ok(await send.isDisabled());
    await shot(page, "story-upload-progress");
    await page.getByRole("button", { name: "Stop" }).click();
    assert.equal(await page.locator(".upload-progress").count(), 0);
    assert.ok(await send.isEnabled());
    await slow(-1);
    await send.click();
    const refused = page.getByText("No row of the file names an assignment of your account.").first();
    const planning = page.getByRole("heading", { name: "The plan is being made" });
    await planning.or(refused).first().waitFor({ timeout: 240_000 });
    if (await planning.count()) { // it took longer than a second: the page tells how far it is
        await page.locator("[data-live] progress").first().waitFor();
        await shot(page, "story-upload-planning");
        assert.match(page.url(), /\/requester\/reviews\/\w{30}$/);
    }
    await refused.waitFor({ timeout: 240_000 }); // without a hand: the page comes anew by itself
    await shot(page, "story-upload-refused");
    await page.context().close();
});

test("colours are chosen with and without script, and stay", async () => {
    for (const javaScriptEnabled of [true, false]) {
        const page = await signIn(await newPage(browser, { javaScriptEnabled }), market, "worker");
        await page.goto(market.endpoint + "/earnings");
        await page.locator(".account-menu > summary").click();
        const answered = page.waitForResponse((r) => r.url().endsWith("/colours"));
        await page.getByRole("button", { name: "Dark" }).click();
        await answered;
        await page.goto(market.endpoint + "/dashboard");
        assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
        await page.context().close();
    }
});

test("leaving a half-filled project asks first", async () => {
    const page = await signIn(await newPage(browser), market, "requester");
    await page.goto(market.endpoint + "/requester/create/projects/new?start=other");
    const field = page.locator("form[data-keep] input[type=text]").first();
    if (!await field.count())
        await page.goto(market.endpoint + "/requester/projects/3/edit");
    await field.fill("Half a title");
    let asked = false;
    page.on("dialog", (dialog) => { asked = true; return dialog.accept(); });
    await page.goto(market.endpoint + "/requester/");
    assert.ok(asked);
    await page.context().close();
});

test("a task says when little time is left, by the server's clock, and when it is over", async () => {
    const { page } = await tasks.accept(market, browser, tasks.publish(market, ""));
    await page.clock.install({ time: Date.now() - 86400000 }); // the reader's clock is a day behind
    await page.reload();
    const note = page.locator(".time-note"), left = page.locator(".task-bar .countdown");
    assert.match(await left.innerText(), /^59:\d\d$|^1:00:00$/);
    assert.ok(await note.isHidden());
    await page.clock.fastForward("55:30");
    await note.getByText("Less than five minutes").waitFor();
    await shot(page, "task-time-note");
    await page.clock.fastForward("03:45");
    await note.getByText("Less than a minute").waitFor();
    await page.clock.fastForward("01:00");
    await note.getByText("is over").waitFor();
    assert.equal(await left.innerText(), "none");
    await page.context().close();
});
