// The crowd-* elements (crowd-elements 9): what each posts, byte for byte. Pages come from a made-up
// host; only the script is real.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { openBrowser, openMarket, newPage, shot, axe } from "./lib.mjs";
import * as tasks from "./tasks.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const WEB = join(process.env.HITD_BIN ?? join(ROOT, "build"), "src/site/web");
const script = process.env.HITD_CROWD ??
    join(WEB, readdirSync(WEB).find((f) => /^crowd\.[^.]+\.js$/.test(f)));
const TASK = "http://task.example/", SITE = "http://site.example/";
const IMAGE = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480">
    <rect width="640" height="480" fill="#bcd"/><circle cx="320" cy="240" r="90" fill="#963"/></svg>`;

let browser;
before(async () => { browser = await openBrowser(); });
after(async () => { await browser?.close(); });

// A page with this body, accepted unless another query is given. page.posted is what it submits.
async function open(body, query = `?assignmentId=A1&hitId=H1&turkSubmitTo=${SITE}`, options = {}) {
    const page = await newPage(browser, options);
    page.posted = [];
    const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Task</title>
        <script src="/crowd.js"></script></head><body>${body}</body></html>`;
    await page.route(TASK + "**", (route) => {
        const path = new URL(route.request().url()).pathname;
        if (path === "/crowd.js")
            return route.fulfill({ contentType: "text/javascript", body: readFileSync(script, "utf8") });
        if (path === "/image.svg")
            return route.fulfill({ contentType: "image/svg+xml", body: IMAGE });
        return path === "/" ? route.fulfill({ contentType: "text/html", body: html })
            : route.fulfill({ status: 404 });
    });
    await page.route(SITE + "**", (route) => {
        page.posted.push([...new URLSearchParams(route.request().postData())]);
        route.fulfill({ contentType: "text/html", body: "<p>submitted</p>" });
    });
    await page.goto(TASK + query);
    return page;
}
const press = (page) => page.locator('crowd-button[form-action="submit"]').click();
async function submitted(page) {
    await page.waitForURL(SITE + "**");
    assert.equal(page.posted.length, 1);
    const [[name, id], ...fields] = page.posted[0];
    assert.deepEqual([name, id], ["assignmentId", "A1"]);
    const complaints = page.complaints.filter((c) => !/404/.test(c));
    await page.context().close();
    assert.deepEqual(complaints, []);
    return fields;
}
const answer = async (page) => {
    const fields = await submitted(page);
    assert.deepEqual(fields.map(([n]) => n), ["taskAnswers"]);
    return fields[0][1];
};

const MIXED = (format) => `<crowd-form ${format}><crowd-input name="plate" label="Plate"></crowd-input>
    <p><label><input type="radio" name="light" value="day"> day</label></p>
    <p><label><input type="radio" name="light" value="dusk" id="dusk"> dusk</label></p>
    <p><label><input type="radio" name="light" value="night"> night</label></p><crowd-checkbox name="blurred">blurred</crowd-checkbox>
    <crowd-classifier name="kind" categories="['Van', 'Car',]" header="What is it?">
    <classification-target>a vehicle</classification-target>
    <full-instructions header="How">Look.</full-instructions><short-instructions>Choose.</short-instructions>
    </crowd-classifier></crowd-form>`;
async function fillMixed(page) {
    await page.locator("crowd-input input").fill("KX 31");
    await page.locator("#dusk").check();
    await page.getByRole("radio", { name: "Van" }).check();
    await press(page);
}

test("a form of all kinds, as JSON", async () => {
    const page = await open(MIXED(""));
    await shot(page, "crowd-mixed");
    assert.deepEqual(await axe(page), []);
    await fillMixed(page);
    assert.equal(await answer(page), '[{"blurred":{"on":false},"kind":{"label":"Van"},' +
        '"light":{"day":false,"dusk":true,"night":false},"plate":"KX 31"}]');
});

