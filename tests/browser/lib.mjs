// What the browser tests share: a market as ./dev demo makes it, Debian's Chromium, signing in,
// screenshots (kept in the build folder, or in HITD_SHOTS), and axe-core.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { chromium } from "playwright-core";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const BIN = process.env.HITD_BIN ?? join(ROOT, "build");
const SHOTS = process.env.HITD_SHOTS ?? join(BIN, "screenshots");
const axeSource = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

export async function openMarket() {
    const folder = mkdtempSync(join(tmpdir(), "hitd-browser-"));
    const factsFile = join(folder, "facts.json");
    let words = "";
    const demo = spawn("/usr/bin/python3", [
        join(ROOT, "tools/demo"), "--listen", "127.0.0.1:0", "--content-listen", "127.0.0.1:0",
        "--folder", join(folder, "demo"), "--facts", factsFile,
    ], { env: { ...process.env, HITD_BIN: BIN, PYTHONDONTWRITEBYTECODE: "1" } });
    for (const stream of [demo.stdout, demo.stderr])
        stream.on("data", (data) => { words += data; });
    while (!existsSync(factsFile)) {
        if (demo.exitCode !== null)
            throw new Error("the demo ended before it was open:\n" + words);
        await wait(100);
    }
    await wait(50);
    const facts = JSON.parse(readFileSync(factsFile, "utf8"));
    return {
        ...facts,
        folder,
        words: () => words,
        async close() {
            const ended = new Promise((done) => demo.on("exit", done));
            demo.kill("SIGTERM");
            await ended;
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

// An operation of the Requester API, called as the market's requester; its answer.
export function aws(market, ...args) {
    const words = execFileSync("/usr/bin/aws", ["mturk", "--endpoint-url", market.endpoint,
        "--region", "us-east-1", "--output", "json", ...args], { encoding: "utf8",
        env: { ...process.env, AWS_ACCESS_KEY_ID: market.keys.AccessKeyId,
            AWS_SECRET_ACCESS_KEY: market.keys.SecretAccessKey } });
    return words ? JSON.parse(words) : null;
}

export function openBrowser() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
}

// A page of a browser context of its own. Errors of ours in the console are collected.
export async function newPage(browser, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.complaints = [];
    page.on("console", (m) => {
        if (m.type() === "error")
            page.complaints.push(m.text());
    });
    page.on("pageerror", (e) => page.complaints.push(String(e)));
    return page;
}

export async function signIn(page, market, role) {
    const { email, password } = market.signs[role];
    await page.goto(market.endpoint + "/sign-in");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    return page;
}

export async function shot(page, name) {
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: join(SHOTS, name + ".png"), fullPage: true });
}

// What axe-core finds that is serious or worse, as readable lines.
export async function axe(page) {
    await page.evaluate(axeSource);
    const found = await page.evaluate(async () => {
        const result = await window.axe.run(document, {
            iframes: false,
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        });
        return result.violations.map((v) => ({
            id: v.id, impact: v.impact, help: v.help,
            nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " | " + n.failureSummary),
        }));
    });
    return found.filter((v) => v.impact === "serious" || v.impact === "critical")
        .map((v) => `${v.id}: ${v.help}\n    ${v.nodes.join("\n    ")}`);
}

// An address without what differs between rows: one page of each kind is looked at.
export function kindOf(url) {
    const { pathname, searchParams } = new URL(url);
    const path = pathname.split("/")
        .map((part) => (/^\d+$/.test(part) || /^[A-Z0-9]{10,}$/.test(part) ||
            /^\d{4}-\d\d-\d\d$/.test(part) ? "{}" : part)).join("/");
    const names = [...searchParams.keys()].filter((k) => k === "tab" || k === "list").sort();
    return path + (names.length ? "?" + names.map((n) => n + "=" + searchParams.get(n)).join("&") : "");
}

// Every kind of page that links lead to from the start, with one address each. Downloads and the
// JSON and CSV twins are no pages.
export async function crawl(page, start, max = 80) {
    const seen = new Map([[kindOf(start), start]]);
    const queue = [start];
    while (queue.length && seen.size < max) {
        const response = await page.goto(queue.shift());
        if (!response || !(response.headers()["content-type"] ?? "").startsWith("text/html"))
            continue;
        const links = await page.$$eval("a[href]", (list) => list.map((a) => a.href));
        for (const link of links) {
            const url = new URL(link);
            url.hash = "";
            if (url.origin !== new URL(start).origin || /\.csv$/.test(url.pathname) ||
                /^\/(v1|static|sign-out|mturk|healthz|metrics)(\/|$)/.test(url.pathname) ||
                /\/(csv|export|sample)(\/[a-z]+)?$/.test(url.pathname) || url.searchParams.get("format"))
                continue;
            const kind = kindOf(url.href);
            if (!seen.has(kind)) {
                seen.set(kind, url.href);
                queue.push(url.href);
            }
        }
    }
    return seen;
}
