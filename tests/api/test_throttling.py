"""Settings api_requests_per_s and api_burst: boto3 and hit send what is refused again by
themselves; nothing of it has happened before (requester-api 1.6, 1.8)."""
import json
import re

import botocore.exceptions
import pytest

import hitd
from market import TARGET, new_hit

RATE, BURST = 5, 4


def setting(server, **values):
    for name, value in values.items():
        server.hitd("setting", name, str(value))


def is_throttled(requester):
    status, answer = requester.raw("GetAccountBalance", {})
    return status == 400 and answer["__type"] == "ThrottlingException"


def test_what_is_usual(server, requester):
    client = requester.client(retries=0)
    for _ in range(60):
        client.get_account_balance()
    _, _, figures = server.request("GET", "/metrics")
    assert b"\nhitd_throttled_total 0\n" in figures


@pytest.fixture(scope="module")
def limited(server):
    """A server reads the settings once a second; the account that waits for it is another's."""
    setting(server, api_burst=BURST, api_requests_per_s=RATE)
    other = server.requester()
    hitd.until(lambda: is_throttled(other))
    yield
    setting(server, api_requests_per_s=0, api_burst=50)
    hitd.until(lambda: not any(is_throttled(other) for _ in range(BURST * 2)))


def empty(requester):
    """Takes all that may be sent at once."""
    hitd.until(lambda: is_throttled(requester))


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_boto3_gets_through(requester, limited, mode):
    client = requester.client(retries=8, mode=mode)
    again = [client.get_account_balance()["ResponseMetadata"]["RetryAttempts"]
             for _ in range(BURST * 2)]
    assert sum(again) > 0, again


def test_as_boto3_reads_it(requester, limited):
    empty(requester)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        for _ in range(BURST * 3):
            requester.client(retries=0).get_account_balance()
    error = caught.value.response
    assert error["Error"]["Code"] == "ThrottlingException"
    assert error["Error"]["Message"].startswith("Rate exceeded")
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_envelope(server, requester, limited):
    empty(requester)
    body = b"{}"
    head = {"X-Amz-Target": TARGET + "GetAccountBalance",
            "Content-Type": "application/x-amz-json-1.1"}
    status = 200
    while status == 200:
        status, got, data = server.request("POST", "/", body,
                                           requester.sign("POST", "/", body, head))
    error = json.loads(data)
    assert (status, error["__type"]) == (400, "ThrottlingException")
    assert error["message"] == error["Message"] and "TurkErrorCode" not in error
    assert got["Content-Type"] == "application/x-amz-json-1.1" and got["x-amzn-RequestId"]


def test_others_are_not_asked_to_wait(server, requester, limited):
    other = server.requester()
    empty(requester)
    assert other.client(retries=0).get_account_balance()
    # nor does he who has not the secret take an account's requests
    for _ in range(BURST * 2):
        h = other.sign("POST", "/", b"{}", {"X-Amz-Target": TARGET + "GetAccountBalance"},
                       secret="x" * 40)
        assert json.loads(server.request("POST", "/", b"{}", h)[2])["__type"] == \
            "InvalidSignatureException"
    assert other.client(retries=0).get_account_balance()


def test_a_refused_write_has_done_nothing(server, limited):
    """Not even remembered by its token, its invocation, or its title."""
    requester = server.requester(deposit="100.00")
    made, refused = 0, 0
    client = requester.client(retries=0)
    for i in range(BURST * 3):
        try:
            new_hit(client, UniqueRequestToken="once %d" % i, MaxAssignments=1, Reward="1.00")
            made += 1
        except botocore.exceptions.ClientError as e:
            assert e.response["Error"]["Code"] == "ThrottlingException"
            refused += 1
    assert made and refused
    # one that is sent again under the same invocation is not answered by what was refused
    patient = requester.client(retries=10)
    before = made
    for i in range(BURST * 2):
        new_hit(patient, UniqueRequestToken="again %d" % i, MaxAssignments=1, Reward="1.00")
        made += 1
    assert made == before + BURST * 2
    # $1.20 is held for each that was made, no more and no less
    balance = patient.get_account_balance()
    assert float(balance["AvailableBalance"]) == pytest.approx(100 - made * 1.20)
    hits = [h for page in patient.get_paginator("list_hits").paginate() for h in page["HITs"]]
    assert len(hits) == made


def test_v1(server, requester, limited):
    empty(requester)
    status = 200
    while status == 200:
        h = requester.sign("GET", "/v1/balance")
        status, head, data = server.request("GET", "/v1/balance", None, h)
    error = json.loads(data)["error"]
    assert status == 429 and head["Retry-After"] == "1"
    assert error["code"] == "THROTTLED" and error["message"].startswith("Rate exceeded")
    # the command line waits as it is told
    empty(requester)
    key = {"AccessKeyId": requester.access, "SecretAccessKey": requester.secret}
    server.endpoint = server.url
    for command in ("balance", "batches") * 3:
        server.hit(key, command)


def test_old_dialect(server, requester, limited):
    """boto 2 tries again after a 503 (requester-api 1.8)."""
    connection = pytest.importorskip("boto.mturk.connection")
    setting(server, legacy_api="on")
    try:
        boto = connection.MTurkConnection(requester.access, requester.secret, is_secure=False,
                                          host="127.0.0.1", port=server.port)
        boto.num_retries = 0
        with pytest.raises(Exception) as caught:
            for _ in range(BURST * 3):
                boto.get_account_balance()
        assert "503" in str(caught.value) or "ServiceUnavailable" in str(caught.value)
        boto.num_retries = 6
        for _ in range(BURST):
            assert boto.get_account_balance()
    finally:
        setting(server, legacy_api="off")


def test_figures(server, limited):
    _, _, figures = server.request("GET", "/metrics")
    assert int(re.search(rb"\nhitd_throttled_total (\d+)\n", figures)[1]) > 0
