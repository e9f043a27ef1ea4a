// What is entered into a task and not submitted is found again; a hostile task gets nothing by it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, newPage, openBrowser, openMarket, shot, signIn } from "./lib.mjs";
import { accept, publish } from "./tasks.mjs";

let market, browser;
before(async () => {
    market = await openMarket();
    browser = await openBrowser();
});
after(async () => {
    await browser?.close();
    await market?.close();
});

const FIELDS = `<form action="https://www.mturk.com/mturk/externalSubmit" method="post">
    <input name="word" value="first"><input name="word">
    <textarea name="story"></textarea>
    <label><input type="radio" name="mood" value="good"> good</label>
    <label><input type="radio" name="mood" value="bad"> bad</label>
    <label><input type="checkbox" name="seen" value="cat" checked> cat</label>
    <label><input type="checkbox" name="seen" value="dog"> dog</label>
    <select name="size"><option>S<option>M<option>L</select>
    <select name="more" multiple><option>a<option>b<option>c</select>
    <input type="password" name="secret"><input type="hidden" name="assignmentId"></form>
    <script>document.querySelector("[name=assignmentId]").value =
        new URLSearchParams(location.search).get("assignmentId");</script>`;

async function fill(frame) {
    await frame.locator("[name=word]").nth(1).fill("second");
    await frame.locator("[name=story]").fill("Zoë said:\n\"</script><b>no</b>\" \u{1F600}");
    await frame.locator("[value=bad]").check();
    await frame.locator("[value=cat]").uncheck();
    await frame.locator("[name=size]").selectOption("L");
    await frame.locator("[name=more]").selectOption(["a", "c"]);
    await frame.locator("[name=secret]").fill("not to be kept");
}

// The task's frame of a page, once its draft has been put in.
async function filledFrame(page) {
    const frame = await (await page.waitForSelector("iframe")).contentFrame();
    await frame.waitForFunction(() => document.querySelector("[name=story]")?.value);
    return frame;
}

async function isFilled(frame) {
    assert.deepEqual(await frame.locator("input[name=word]").evaluateAll((l) => l.map((e) => e.value)),
        ["first", "second"]);
    assert.equal(await frame.locator("[name=story]").inputValue(),
        "Zoë said:\n\"</script><b>no</b>\" \u{1F600}");
    assert.ok(await frame.locator("[value=bad]").isChecked());
    assert.ok(!await frame.locator("[value=cat]").isChecked());
    assert.equal(await frame.locator("[name=size]").inputValue(), "L");
    assert.deepEqual(await frame.locator("[name=more]")
        .evaluate((e) => [...e.selectedOptions].map((o) => o.value)), ["a", "c"]);
    assert.equal(await frame.locator("[name=secret]").inputValue(), "");
}

test("a reload, and another browser, show what was entered; submitting ends it", async () => {
    const { page, frame } = await accept(market, browser, publish(market, FIELDS));
    await fill(frame);
    await page.waitForTimeout(700); // the frame tells it half a second after the last key
    const address = page.url();
    await page.goto(market.endpoint + "/tasks"); // leaving keeps it at once
    await page.goto(address);
    await isFilled(await filledFrame(page));
    await shot(page, "task-draft");
    assert.deepEqual(await axe(page), []);
    const other = await signIn(await newPage(browser), market, "worker");
    await other.goto(address);
    const there = await filledFrame(other);
    await isFilled(there);
    assert.equal(await other.locator(".kept-note").innerText(), "Draft kept");
    await there.locator("[name=story]").evaluate((e) => e.form.submit());
    await other.waitForURL((url) => !url.search.includes("assignment_id="));
    await other.goto(address);
    assert.equal(await other.locator("form.kept [name=values]").inputValue(), "");
    await page.context().close();
    await other.context().close();
});

test("only the task's own frame is listened to, and what is no draft is passed over", async () => {
    const { page, frame } = await accept(market, browser, publish(market, `<script>
        const site = document.referrer ? new URL(document.referrer).origin : "*";
        addEventListener("load", () => {
            for (const values of [null, 7, [], { a: 1 }, { a: [1] }, { __proto__: ["x"] },
                { a: ["x".repeat(300 * 1024)] }])
                parent.postMessage({ draft: "changed", values }, "*");
            parent.postMessage("draft", "*");
            parent.postMessage({ submitted: location.href }, "*");
        });
        </script>${FIELDS}<iframe srcdoc="<script>top.postMessage({draft:'changed',values:{a:['forged']}},'*');
            top.postMessage({draft:'ready'},'*')</script>"></iframe>`));
    const posts = [], address = page.url();
    page.on("request", (r) => { if (r.url().endsWith("/draft")) posts.push(r.postData()); });
    await page.waitForTimeout(300);
    // A flood is told to the server no more often than any other work.
    await frame.evaluate(() => {
        for (let i = 0; i < 5000; i++)
            parent.postMessage({ draft: "changed", values: { a: [String(i)] } }, "*");
    });
    await page.waitForTimeout(500);
    assert.equal(posts.length, 0, "nothing is sent within 20 s of the first word");
    await page.goto(market.endpoint + "/tasks");
    assert.ok(posts.length <= 1);
    await page.goto(address);
    const again = await (await page.waitForSelector("iframe")).contentFrame();
    await again.waitForFunction(() => document.querySelector("[name=a]")?.value);
    assert.equal(await again.locator("[name=a]").inputValue(), "4999", "the last word, none of another frame");
    assert.deepEqual(page.complaints, []);
    await page.context().close();
});
