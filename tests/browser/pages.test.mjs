// Every page that a link leads to, for each kind of user: status, heading, axe-core in light and
// dark, 320 px, keyboard, and without script. New pages are found by themselves.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axe, crawl, newPage, openBrowser, openMarket, shot, signIn } from "./lib.mjs";

let market, browser;
before(async () => {
    market = await openMarket();
    browser = await openBrowser();
});
after(async () => {
    await browser?.close();
    await market?.close();
});

const STARTS = { stranger: "/projects", worker: "/projects", requester: "/requester/", operator: "/operator/" };

// The pages are found once a role.
const found = new Map();

// Goes through the pages with a check; gathers what is wrong, so that one fault hides no other.
async function eachPage(role, options, check) {
    const page = await newPage(browser, options);
    if (role !== "stranger")
        await signIn(page, market, role);
    if (!found.has(role))
        found.set(role, await crawl(page, market.endpoint + STARTS[role], 60));
    const kinds = found.get(role);
    const wrong = [];
    for (const [kind, url] of kinds) {
        page.complaints.length = 0;
        const response = await page.goto(url);
        const faults = await check(page, kind, response).catch((e) => [String(e)]);
        wrong.push(...faults.map((f) => `${kind}: ${f}`));
    }
    await page.context().close();
    assert.deepEqual(wrong, [], "\n" + wrong.join("\n"));
    return kinds.size;
}

function fileName(role, kind, more) {
    return [role, kind.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "start", more]
        .filter(Boolean).join("-");
}

for (const role of Object.keys(STARTS)) {
    describe(role, { concurrency: false }, () => {
        test("light, wide: status, one heading, axe", async () => {
            const n = await eachPage(role, {}, async (page, kind, response) => {
                await shot(page, fileName(role, kind));
                const faults = await axe(page);
                if (response.status() !== 200)
                    faults.push(`status ${response.status()}`);
                const headings = await page.locator("h1").count();
                if (headings !== 1)
                    faults.push(`${headings} headings of the first level`);
                return faults.concat(page.complaints);
            });
            assert.ok(n >= 2);
        });
        test("dark: axe", () => eachPage(role, { colorScheme: "dark" }, async (page, kind) => {
            await shot(page, fileName(role, kind, "dark"));
            return axe(page);
        }));
        test("320 px: nothing is cut off", () => eachPage(role,
            { viewport: { width: 320, height: 640 } }, async (page, kind) => {
                await shot(page, fileName(role, kind, "320"));
                const width = await page.evaluate(() => document.scrollingElement.scrollWidth);
                return width > 321 ? [`${width} px wide`] : [];
            }));
        test("without script: heading, and forms that post", () => eachPage(role,
            { javaScriptEnabled: false }, async (page) => {
                const faults = [];
                if (await page.locator("h1").count() !== 1)
                    faults.push("no heading");
                for (const form of await page.locator("form[method=post]").all())
                    if (!await form.locator("button").count())
                        faults.push("a form without a button");
                return faults;
            }));
        test("keyboard: the first stop skips to the content, every stop can be seen", () => eachPage(
            role, {}, async (page) => {
                const faults = [];
                await page.keyboard.press("Tab");
                const first = await page.evaluate(() => document.activeElement?.className);
                if (first !== "skip-link")
                    faults.push(`the first stop is ${first}`);
                for (let i = 0; i < 25; i++) {
                    await page.keyboard.press("Tab");
                    const hidden = await page.evaluate(() => {
                        const e = document.activeElement;
                        if (!e || e === document.body || e.tagName === "IFRAME")
                            return null;
                        const box = e.getBoundingClientRect();
                        return box.width && box.height ? null : e.outerHTML.slice(0, 120);
                    });
                    if (hidden)
                        faults.push("focus on what can not be seen: " + hidden);
                }
                return faults;
            }));
    });
}
