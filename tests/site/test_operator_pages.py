"""The operator's pages: accounts, money by hand and asked for, payouts, settings, audit."""
import pytest

from browser import Browser
from market import PASSWORD, new_hit

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def office(server):
    """The operator's browser, signed in."""
    server.account("operator", "op-%d@example.org" % server.port, PASSWORD)
    return Browser(server).sign_in("op-%d@example.org" % server.port)


PAGES = ["/operator/", "/operator/accounts", "/operator/accounts/new", "/operator/deposits",
         "/operator/payouts", "/operator/settings", "/operator/health", "/operator/outbox",
         "/operator/figures", "/operator/audit"]


@pytest.mark.parametrize("url", PAGES)
def test_pages_and_rights(server, office, desk, worker, url):
    page = office.get(url)
    assert page.title and len(page.reader.ids) == len(set(page.reader.ids))
    assert office.json(url)[0] == 200
    assert desk.get(url, 403).title == "Not allowed"
    assert Browser(server).sign_in(worker.email).get(url, 403).title == "Not allowed"
    assert Browser(server).get(url).title == "Sign in"


def test_add_find_suspend(server, office):
    page = office.get("/operator/accounts/new")
    typed = dict(role="requester", name=SCRIPT, email="lab-%d@example.org" % server.port,
                 country="", password="short")
    again = office.send(page, "/operator/accounts/new", **typed)
    assert again.status == 422
    again.says("too short")
    assert dict(again.form("/operator/accounts/new").fields)["email"] == typed["email"]
    assert dict(again.form("/operator/accounts/new").fields)["password"] == ""
    typed["password"] = PASSWORD
    page = office.send(again, "/operator/accounts/new", **typed)
    assert page.status == 200 and "<script>alert" not in page.html
    page.says("account added", SCRIPT)
    one = page.url
    found = office.get("/operator/accounts?search=LAB-%d" % server.port)
    assert one in found.reader.links and "<script>alert" not in found.html
    # suspended: signed out, may look but not change
    lab = Browser(server).sign_in(typed["email"])
    assert lab.get("/requester/").status == 200
    assert office.send(page, "/state").status == 422  # no reason
    page = office.send(office.get(one), "/state", reason="not paid")
    page.says("suspended", "not paid")
    assert lab.get("/requester/").title == "Sign in"
    lab.sign_in(typed["email"])
    upload = lab.get("/requester/upload")
    files = {"file": ("a.csv", b"AssignmentId,Approve\r\n")}
    assert lab.send(upload, "/requester/upload", files=files).status == 403
    page = office.send(office.get(one), "/state", reason="paid")
    page.says("Active again")
    office.get("/operator/audit?action=2").says("not paid")


def test_not_himself(office):
    me = office.get("/operator/accounts?search=op-").reader.links
    mine = [u for u in me if u.startswith("/operator/accounts/A")][0]
    assert not [f for f in office.get(mine).reader.forms if f.action.endswith("/state")]


def test_money_by_hand(server, office):
    r = server.requester()
    url = "/operator/accounts/" + r.id
    page = office.send(office.get(url), "/money", what="deposit", amount="x", note="cash")
    assert page.status == 422
    page.says("must be dollars")
    page = office.send(office.get(url), "/money", what="deposit", amount="$12.50", note="cash")
    page.says("$12.50 were deposited", "cash")
    page = office.send(office.get(url), "/money", what="refund", amount="12.51", note="back")
    assert page.status == 422
    assert r.client().get_account_balance()["AvailableBalance"] == "12.50"
    page = office.send(office.get(url), "/money", what="refund", amount="12.50", note="back")
    assert r.client().get_account_balance()["AvailableBalance"] == "0.00"


def test_payouts(server, office, requester):
    w = server.worker()
    client = requester.client()
    hit = new_hit(client, Reward="0.40", MaxAssignments=1)
    assignment = w.work(hit["HITGroupId"])
    client.approve_assignment(AssignmentId=assignment)
    assert w.form("POST", "/transfers", amount="0.30")[0] == 200
    page = office.get("/operator/payouts")
    page.says(w.email, "$0.30")
    _, twin = office.json("/operator/payouts?size=500")
    mine = [r for r in twin["rows"] if r["worker_id"] == w.id][0]
    csv = office.request("GET", "/operator/payouts?format=csv&size=500")
    assert w.email.encode() in csv.body and csv.head["Content-Type"].startswith("text/csv")
    form = dict(payout=str(mine["payout"]), to="failed")
    assert office.send(page, "/operator/payouts", **form).status == 422  # no reason
    office.send(office.get("/operator/payouts"), "/operator/payouts", note="no such bank", **form)
    assert w.get("/earnings?format=json")[1]["payable"] in (0.4, "0.40", 0.40)
    form["to"] = "done"
    assert office.send(page, "/operator/payouts", **form).status == 409
    office.get("/operator/payouts?state=failed").says("no such bank")


def test_settings(office):
    page = office.get("/operator/settings")
    form = [f for f in page.reader.forms if ("name", "withdraw_min_cents") in f.fields][0]
    fields = dict(form.fields, value="0")
    body, head = office.encode(form, fields, None)
    again = office.request("POST", "/operator/settings", body, head)
    assert again.status == 422 and b"whole number" in again.body
    body, head = office.encode(form, dict(form.fields, value="2"), None)
    assert office.request("POST", "/operator/settings", body, head).status == 303
    office.get("/operator/settings").says("withdraw_min_cents")
    history = office.json("/operator/settings")[1]["history"]
    assert (history[0]["name"], history[0]["old_value"], history[0]["new_value"]) == (
        "withdraw_min_cents", "1", "2")
    body, head = office.encode(form, dict(form.fields, value="1", once="0" * 32), None)
    office.request("POST", "/operator/settings", body, head)


def test_bad_addresses(office):
    for url in ("/operator/accounts/AUNKNOWN", "/operator/accounts/%3Cscript%3E",
                "/operator/audit?account=AUNKNOWN"):
        assert office.get(url, 404).title == "Not found"
    for url in ("/operator/audit?after=%s" % ("9" * 40), "/operator/accounts?after=-1",
                "/operator/payouts?state=%3Cscript%3E&size=999999"):
        assert office.get(url).status == 200