test("the same, flattened", async () => {
    const page = await open(MIXED('answer-format="flatten-objects"'));
    await fillMixed(page);
    assert.deepEqual(await submitted(page), [["blurred.on", "false"], ["kind.label", "Van"],
        ["light.day", "false"], ["light.dusk", "true"], ["light.night", "false"], ["plate", "KX 31"]]);
});

test("empty fields are absent, native ones are not; lists stay whole", async () => {
    const page = await open(`<crowd-form answer-format="flatten-objects">
        <crowd-input name="a" value="1"></crowd-input><crowd-input name="b"></crowd-input>
        <crowd-input name="c" value="3"></crowd-input><input name="d"><input type="checkbox" name="k">
        <select name="m" multiple><option selected>x</option><option selected>y</option></select>
        <input name="off" disabled value="no"><input value="nameless">
        <input type="radio" name="r" value="1"><input type="radio" name="r" value="2">
        <crowd-slider name="s" min="1" max="5" value="4"></crowd-slider></crowd-form>`);
    await press(page);
    assert.deepEqual(await submitted(page), [["a", "1"], ["c", "3"], ["d", ""], ["k.on", "false"],
        ["m", '["x","y"]'], ["r.1", "false"], ["r.2", "false"], ["s", "4"]]);
});

test("radio groups are exclusive whatever the names; text areas keep their lines", async () => {
    const page = await open(`<crowd-form><crowd-radio-group>
        <crowd-radio-button name="btn1" value="yes">Yes</crowd-radio-button>
        <crowd-radio-button name="btn2" value="no">No</crowd-radio-button></crowd-radio-group>
        <crowd-toggle-button name="seen">seen</crowd-toggle-button>
        <crowd-text-area name="note" char-counter max-length="40" rows="2"></crowd-text-area></crowd-form>`);
    await page.getByRole("radio", { name: "Yes" }).check();
    await page.getByRole("radio", { name: "No" }).check();
    await page.getByRole("switch", { name: "seen" }).check();
    await page.locator("crowd-text-area textarea").fill("two\nlines");
    await shot(page, "crowd-inputs");
    await press(page);
    assert.equal(await answer(page), '[{"btn1":{"yes":false},"btn2":{"no":true},"note":"two\\nlines","seen":{"on":true}}]');
});

test("what is required, and what a field takes", async () => {
    const page = await open(`<crowd-form><crowd-input name="a" required label="Name"></crowd-input>
        <crowd-input name="n" allowed-pattern="[0-9]" auto-validate min-length="3" max-length="5" label="Number"></crowd-input>
        <crowd-checkbox name="ok" required>I agree</crowd-checkbox>
        <crowd-classifier-multi-select name="f" categories='["scratch", "dent", "rust"]' exclusion-category="{ text: 'none' }"
        header="Faults"></crowd-classifier-multi-select></crowd-form>`);
    await press(page);
    await page.getByText("This has to be filled in.").waitFor();
    assert.equal(page.posted.length, 0);
    await page.getByLabel("Name").fill("Zoë");
    await page.getByLabel("Number").pressSequentially("1a2");
    assert.equal(await page.getByLabel("Number").inputValue(), "12");
    await press(page);
    await page.getByText("At least 3 characters.").waitFor();
    await page.getByLabel("Number").press("End");
    await page.getByLabel("Number").pressSequentially("34567");
    await page.getByRole("checkbox", { name: "I agree" }).check();
    await press(page);
    await page.getByText("Choose at least one category.").waitFor();
    await page.getByRole("checkbox", { name: "none" }).check();
    await page.getByRole("checkbox", { name: "rust" }).check(); // takes the exclusion back
    await page.getByRole("checkbox", { name: "scratch" }).check();
    await press(page);
    assert.equal(await answer(page), '[{"a":"Zoë","f":{"labels":["scratch","rust"]},"n":"12345","ok":{"on":true}}]');
});

