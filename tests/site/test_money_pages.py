"""The requester's account: balance, held by batch, postings, asking for deposits (requester-site 9)."""
from browser import Browser
from market import PASSWORD, new_hit


def test_account_and_postings(server, requester, desk, mturk, worker):
    page = desk.get("/requester/account")
    page.says("Available$1,000.00", "Held$0.00", "Nothing is held")
    hit = new_hit(mturk, Reward="0.50", MaxAssignments=2, Title="Held <i>for</i> this")
    done = worker.work(hit["HITGroupId"])
    mturk.approve_assignment(AssignmentId=done)
    page = desk.get("/requester/account")
    page.says("Available$998.80", "Held$0.60", "Held <i>for</i> this")
    assert "<i>for" not in page.html
    page = desk.get("/requester/account/transactions")
    page.says("Deposit", "Held for tasks", "Reward, from held money", "$998.80", "$1,000.00")
    rows = desk.request("GET", "/requester/account/transactions?format=csv").body.decode("utf-8-sig")
    assert rows.splitlines()[0].startswith('"id","at","what","amount","effect","balance"')
    assert '"1000.00","1000.00","1000.00"' in rows  # the deposit: amount, effect, and after it


def test_asking_for_a_deposit(server, requester, desk):
    page = desk.get("/requester/account/deposit?amount=12.34&next=/requester/")
    fields = dict(page.form("/deposit").fields)
    assert fields["amount"] == "12.34" and fields["next"] == "/requester/"
    wrong = desk.send(page, "/deposit", amount="12.345", note="<b>n</b>")
    assert wrong.status == 422
    fields = dict(wrong.form("/deposit").fields)
    assert fields["amount"] == "12.345" and fields["note"] == "<b>n</b>"
    answer = desk.send(page, "/deposit", note="<script>x</script>", follow=False)
    assert answer.head["Location"] == "/requester/"
    desk.send(page, "/deposit", note="<script>x</script>")  # the same form: once
    account = desk.get("/requester/account")
    account.says("$12.34", "<script>x</script>", "Available$1,000.00")
    assert account.text.count("$12.34") == 1 and "<script>x" not in account.html
    desk.send(account, "/withdraw").says("Taken back")
    answer = desk.send(page, "/deposit", amount="1.00", next="https://evil.example/", follow=False)
    assert answer.head["Location"] == "/requester/account"


def test_refund(desk):
    page = desk.get("/requester/account/deposit?kind=refund")
    page.says("Ask for a refund", "$1,000.00 are available")
    assert desk.send(page, "/deposit", amount="1000.01").status in (409, 422)
    desk.send(page, "/deposit", amount="400.00").says("The operator was asked")
    desk.get("/requester/account").says("refund", "$400.00", "Available$1,000.00")


def test_refund_while_suspended(server, requester, desk):
    """What is available can be asked back, and is paid; nothing else moves."""
    worker = server.worker()
    hit = new_hit(requester.client(), Reward="0.50", MaxAssignments=1)
    worker.work(hit["HITGroupId"])
    form = desk.get("/requester/account/deposit")
    server.hitd("account", "suspend", "--store", server.store, "--email", requester.email)
    desk.sign_in(requester.email)
    account = desk.get("/requester/account")
    account.says("This account is suspended", "Available$999.40")
    assert not [url for url in account.reader.links if url.endswith("/account/deposit")]
    assert desk.send(form, "/deposit", amount="1.00").status == 403
    form = desk.get("/requester/account/deposit")
    desk.send(form, "/deposit", amount="1.00").says("nothing paid in")
    form = desk.get("/requester/account/deposit?kind=refund")
    assert desk.send(form, "/deposit", amount="999.41").status in (409, 422)
    desk.send(form, "/deposit", amount="1.00").says("The operator was asked")
    desk.send(desk.get("/requester/account"), "/withdraw").says("Taken back")
    desk.send(desk.get("/requester/account/deposit?kind=refund"), "/deposit", amount="999.40")
    office = Browser(server).sign_in(operator(server))
    page = office.get("/operator/deposits")
    office.send(page, [f.action for f in page.reader.forms if "answer" in f.names][0],
                what="confirm")
    desk.get("/requester/account").says("Available$0.00", "Held$0.60", "confirmed")


def operator(server):
    email = "office-refund%d@example.org" % server.port
    server.account("operator", email, PASSWORD)
    return email


def test_others_do_not_see_it(server, desk, worker):
    w = Browser(server).sign_in(worker.email)
    for path in ("", "/transactions", "/deposit"):
        w.get("/requester/account" + path, 403)
