"""A browser without script: keeps cookies, follows redirects, fills in forms."""
import html.parser
import http.client
import http.cookies
import re
import secrets
import urllib.parse

from market import PASSWORD

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Form:
    def __init__(self, attributes):
        self.action = attributes.get("action") or ""
        self.method = (attributes.get("method") or "get").upper()
        self.multipart = attributes.get("enctype") == "multipart/form-data"
        self.fields = []  # name, value; as a browser would send them untouched
        self.names = set()
        self.buttons = []
        self.disabled = []


class Reader(html.parser.HTMLParser):
    """Forms, links, headings and text of a page; complains of tags that do not close."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.forms, self.links, self.heads, self.words = [], [], [], []
        self.open, self.form, self.area, self.select, self.button = [], None, None, None, None
        self.ids, self.scripts, self.styles = [], [], []

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in a:
            self.ids.append(a["id"])
        if tag == "form":
            self.form = Form(a)
            self.forms.append(self.form)
        elif tag == "a" and "href" in a:
            self.links.append(a["href"])
        elif tag == "script":
            self.scripts.append(a.get("src"))
        if "style" in a or tag == "style":
            self.styles.append(tag)
        if any(name.startswith("on") for name in a):
            self.scripts.append(None)
        if self.form is not None and "disabled" not in a:
            self.control(tag, a)
        elif self.form is not None and tag == "button":
            self.form.disabled.append(a)

    def control(self, tag, a):
        form, name = self.form, a.get("name")
        if name:
            form.names.add(name)
        if tag == "input" and name:
            kind = a.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in a:
                    form.fields.append((name, a.get("value", "on")))
            elif kind not in ("submit", "button", "file", "image"):
                form.fields.append((name, a.get("value") or ""))
        elif tag == "textarea" and name:
            self.area = [name, ""]
        elif tag == "select" and name:
            self.select = [name, None, None]
        elif tag == "option" and self.select:
            value = a.get("value")
            if self.select[2] is None:
                self.select[2] = value
            if "selected" in a:
                self.select[1] = value
        elif tag == "button":
            form.buttons.append(a)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open and self.open[-1] == tag, "</%s> closes %s" % (tag, self.open[-3:])
        self.open.pop()
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.area:
            text = self.area[1]
            self.form.fields.append((self.area[0], text[1:] if text.startswith("\n") else text))
            self.area = None
        elif tag == "select" and self.select:
            name, chosen, first = self.select
            value = chosen if chosen is not None else first
            if value is not None:
                self.form.fields.append((name, value))
            self.select = None

    def handle_data(self, data):
        if self.area:
            self.area[1] += data
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)
        if self.open and self.open[-1] in ("h1", "h2", "h3"):
            self.heads.append(data.strip())


class Page:
    def __init__(self, url, status, head, body):
        self.url, self.status, self.head, self.body = url, status, head, body
        self.reader = None
        if head.get("Content-Type", "").startswith("text/html"):
            self.html = body.decode("utf-8")
            self.reader = Reader()
            self.reader.feed(self.html)
            self.reader.close()

    @property
    def text(self):
        """What a reader sees, blanks folded."""
        return re.sub(r"\s+", " ", "".join(self.reader.words)).strip()

    @property
    def title(self):
        return self.reader.heads[0] if self.reader.heads else ""

    def form(self, action=None, field=None):
        found = [f for f in self.reader.forms
                 if (action is None or f.action.split("?")[0].endswith(action))
                 and (field is None or field in f.names)]
        assert found, "no form %s on %s: %s\n%s" % (
            action, self.url, [f.action for f in self.reader.forms], self.text[:2000])
        return found[0]

    def says(self, *words):
        for w in words:
            assert w in self.text, "%r is not on %s (%d):\n%s" % (w, self.url, self.status,
                                                                   self.text[:3000])
        return self


class Browser:
    def __init__(self, server):
        self.server, self.cookies = server, {}

    def request(self, method, url, body=None, headers=None):
        """One request; the page as it came, redirects not followed."""
        headers = dict(headers or {})
        headers.setdefault("Accept", "text/html")
        if self.cookies:
            headers["Cookie"] = "; ".join("%s=%s" % kv for kv in self.cookies.items())
        c = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        c.request(method, url, body, headers)
        r = c.getresponse()
        data = r.read()
        c.close()
        for line in r.headers.get_all("Set-Cookie") or []:
            for name, m in http.cookies.SimpleCookie(line).items():
                if m["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = m.value
        return Page(url, r.status, r.headers, data)

    def follow(self, page):
        for _ in range(5):
            if page.status not in (301, 302, 303):
                return page
            page = self.request("GET", page.head["Location"])
        raise AssertionError("redirects without end at " + page.url)

    def get(self, url, status=200):
        page = self.follow(self.request("GET", url))
        assert status is None or page.status == status, (page.status, page.body[:3000])
        return page

    def json(self, url):
        import json
        page = self.request("GET", url, headers={"Accept": "application/json"})
        return page.status, json.loads(page.body)

    def encode(self, form, fields, files):
        send = [(n, v) for n, v in form.fields if n not in fields]
        for name, value in fields.items():
            values = value if isinstance(value, (list, tuple)) else [value]
            send += [(name, v) for v in values if v is not None]
        if not form.multipart:
            return (urllib.parse.urlencode(send).encode(),
                    {"Content-Type": "application/x-www-form-urlencoded"})
        mark = secrets.token_hex(12)
        parts = ['--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (mark, n, v)
                 for n, v in send]
        body = "".join(parts).encode()
        for name, (file_name, content) in (files or {}).items():
            body += ('--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
                     'Content-Type: text/csv\r\n\r\n' % (mark, name, file_name)).encode()
            body += content + b"\r\n"
        body += ("--%s--\r\n" % mark).encode()
        return body, {"Content-Type": "multipart/form-data; boundary=" + mark}

    def send(self, page, action=None, field=None, files=None, headers=None, follow=True, **fields):
        """Sends a form of the page with these fields changed (None: left out)."""
        form = page.form(action, field)
        body, more = self.encode(form, fields, files)
        more.update(headers or {})
        url = form.action or page.url
        if form.method == "GET":
            return self.get(url.split("?")[0] + "?" + body.decode(), None)
        answer = self.request("POST", url, body, more)
        return self.follow(answer) if follow else answer

    def sign_in(self, email, password=PASSWORD, next_url=None):
        page = self.get("/sign-in" + ("?next=" + urllib.parse.quote(next_url) if next_url else ""))
        self.last = self.send(page, "/sign-in", email=email, password=password, follow=False)
        return self