test("scripts of a page: ready, onsubmit, submit(), labels set later, change with a value", async () => {
    const page = await open(`<script>
        document.addEventListener("all-crowd-elements-ready", () => {
            document.querySelector("crowd-classifier").categories = [];
            document.querySelector("crowd-classifier").categories = ["p", "q"];
            document.querySelector("crowd-form").onsubmit = (e) => { window.asked = (window.asked || 0) + 1;
                if (window.asked < 2) e.preventDefault(); };
            document.querySelector("crowd-classifier").addEventListener("change", (e) => { window.chosen = e.target.value; });
            document.querySelector("crowd-checkbox").checked = true;
        });</script>
        <crowd-form><crowd-classifier name="c" categories="['x']" header="h"></crowd-classifier>
        <crowd-checkbox name="k">k</crowd-checkbox><crowd-button id="mine" form-action="submit" variant="primary">Send</crowd-button></crowd-form>`);
    await page.keyboard.press("2");
    assert.equal(await page.evaluate(() => window.chosen), "q");
    assert.equal(await page.locator("crowd-button").count(), 1);
    await press(page);
    assert.equal(await page.evaluate(() => window.asked), 1);
    assert.equal(page.posted.length, 0);
    await press(page);
    assert.equal(await answer(page), '[{"c":{"label":"q"},"k":{"on":true}}]');
});

test("one submit control: saved pages, native buttons, self-closing tags", async () => {
    let page = await open(`<crowd-form><form><crowd-input name="a" value="x"/><p>visible text</p>
        <crowd-button data-testid="crowd-submit" form-action="submit">Submit</crowd-button></form></crowd-form>`);
    assert.ok(await page.getByText("visible text").isVisible());
    assert.equal(await page.locator("crowd-button").count(), 1);
    await press(page);
    assert.equal(await answer(page), '[{"a":"x"}]');
    page = await open('<crowd-form><input name="a" value="x"><button>Go</button></crowd-form>');
    assert.equal(await page.locator("crowd-button").count(), 0);
    await page.getByRole("button", { name: "Go" }).click();
    assert.equal(await answer(page), '[{"a":"x"}]');
});

test("a preview submits nothing; a page by itself shows its answer", async () => {
    let page = await open('<crowd-form><crowd-input name="a" value="x"></crowd-input></crowd-form>',
        `?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&turkSubmitTo=${SITE}`);
    await press(page);
    await page.getByText("accept the task first").waitFor();
    assert.equal(page.posted.length, 0);
    await page.context().close();
    page = await open('<crowd-form><crowd-input name="a" value="x"></crowd-input></crowd-form>', "");
    await press(page);
    await page.getByText('[{"a":"x"}]').waitFor();
    await page.context().close();
});

test("broken attributes say so, and nothing is run", async () => {
    const page = await open(`<crowd-form><crowd-classifier name="c" header="h"
        categories="[alert(1)]"></crowd-classifier></crowd-form>`);
    await page.getByText("can not be shown").waitFor();
    await press(page);
    assert.equal(page.posted.length, 0);
    await page.context().close();
});

test("layout: instructions, modal, tabs, cards, alerts, badges, toasts, buttons", async () => {
    const page = await open(`<crowd-form><crowd-instructions link-text="Read this" link-type="button">
        <short-summary>In short</short-summary><detailed-instructions>At length</detailed-instructions>
        <positive-example>Good one</positive-example><negative-example>Bad one</negative-example></crowd-instructions>
        <crowd-modal link-text="More">inside the modal</crowd-modal>
        <crowd-card heading="A card"><p>card</p></crowd-card><crowd-alert type="warning" dismissible>Careful</crowd-alert>
        <crowd-tabs><crowd-tab header="One"><crowd-input name="a" label="First"></crowd-input></crowd-tab>
        <crowd-tab header="Two"><crowd-input name="b" label="Second" required></crowd-input></crowd-tab></crowd-tabs>
        <span id="t">target</span><crowd-badge for="t" label="3"></crowd-badge><crowd-toast text="Hello" duration="0"></crowd-toast>
        <crowd-fab icon="add" title="Add one"></crowd-fab><crowd-icon-button icon="delete" title="Bin"></crowd-icon-button>
        <crowd-slider name="s" min="0" max="10" pin editable><crowd-slider-label position="0">low</crowd-slider-label>
        <crowd-slider-label position="10">high</crowd-slider-label></crowd-slider></crowd-form>`);
    await page.getByRole("button", { name: "Read this" }).click();
    assert.ok(await page.getByText("In short").isVisible());
    await page.getByRole("tab", { name: "Examples" }).click();
    assert.ok(await page.getByText("Bad one").isVisible() && !await page.getByText("In short").isVisible());
    await shot(page, "crowd-instructions");
    await page.getByRole("button", { name: "Close" }).click();
    await shot(page, "crowd-layout");
    assert.deepEqual(await axe(page), []);
    await page.getByRole("button", { name: "Dismiss" }).click();
    assert.equal(await page.locator("crowd-alert").count(), 0);
    await page.getByLabel("First").fill("1");
    await press(page); // the one that is missing stands on the other tab
    await page.getByLabel("Second").fill("2");
    await press(page);
    assert.equal(await answer(page), '[{"a":"1","b":"2","s":0}]');
});

