"""QuestionForm: published by boto3, shown and checked by the server, answered by a browser without
script, read by the requester (questions 6; requester-api 2.5, 2.16)."""
import json
import re
import urllib.parse
import urllib.request
import urllib.error
import xml.etree.ElementTree as ET

import pytest
from botocore.exceptions import ClientError

from browser import Browser
from market import new_hit

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/"
NEW = SCHEMAS + "2017-11-06/QuestionForm.xsd"
OLD = SCHEMAS + "2005-10-01/QuestionForm.xsd"
ANSWERS = "{%s2005-10-01/QuestionFormAnswers.xsd}" % SCHEMAS


def form(inside, schema=NEW):
    return '<?xml version="1.0"?>\n<QuestionForm xmlns="%s">%s</QuestionForm>' % (schema, inside)


def question(name, answer, more="", content="<Text>What is it?</Text>"):
    return ("<Question><QuestionIdentifier>%s</QuestionIdentifier>%s<QuestionContent>%s"
            "</QuestionContent><AnswerSpecification>%s</AnswerSpecification></Question>"
            % (name, more, content, answer))


def choices(*names, before="", other=""):
    return "<SelectionAnswer>%s<Selections>%s%s</Selections></SelectionAnswer>" % (
        before, "".join("<Selection><SelectionIdentifier>%s</SelectionIdentifier><Text>The %s"
                        "</Text></Selection>" % (n, n) for n in names), other)


LEAVES = form(
    "<Overview><Title>Leaves</Title><FormattedContent><![CDATA[<p>Look <b>closely</b>&nbsp;&mdash; "
    "<a href='https://example.org/?a=1&amp;b=2'>help</a></p>]]></FormattedContent></Overview>"
    + question("count", "<FreeTextAnswer><Constraints><IsNumeric minValue='1' maxValue='9'/>"
               "</Constraints></FreeTextAnswer>",
               "<DisplayName>Number</DisplayName><IsRequired>true</IsRequired>")
    + question("code", "<FreeTextAnswer><Constraints><AnswerFormatRegex regex='^[A-Z]{2}$' "
               "errorText='Two capital letters.'/></Constraints></FreeTextAnswer>")
    + question("tree", choices("oak", "elm", other="<OtherSelection/>"))
    + question("parts", choices("leaf", "bark", "root",
                                before="<MinSelectionCount>2</MinSelectionCount>"
                                       "<MaxSelectionCount>3</MaxSelectionCount>")))


@pytest.fixture
def wanda(server, worker):
    b = Browser(server).sign_in(worker.email)
    b.worker = worker
    return b


class Frame(Browser):
    """The frame of a task: it starts at the content listener and has no cookie."""

    def request(self, method, url, body=None, headers=None):
        where = urllib.parse.urlsplit(url)
        port, self.server = self.server, self.At(where.port or self.server.port)
        try:
            return super().request(method, where.path + ("?" + where.query if where.query else ""),
                                   body, headers)
        finally:
            self.server = port

    class At:
        def __init__(self, port):
            self.port = port


def frame_of(server, page):
    frame = Frame(server)
    url = re.search(r'<iframe[^>]* src="([^"]*)"', page.html).group(1).replace("&amp;", "&")
    shown = frame.get(url)
    shown.frame = frame
    return shown


def accept(server, wanda, hit):
    preview = wanda.get("/projects/%s/tasks" % hit["HITGroupId"])
    return frame_of(server, wanda.send(preview, "/accept_random"))


def answers(mturk, hit):
    work = mturk.list_assignments_for_hit(HITId=hit["HITId"])["Assignments"]
    assert len(work) == 1
    found = {}
    for a in ET.fromstring(work[0]["Answer"]).findall(ANSWERS + "Answer"):
        values = [(c.tag.replace(ANSWERS, ""), c.text) for c in a]
        assert values[0][0] == "QuestionIdentifier"
        found[values[0][1]] = values[1:]
    return work[0], found


