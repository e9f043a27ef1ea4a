// A task's page is a stranger's program (DESIGN 8): it gets nothing, and the worker keeps his page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, openMarket, shot } from "./lib.mjs";
import * as tasks from "./tasks.mjs";

let market, browser;
before(async () => {
    market = await openMarket();
    browser = await openBrowser();
});
after(async () => {
    await browser?.close();
    await market?.close();
});

const publish = (html) => tasks.publish(market, html);
const accept = (title) => tasks.accept(market, browser, title);

const READS = `<script>
const got = {};
const attempt = (name, f) => { try { got[name] = String(f()); } catch (e) { got[name] = "no"; } };
attempt("cookie", () => document.cookie || "no");
attempt("parent", () => parent.document.body.innerText);
attempt("top", () => top.document.cookie);
attempt("frames", () => parent.frames.length > 1 ? parent.frames[0].document.title : "no");
attempt("storage", () => parent.localStorage.length);
attempt("href", () => parent.location.href);
attempt("plant", () => { document.cookie = "hitd_session=" + "0".repeat(64) + "; path=/"; return "no"; });
const site = new URLSearchParams(location.search).get("turkSubmitTo") || "";
(async () => {
    for (const path of ["dashboard?format=json", "tasks", "account", "v1/batches"]) {
        try {
            const r = await fetch(site + path, { credentials: "include" });
            got[path] = await r.text();
        } catch (e) { got[path] = "no"; }
    }
    for (const path of ["sign-out", "transfers", "account"]) {
        try { await fetch(site + path, { method: "POST", mode: "no-cors", credentials: "include",
            headers: { "Content-Type": "application/x-www-form-urlencoded" },
            body: "amount=0.01&csrf_token=x" }); } catch (e) { }
    }
    window.got = got;
})();
</script>`;

test("it reads nothing: no cookie, no parent, no page of the site", async () => {
    const { page, frame } = await accept(publish(READS));
    await frame.waitForFunction(() => window.got);
    const got = await frame.evaluate(() => window.got);
    for (const [name, value] of Object.entries(got))
        assert.equal(value, "no", name);
    const site = new URL(market.endpoint), task = new URL(frame.url());
    assert.notEqual(task.hostname, site.hostname, "cookies do not know ports");
    await page.goto(market.endpoint + "/tasks"); // still signed in, as himself
    assert.equal(new URL(page.url()).pathname, "/tasks");
    await page.context().close();
});

test("it can not leave its frame", async () => {
    const title = publish(`<script>
        window.tried = 0;
        for (const f of [() => { top.location = "https://evil.example/"; },
            () => { parent.location.href = "https://evil.example/"; },
            () => { window.open("https://evil.example/", "_top"); },
            () => { window.open("https://evil.example/", "_parent"); }])
            { try { f(); } catch (e) { } tried++; }
        </script>
        <form id="out" action="https://evil.example/" target="_top"><button>x</button></form>
        <script>try { document.getElementById("out").submit(); } catch (e) { } tried++;</script>`);
    const { page, frame } = await accept(title);
    await frame.waitForFunction(() => window.tried === 5);
    await page.waitForTimeout(300);
    assert.equal(new URL(page.url()).origin, market.endpoint);
    assert.ok(await page.locator("iframe").isVisible());
    await page.context().close();
});

test("a window it opens has no hold on the site", async () => {
    const title = publish(`<script>
        addEventListener("click", () => { window.w = window.open("about:blank"); });
        </script><p id="here">click</p>`);
    const { page, frame } = await accept(title);
    const opened = page.context().waitForEvent("page");
    await frame.locator("#here").click();
    const popup = await opened;
    const reach = await popup.evaluate(() => {
        try { return opener.parent.document.title; } catch (e) { return "no"; }
    });
    assert.equal(reach, "no");
    const moved = await popup.evaluate(() => {
        try { opener.top.location = "https://evil.example/"; return "asked"; } catch (e) { return "no"; }
    });
    await page.waitForTimeout(300);
    assert.equal(new URL(page.url()).origin, market.endpoint, moved);
    await page.context().close();
});

test("running for ever stops nothing but itself", async () => {
    const { page } = await accept(publish("<script>setTimeout(() => { for (;;); }, 50);</script>"));
    await page.waitForTimeout(400);
    const before = Date.now();
    await page.goto(market.endpoint + "/tasks");
    assert.ok(Date.now() - before < 10000);
    assert.match(await page.locator("h1").innerText(), /queue/i);
    await page.context().close();
});

test("what it posts elsewhere is not a submission; what it posts home is one", async () => {
    const { page, frame } = await accept(publish(""));
    const id = new URL(frame.url()).searchParams.get("assignmentId");
    assert.ok(id);
    await frame.locator("input[name=a]").fill("<script>alert(1)</script>");
    await frame.getByRole("button", { name: "Submit" }).click();
    await page.waitForFunction(() => !location.search.includes("assignment_id="), null, { timeout: 15000 })
        .catch(() => null); // the page may stay and show what is next
    await page.goto(market.endpoint + "/dashboard");
    await shot(page, "worker-after-hostile");
    assert.deepEqual(page.complaints.filter((c) => /alert/.test(c)), []);
    await page.context().close();
});