test("an image is classified, with a comment", async () => {
    const page = await open(`<crowd-form><crowd-image-classifier name="check" src="/image.svg" categories="['good', 'bad']"
        header="Is the box right?" overlay="{boundingBox: {labels: ['Cup'], value: [{left: 40, top: 30, width: 200, height: 90, label: 'Cup'}]}}">
        <worker-comment link-text="Say more">What is wrong?</worker-comment></crowd-image-classifier></crowd-form>`);
    await page.locator("crowd-image-classifier rect").waitFor();
    await page.getByRole("radio", { name: "bad" }).check();
    await page.getByRole("button", { name: "Say more" }).click();
    await page.locator("dialog textarea").fill("box too wide");
    await page.getByRole("button", { name: "Close" }).click();
    await shot(page, "crowd-image-classifier");
    await press(page);
    assert.equal(await answer(page), '[{"check":{"label":"bad","workerComment":"box too wide"}}]');
});

test("an image that is not there is not answered", async () => {
    const page = await open(`<crowd-form><crowd-image-classifier name="c" src="/none.png" categories="['x']" header="h">
        </crowd-image-classifier></crowd-form>`);
    await page.getByText("can not be loaded").waitFor();
    await page.getByRole("radio", { name: "x" }).check();
    await press(page);
    await page.getByText("nothing to submit").waitFor();
    assert.equal(page.posted.length, 0);
    await page.context().close();
});

test("a narrow window", async () => {
    const page = await open(MIXED(""), undefined, { viewport: { width: 320, height: 700 } });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320));
    await page.context().close();
});

// ---- on an image ----

const drawn = (tag, more = "") => `<crowd-form><${tag} name="annotatedResult" src="/image.svg" header="Mark the cups"
    labels="['Cup', 'Roof']" ${more}><short-instructions>Mark each.</short-instructions></${tag}></crowd-form>`;
// Presses at points of the image, in its own pixels.
async function points(page, list) {
    const at = await page.locator(".sheet").boundingBox();
    for (const [x, y] of list)
        await page.mouse.click(at.x + x / 640 * at.width, at.y + y / 480 * at.height);
}
async function drag(page, [x0, y0], [x1, y1]) {
    const at = await page.locator(".sheet").boundingBox();
    const to = (x, y) => [at.x + x / 640 * at.width, at.y + y / 480 * at.height];
    await page.mouse.move(...to(x0, y0));
    await page.mouse.down();
    await page.mouse.move(...to((x0 + x1) / 2, (y0 + y1) / 2));
    await page.mouse.move(...to(x1, y1));
    await page.mouse.up();
}
const ready = (page) => page.waitForFunction(() =>
    document.querySelector("[name=annotatedResult]").shadowRoot.querySelector("canvas").width === 640);
const result = async (page) => JSON.parse(await answer(page))[0].annotatedResult;
const about = (got, want) => assert.ok(Math.abs(got - want) <= 1, `${got}, not ${want}`);

