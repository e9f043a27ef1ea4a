// Tasks of a test's own: published by `hit`, accepted in a browser.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { newPage, signIn } from "./lib.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const HIT = join(process.env.HITD_BIN ?? join(ROOT, "build"), "src/hit/hit");

// Publishes one task with this page; gives its title.
let count = 0;
export function publish(market, html) {
    const title = `Task ${++count}`;
    const layout = join(market.folder, `task${count}.html`), rows = layout + ".csv";
    mkdirSync(market.folder, { recursive: true });
    writeFileSync(layout, `<!doctype html><html><head><title>x</title></head><body><form method="post"
        action="https://www.mturk.com/mturk/externalSubmit"><input name="a"><button>Submit</button></form>
        ${html}</body></html>`);
    writeFileSync(rows, "n\n1\n");
    const hit = (...args) => execFileSync(HIT, args, {
        encoding: "utf8", stdio: ["ignore", "pipe", "ignore"],
        env: { ...process.env, HIT_ENDPOINT: market.endpoint,
            AWS_ACCESS_KEY_ID: market.keys.AccessKeyId,
            AWS_SECRET_ACCESS_KEY: market.keys.SecretAccessKey },
    });
    const project = JSON.parse(hit("project", "add", "--name", title, "--title", title,
        "--description", "x", "--reward", "0.01", "--json", layout));
    hit("publish", String(project.id), rows, "--json");
    return title;
}

// Accepts it as Wanda; the page that shows it, and its frame.
export async function accept(market, browser, title) {
    const page = await signIn(await newPage(browser), market, "worker");
    const answer = await page.evaluate(async (title) => {
        const list = await (await fetch("/projects?format=json&page_size=100")).json();
        return list.results.find((g) => g.title === title).hit_set_id;
    }, title);
    await page.goto(`${market.endpoint}/projects/${answer}/tasks`);
    await page.getByRole("button", { name: /^Accept/ }).first().click();
    await page.waitForURL(/assignment_id=/, { waitUntil: "domcontentloaded" });
    const element = await page.waitForSelector("iframe");
    return { page, frame: await element.contentFrame() };
}