def test_a_form_is_shown_checked_and_answered(server, mturk, wanda, desk):
    hit = new_hit(mturk, Question=LEAVES)
    assert mturk.get_hit(HITId=hit["HITId"])["HIT"]["Question"] == LEAVES
    preview = frame_of(server, wanda.get("/projects/%s/tasks" % hit["HITGroupId"]))
    preview.says("Leaves", "Look closely", "This is a preview", "Number", "The oak", "Required.")
    assert "<button disabled" in preview.html
    assert 'href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener"' in preview.html
    page = accept(server, wanda, hit)
    assert "sandbox" in page.head["Content-Security-Policy"]
    again = page.frame.send(page, "/mturk/externalSubmit", count="12", code="x1", tree="",
                            parts="leaf", **{"tree/other": "a <b>pine</b>"})
    assert again.status == 422
    again.says("Nothing was submitted yet: 3 answers do not fit", "from 1 to 9",
               "Two capital letters.", "at least 2; 1 is chosen")
    assert 'value="a &lt;b&gt;pine&lt;/b&gt;"' in again.html
    assert 'value="12"' in again.html and "<b>pine" not in again.html
    assert "allow-same-origin" not in again.head["Content-Security-Policy"]
    assert mturk.list_assignments_for_hit(HITId=hit["HITId"])["NumResults"] == 0
    done = page.frame.send(again, "/mturk/externalSubmit", count="3", code="AB",
                           parts=["root", "leaf"])
    assert done.status == 200
    done.says("Your work was submitted.")
    # Twice is once.
    page.frame.send(again, "/mturk/externalSubmit", count="3", code="AB",
                    parts=["leaf", "root"]).says("Your work was submitted.")
    work, found = answers(mturk, hit)
    assert found == {
        "count": [("FreeText", "3")], "code": [("FreeText", "AB")],
        "tree": [("OtherSelectionText", "a <b>pine</b>")],
        "parts": [("SelectionIdentifier", "leaf"), ("SelectionIdentifier", "root")]}
    batch = [u for u in desk.get("/requester/manage/batches").reader.links
             if re.match(r"/requester/batches/\d+$", u)][0]
    csv = desk.request("GET", batch + "/csv").body.decode()
    for cell in ("Answer.count", "Answer.parts", '"leaf|root"', '"a <b>pine</b>"'):
        assert cell in csv, csv
    mturk.approve_assignment(AssignmentId=work["AssignmentId"])


def test_what_is_left_alone_is_answered_too(server, mturk, wanda):
    hit = new_hit(mturk, Question=LEAVES)
    page = accept(server, wanda, hit)
    page.frame.send(page, "/mturk/externalSubmit", count="1", unknown="x",
                    **{"tree/other": None}).says("Your work was submitted.")
    _, found = answers(mturk, hit)
    assert found == {"count": [("FreeText", "1")], "code": [("FreeText", None)], "tree": [],
                     "parts": []}