test("boxes: drawn, moved, undone, by keyboard, at any zoom", async () => {
    const page = await open(drawn("crowd-bounding-box"));
    await ready(page);
    await press(page);
    await page.getByText("Nothing is marked").waitFor();
    await page.getByRole("radio", { name: "Cup" }).check();
    await drag(page, [12, 7], [45, 47]);
    await page.getByRole("button", { name: "Zoom out" }).click();
    await drag(page, [200, 150], [300, 250]);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Alt+ArrowLeft");
    await drag(page, [400, 100], [460, 160]);
    await page.keyboard.press("Control+z");
    await shot(page, "crowd-bounding-box");
    await press(page);
    const got = await result(page);
    assert.deepEqual(Object.keys(got), ["boundingBoxes", "inputImageProperties"]);
    assert.deepEqual(got.inputImageProperties, { height: 480, width: 640 });
    const [a, b, ...rest] = got.boundingBoxes;
    assert.equal(rest.length, 0);
    assert.deepEqual(Object.keys(a), ["height", "label", "left", "top", "width"]);
    for (const [key, want] of Object.entries({ left: 12, top: 7, width: 33, height: 40 }))
        about(a[key], want);
    for (const [key, want] of Object.entries({ left: 201, top: 160, width: 99, height: 100 }))
        about(b[key], want);
    assert.equal(b.label, "Cup");
});

test("boxes given before, and none at all", async () => {
    let page = await open(drawn("crowd-bounding-box",
        `initial-value="[{height: 40, label: 'Cup', left: 12, top: 7, width: 33}, {label: 'x', left: 1, top: 1, width: 5, height: 5}]"`));
    await ready(page);
    await press(page);
    assert.equal(await answer(page), '[{"annotatedResult":{"boundingBoxes":[{"height":40,"label":"Cup","left":12,' +
        '"top":7,"width":33}],"initialValueModified":false,"inputImageProperties":{"height":480,"width":640}}}]');
    page = await open(drawn("crowd-bounding-box"));
    await ready(page);
    await press(page);
    await page.getByRole("checkbox", { name: "Nothing to label" }).check();
    await press(page);
    assert.equal(await answer(page),
        '[{"annotatedResult":{"boundingBoxes":[],"inputImageProperties":{"height":480,"width":640}}}]');
});

test("polygons: closed at the first point, no crossing edges, a label each", async () => {
    const page = await open(drawn("crowd-polygon"));
    await ready(page);
    await page.getByRole("radio", { name: "Roof" }).check();
    await points(page, [[100, 100], [300, 100], [100, 300], [300, 300], [100, 100]]);
    await page.getByText("must not cross").waitFor();
    await page.keyboard.press("Escape");
    await points(page, [[10, 20], [90, 20], [50, 80], [10, 20]]);
    await points(page, [[400, 400]]);
    await page.getByText("Choose a label first").waitFor();
    await press(page);
    const { polygons } = await result(page);
    assert.equal(polygons.length, 1);
    assert.equal(polygons[0].label, "Roof");
    [[10, 20], [90, 20], [50, 80]].forEach(([x, y], i) => {
        about(polygons[0].vertices[i].x, x);
        about(polygons[0].vertices[i].y, y);
    });
});

test("lines, polylines, key points", async () => {
    const make = {
        "crowd-line": [[[50, 10], [52, 400]], "lines"],
        "crowd-polyline": [[[5, 470], [300, 300], [635, 290], [635, 290]], "polylines"],
        "crowd-keypoint": [[[101, 88]], "keypoints"],
    };
    for (const [tag, [list, key]] of Object.entries(make)) {
        const page = await open(drawn(tag));
        await ready(page);
        await page.getByRole("radio", { name: "Cup" }).check();
        await points(page, list);
        await press(page);
        const got = (await result(page))[key];
        assert.equal(got.length, 1, tag);
        const vertices = got[0].vertices ?? [{ x: got[0].x, y: got[0].y }];
        assert.equal(vertices.length, tag === "crowd-polyline" ? 3 : list.length);
        vertices.forEach(({ x, y }, i) => { about(x, list[i][0]); about(y, list[i][1]); });
    }
});

