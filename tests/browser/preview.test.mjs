// The layout being edited, beside its editor: it follows what is typed, works by a button without
// script, and a hostile one gets nothing and can not hurt the form.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, newPage, openBrowser, openMarket, shot, signIn } from "./lib.mjs";

let market, browser;
before(async () => {
    market = await openMarket();
    browser = await openBrowser();
});
after(async () => {
    await browser?.close();
    await market?.close();
});

const NEW = "/requester/create/projects/new?start=other";

async function form(options) {
    const page = await signIn(await newPage(browser, options), market, "requester");
    await page.goto(market.endpoint + NEW);
    return page;
}

const editor = (page) => page.locator(".editor .cm-content");
const frameOf = async (page) => (await page.waitForSelector("iframe.task-frame:not(.waiting)")).contentFrame();

// Until the frame of the moment says these words.
async function says(page, words) {
    const end = Date.now() + 20_000;
    for (;;) {
        const frame = await frameOf(page).catch(() => null);
        const text = await frame?.evaluate(() => document.body?.innerText ?? "").catch(() => "");
        if (text?.includes(words))
            return frame;
        assert.ok(Date.now() < end, `the preview never said ${words}: ${text}`);
        await page.waitForTimeout(100);
    }
}

async function type(page, html) {
    await editor(page).click();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(html);
}

test("it follows what is typed, and going back leaves the page", async () => {
    const page = await form();
    const before = await page.evaluate(() => history.length);
    await type(page, "<h1>Which bird is ${bird}?</h1><input name=bird>");
    const frame = await says(page, "Which bird is [bird]?");
    assert.notEqual(new URL(frame.url()).hostname, new URL(market.endpoint).hostname);
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" <p>Look twice.</p>");
    await says(page, "Look twice.");
    await shot(page, "project-preview");
    assert.equal(await page.evaluate(() => history.length), before);
    assert.equal(await page.locator("iframe.task-frame").count(), 1);
    assert.deepEqual(await axe(page), []);
    await page.getByLabel("while you type").uncheck();
    await page.locator(".editor .cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" <p>Not yet.</p>");
    await page.waitForTimeout(1500);
    assert.ok(!(await (await frameOf(page)).evaluate(() => document.body.innerText)).includes("Not yet."));
    await page.getByRole("button", { name: "Preview" }).click();
    await says(page, "Not yet.");
    // Chromium's own editing tries a style before CodeMirror puts the line right.
    assert.deepEqual(page.complaints.filter((c) => !c.includes("inline style")), []);
    await page.context().close();
});

test("without script a button shows it, and the form keeps what was typed", async () => {
    const page = await form({ javaScriptEnabled: false });
    await page.getByLabel("Title", { exact: true }).fill("Half a title");
    await page.getByLabel("HTML of a task").fill("<p>Typed, and ${animal} too</p>");
    await page.getByRole("button", { name: "Preview" }).click();
    const end = Date.now() + 20_000;
    while (!page.frames().some((f) => /\/layout$/.test(f.url())) && Date.now() < end)
        await page.waitForTimeout(100);
    await page.frameLocator("iframe.task-frame").getByText("Typed, and [animal] too").waitFor();
    assert.equal(await page.getByLabel("Title", { exact: true }).inputValue(), "Half a title");
    assert.match(page.url(), /projects\/new/);
    await page.setViewportSize({ width: 320, height: 640 });
    await shot(page, "project-preview-320");
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByLabel("Description").fill("Words.");
    await page.getByLabel("HTML of a task").fill("<p>Typed</p><input name=a>");
    await page.getByLabel("Title", { exact: true }).press("Enter"); // saves, as in every form
    await page.waitForURL(/\/requester\/projects\/\d+$/);
    await page.context().close();
});

test("a narrow window has it below the editor", async () => {
    const page = await form({ viewport: { width: 320, height: 640 } });
    await says(page, "");
    assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth) <= 321);
    await page.context().close();
});

const READS = `<input name=a><p id=state>trying</p><script>
const got = {};
const attempt = (name, f) => { try { got[name] = String(f()); } catch (e) { got[name] = "no"; } };
attempt("cookie", () => document.cookie || "no");
attempt("parent", () => parent.document.body.innerText);
attempt("form", () => parent.document.forms.length);
attempt("opener", () => window.opener || "no");
attempt("storage", () => parent.localStorage.length);
attempt("href", () => parent.location.href);
attempt("name", () => /leave|csrf|token/.test(document.documentElement.outerHTML.replace(/<script[^]*<.script>/g, "")) || "no");
for (const f of [() => { top.location = "https://evil.example/"; },
    () => { parent.location.href = "https://evil.example/"; },
    () => { window.open("https://evil.example/", "_top"); }])
    { try { f(); } catch (e) { } }
(async () => {
    try { got.fetch = await (await fetch("SITE/requester/account?format=json", { credentials: "include" })).text(); }
    catch (e) { got.fetch = "no"; }
    try { const r = await navigator.serviceWorker.register(location.href); got.worker = "yes"; }
    catch (e) { got.worker = "no"; }
    window.got = got;
    document.getElementById("state").textContent = "tried all";
})();
</script>`;

test("a hostile layout gets nothing, with and without script on the page around it", async () => {
    for (const javaScriptEnabled of [true, false]) {
        const page = await form({ viewport: { width: 1280, height: 900 } });
        const html = READS.replace("SITE", market.endpoint);
        if (javaScriptEnabled)
            await type(page, html);
        else { // as the button sends it: with all fields of the form
            await page.getByLabel("while you type").uncheck();
            await page.evaluate((text) => {
                document.querySelector("textarea[name=layout]").value = text;
                const old = document.querySelector("button[data-preview]");
                const bare = old.cloneNode(true); // without the listener
                bare.formTarget = document.querySelector("iframe.task-frame").name;
                old.replaceWith(bare);
            }, html);
            await page.getByRole("button", { name: "Preview" }).click();
        }
        const frame = await says(page, "tried all");
        for (const [name, value] of Object.entries(await frame.evaluate(() => window.got)))
            assert.equal(value, "no", name);
        assert.match(page.url(), /projects\/new/, "the page stays");
        const plain = await page.evaluate(async () => (await fetch("/requester/account?format=json")).status);
        assert.equal(plain, 200, "still signed in");
        await page.context().close();
    }
});