def test_a_program_hears_all_mistakes(server, mturk, worker):
    hit = new_hit(mturk, Question=LEAVES)
    _, entry = worker.accept(hit["HITGroupId"])
    b = Browser(server)
    page = b.request("POST", "/mturk/externalSubmit", urllib.parse.urlencode(
        {"assignmentId": entry["assignment_id"], "code": "ab"}),
        {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"})
    assert page.status == 422
    answer = json.loads(page.body)
    assert answer["error"]["code"] == "BAD_ANSWER"
    assert [m["field"] for m in answer["mistakes"]] == ["count", "code"]


@pytest.mark.parametrize("document, code, words", [
    (form(""), "XMLParseError", "an Overview or a Question is missing"),
    (form(question("a", "<FreeTextAnswer><Constraints><Length minLength='x'/></Constraints>"
                   "</FreeTextAnswer>")), "XMLParseError", "element Length"),
    (form(question("a", choices("x", "x"))), "XMLParseError", "twice"),
    (form("<Overview><FormattedContent>&lt;script/&gt;</FormattedContent></Overview>"),
     "XHTMLParseError", "element script"),
    (form(question("a", "<FileUploadAnswer/>"), OLD), "XMLParseError", "legacy_question_elements"),
    (form("<Overview>" + "<a>" * 5000), "XMLParseError", "nested more than"),
], ids=["empty", "length", "twice", "xhtml", "file", "deep"])
def test_what_is_no_form_is_refused(mturk, document, code, words):
    with pytest.raises(ClientError) as e:
        new_hit(mturk, Question=document)
    error = e.value.response
    assert error["Error"]["Code"] == "ParameterValidationError"
    opening = "There was an error parsing the %s data" % (
        "XHTML" if code == "XHTMLParseError" else "XML question or answer")
    assert error["Error"]["Message"].startswith(opening)
    assert words in error["Error"]["Message"] and "line " in error["Error"]["Message"]


FILE = form(question("photo", "<FileUploadAnswer><MaxFileSizeInBytes>3000000</MaxFileSizeInBytes>"
                     "<MinFileSizeInBytes>10</MinFileSizeInBytes></FileUploadAnswer>",
                     "<IsRequired>true</IsRequired>")
            + question("note", "<FreeTextAnswer/>"), OLD)


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as r:
            return r.status, r.read(), r.headers
    except urllib.error.HTTPError as e:
        return e.code, e.read(), e.headers


def test_files_are_kept_until_the_hit_is_deleted(server, mturk, wanda, desk):
    server.hitd("setting", "legacy_question_elements", "1")
    try:
        hit = new_hit(mturk, Question=FILE, LifetimeInSeconds=3600)
    finally:
        server.hitd("setting", "legacy_question_elements", "0")
    page = accept(server, wanda, hit)
    send = page.frame.send
    again = send(page, "/mturk/externalSubmit", note="n", photo=None,
                 files={"photo": ("small.txt", b"tiny")})
    assert again.status == 422
    again.says("The file has 4 bytes; it must have from 10 to 3000000.")
    body = bytes(range(256)) * 8000
    done = send(again, "/mturk/externalSubmit", photo=None,
                files={"photo": ("leaf é.bin", body)})
    done.says("Your work was submitted.")
    work, found = answers(mturk, hit)
    assert found["note"] == [("FreeText", "n")]
    assert [k for k, _ in found["photo"]] == ["UploadedFileSizeInBytes", "UploadedFileKey"]
    assert found["photo"][0][1] == str(len(body)) and len(found["photo"][1][1]) == 32
    ask = dict(AssignmentId=work["AssignmentId"], QuestionIdentifier="photo")
    url = mturk.get_file_upload_url(**ask)["FileUploadURL"]
    status, got, head = fetch(url)
    assert (status, got) == (200, body)
    assert head["Content-Disposition"].startswith("attachment;")
    assert "leaf%20" in head["Content-Disposition"] and "sandbox" in head["Content-Security-Policy"]
    batch = desk.get("/requester/manage/batches")
    found_at = None
    for link in batch.reader.links:
        m = re.match(r"/requester/batches/(\d+)", link)
        if m:
            found_at = "/requester/batches/%s/results/%s" % (m.group(1), work["AssignmentId"])
    assert found_at, batch.text
    link = [u for u in desk.get(found_at).reader.links if "/file?question=photo" in u][0]
    assert fetch(desk.request("GET", link).head["Location"])[1] == body
    assert fetch(url[:-1] + ("A" if url[-1] != "A" else "B"))[0] == 404
    with pytest.raises(ClientError):
        mturk.get_file_upload_url(AssignmentId=work["AssignmentId"], QuestionIdentifier="note")
    server.clock("advance", "61s")
    assert fetch(url)[0] == 404
    url = mturk.get_file_upload_url(**ask)["FileUploadURL"]
    assert fetch(url)[0] == 200
    mturk.approve_assignment(AssignmentId=work["AssignmentId"])
    mturk.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)
    mturk.delete_hit(HITId=hit["HITId"])
    assert fetch(url)[0] == 404
    with pytest.raises(ClientError):
        mturk.get_file_upload_url(**ask)


def test_a_stranger_can_not_send_files(server):
    b = Browser(server)
    mark = "x" * 20
    body = ('--%s\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' % mark).encode()
    body += bytes(3000000) + ("\r\n--%s--\r\n" % mark).encode()
    for query in ("", "?assignmentId=3ABCDEFGHIJKLMNOPQRSTUVWXYZ234"):
        page = b.request("POST", "/mturk/externalSubmit" + query, body,
                         {"Content-Type": "multipart/form-data; boundary=" + mark})
        assert page.status == 413


def test_only_the_owner_is_told_where_a_file_is(server, mturk, wanda):
    hit = new_hit(mturk, Question=LEAVES)
    page = accept(server, wanda, hit)
    page.frame.send(page, "/mturk/externalSubmit", count="1")
    work, _ = answers(mturk, hit)
    other = server.requester().client()
    with pytest.raises(ClientError) as e:
        other.get_file_upload_url(AssignmentId=work["AssignmentId"], QuestionIdentifier="photo")
    assert "does not exist" in e.value.response["Error"]["Message"]