test("keyboard alone marks a box; labels may be set by the page", async () => {
    const page = await open(drawn("crowd-bounding-box") + `<script>document.addEventListener("all-crowd-elements-ready",
        () => { const e = document.querySelector("crowd-bounding-box"); e.labels = []; e.labels = ["Own"]; });</script>`);
    await ready(page);
    await page.getByRole("button", { name: "Put a box in the middle" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await press(page);
    assert.deepEqual((await result(page)).boundingBoxes,
        [{ height: 96, label: "Own", left: 256, top: 191, width: 128 }]);
});

const decoded = (page, png) => page.evaluate(async (png) => {
    const image = new Image();
    image.src = "data:image/png;base64," + png;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const count = {}, { data } = context.getImageData(0, 0, image.width, image.height);
    for (let i = 0; i < data.length; i += 4) {
        const key = [...data.slice(i, i + 4)].join();
        count[key] = (count[key] ?? 0) + 1;
    }
    return { width: image.width, height: image.height, count };
}, png);

test("semantic segmentation: polygon, brush, eraser, undo; exact colours", async () => {
    const page = await open(drawn("crowd-semantic-segmentation"));
    await ready(page);
    await page.getByRole("radio", { name: "Roof" }).check();
    await page.getByRole("button", { name: "Polygon" }).click();
    await points(page, [[100, 100], [200, 100], [200, 200], [100, 200], [100, 100]]);
    await page.getByRole("radio", { name: "Cup" }).check();
    await page.getByRole("button", { name: "Brush" }).click();
    await drag(page, [300, 300], [400, 300]);
    await page.getByRole("button", { name: "Undo" }).click();
    await shot(page, "crowd-segmentation");
    const png = await page.evaluate(() =>
        document.querySelector("[name=annotatedResult]").value.labeledImage.pngImageData);
    const { width, height, count } = await decoded(page, png);
    assert.deepEqual([width, height], [640, 480]);
    assert.deepEqual(Object.keys(count).sort(), ["0,0,0,0", "255,127,14,255"]);
    assert.ok(Math.abs(count["255,127,14,255"] - 10000) < 450, JSON.stringify(count));
    await press(page);
    const got = await result(page);
    assert.deepEqual(Object.keys(got), ["inputImageProperties", "labelMappings", "labeledImage"]);
    assert.deepEqual(got.labelMappings, { Roof: { color: "#ff7f0e" } });
    assert.equal(got.labeledImage.pngImageData, png);
});

test("instance segmentation: labels repeat, colours do not", async () => {
    const page = await open(drawn("crowd-instance-segmentation"));
    await ready(page);
    await page.getByRole("radio", { name: "Cup 1" }).check();
    await drag(page, [100, 100], [150, 100]);
    await page.getByRole("button", { name: "Another Cup" }).click();
    await drag(page, [300, 300], [350, 300]);
    await press(page);
    assert.deepEqual((await result(page)).instances,
        [{ color: "#1f77b4", label: "Cup" }, { color: "#2ca02c", label: "Cup" }]);
});

// ---- text ----

const ENTITY = `<crowd-entity-annotation name="entities" header="Who is named?" text="😀 Ada met Bob"
    labels="[{label: 'PER', shortDisplayName: 'person', fullDisplayName: 'A person'}, 'LOC']">
    <short-instructions>Mark names.</short-instructions></crowd-entity-annotation>`;

test("entities: by pointer, code points, no overlaps, its own form", async () => {
    const page = await open(ENTITY);
    const word = await page.evaluate(() => {
        const node = document.querySelector("crowd-entity-annotation").shadowRoot.querySelector(".text span").firstChild;
        const range = document.createRange();
        range.setStart(node, 3);
        range.setEnd(node, 6);
        const { left, right, top, bottom } = range.getBoundingClientRect();
        return { left, right, y: (top + bottom) / 2 };
    });
    await page.mouse.move(word.left + 1, word.y);
    await page.mouse.down();
    await page.mouse.move(word.right - 1, word.y, { steps: 5 });
    await page.mouse.up();
    assert.equal(await page.locator("crowd-entity-annotation mark").count(), 1);
    await shot(page, "crowd-entity");
    assert.equal(await page.evaluate(() =>
        document.querySelector("crowd-entity-annotation").shadowRoot.querySelector("crowd-form").form.localName), "form");
    await press(page);
    assert.equal(await answer(page), '[{"entities":{"entities":[{"endOffset":5,"label":"PER","startOffset":2}]}}]');
});

test("entities by keyboard; a form of the page around them submits once", async () => {
    const page = await open(`<crowd-form>${ENTITY}<input name="sure" value="yes"></crowd-form>`);
    await page.locator("crowd-entity-annotation .text").focus();
    for (const key of ["ArrowRight", "ArrowRight", "Enter", "ArrowRight", "ArrowRight", "2", "Enter"])
        await page.keyboard.press(key);
    await press(page);
    assert.equal(await answer(page), '[{"entities":{"entities":[{"endOffset":5,"label":"PER","startOffset":2},' +
        '{"endOffset":13,"label":"LOC","startOffset":10}]},"sure":"yes"}]');
});

test("ranked texts, and questions made of a text", async () => {
    const page = await open(`<crowd-form><crowd-text-ranking name="rank" text="Say hello" responses='["Hi", "Hello"]'
        ordinal-ranking-dimensions='[{"name": "Tone", "allowTie": false}]'></crowd-text-ranking>
        <crowd-question-answer-generation name="qa" text="Water boils." question-tags="['easy']" answer-min-words="2">
        </crowd-question-answer-generation></crowd-form>`);
    await page.getByLabel("Response 1").selectOption("1");
    await page.getByLabel("Response 2").selectOption("1");
    await press(page);
    await page.getByText("a rank of its own").waitFor();
    await page.getByLabel("Response 1").selectOption("2");
    await page.getByLabel("Question", { exact: true }).fill("What boils?");
    await page.getByLabel("Answer", { exact: true }).fill("Water");
    await press(page);
    await page.getByText("it has 1").waitFor();
    await page.getByLabel("Answer", { exact: true }).fill("Water does");
    await page.getByLabel("easy").check();
    await press(page);
    assert.equal(await answer(page), '[{"qa":{"questionAnswers":[{"answer":"Water does","question":"What boils?",' +
        '"references":[],"tags":["easy"]}]},"rank":{"rankings":[{"dimension":"Tone","ranks":[2,1]}]}}]');
});

// ---- on the real site ----

test("a published page gets our script, keeps its draft, and submits", async (t) => {
    const market = await openMarket();
    t.after(() => market.close());
    const title = tasks.publish(market, `<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
        <crowd-form><crowd-input name="plate" label="Plate"></crowd-input><crowd-checkbox name="seen">seen</crowd-checkbox>
        <crowd-classifier name="kind" categories="['Van', 'Car']" header="What?"></crowd-classifier></crowd-form>`);
    const { page, frame } = await tasks.accept(market, browser, title);
    const id = new URL(frame.url()).searchParams.get("assignmentId");
    await frame.getByLabel("Plate").fill("KX 31");
    await frame.getByRole("checkbox", { name: "seen" }).check();
    await frame.getByRole("radio", { name: "Car" }).check();
    await shot(page, "crowd-on-the-site");
    await page.getByText("Draft kept").waitFor();
    await page.reload();
    const again = await (await page.waitForSelector("iframe")).contentFrame();
    await again.waitForFunction(() => document.querySelector("crowd-input")?.value === "KX 31");
    assert.ok(await again.getByRole("radio", { name: "Car" }).isChecked());
    await again.locator('crowd-button[form-action="submit"]').click();
    await page.waitForURL((url) => !url.search.includes("assignment_id="));
    await page.goto(`${market.endpoint}/work/${id}`);
    const words = await page.locator("dl.answers").innerText();
    assert.deepEqual(JSON.parse(words.slice(words.indexOf("["))),
        [{ kind: { label: "Car" }, plate: "KX 31", seen: { on: true } }]);
    await shot(page, "own-work");
    await page.context().close();
});
