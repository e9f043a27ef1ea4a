"""Access keys and accounts from the command line, while a server runs: a key that is revoked and an
account that is suspended are refused on their next request, on every entrance."""
import json

import botocore.exceptions
import market
import pytest


def listed(r):
    return json.loads(r.server.hitd("key", "list", "--email", r.email).stdout)["AccessKeys"]


def refusal(client):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.get_account_balance()
    return refused.value.response["Error"]["Code"]


def test_a_revoked_key_is_refused_on_its_next_request(requester):
    first, server = requester.client(), requester.server
    old = requester.access
    second = server.key(requester.email)
    first.get_account_balance()
    assert requester.v1("GET", "/v1/batches")[0] == 200
    done = server.hitd("key", "revoke", "--email", requester.email, old)
    assert json.loads(done.stdout) == {"AccessKeyId": old, "Status": "Revoked"}
    assert refusal(first) == "UnrecognizedClientException"
    status, answer = requester.v1("GET", "/v1/batches")
    assert status in (400, 401, 403) and "error" in answer
    requester.access, requester.secret = second["AccessKeyId"], second["SecretAccessKey"]
    requester.client().get_account_balance()  # the other one goes on
    keys = listed(requester)
    assert [(k["AccessKeyId"], k["Status"]) for k in keys] == [
        (old, "Revoked"), (second["AccessKeyId"], "Active")]
    assert all(set(k) == {"AccessKeyId", "Status", "CreateDate"} for k in keys)


def test_a_retry_with_a_revoked_key_gets_no_kept_answer(requester):
    """The same call by the same id is answered from memory, but only to who may ask."""
    again = {"amz-sdk-invocation-id": "one-and-the-same"}
    hit = dict(LifetimeInSeconds=60, AssignmentDurationInSeconds=60, Reward="0.05", Title="Once",
               Description="d", Question=market.HTML)
    status, made = requester.raw("CreateHIT", hit, headers=again)
    assert status == 200 and requester.raw("CreateHIT", hit, headers=again) == (200, made)
    requester.server.hitd("key", "revoke", "--email", requester.email, requester.access)
    status, refused = requester.raw("CreateHIT", hit, headers=again)
    assert status == 400 and refused["__type"].endswith("UnrecognizedClientException")


def test_only_one_s_own_active_keys_are_revoked(server, requester):
    other = server.requester()
    for email, key in ((other.email, requester.access), (requester.email, "AKIANOSUCHKEY")):
        refused = server.hitd("key", "revoke", "--email", email, key, ok=1)
        assert "There is no active access key" in refused.stderr and refused.stdout == ""
    assert "nobody@example.org" in server.hitd("key", "list", "--email", "nobody@example.org",
                                               ok=1).stderr
    server.hitd("key", "revoke", "--email", requester.email, requester.access)
    server.hitd("key", "revoke", "--email", requester.email, requester.access, ok=1)
    other.client().get_account_balance()


@pytest.mark.parametrize("command, words", [
    ("key list", ["--email", "--store"]), ("key revoke", ["KEYID", "--email"]),
    ("account suspend", ["--email"]), ("account activate", ["--email"])])
def test_help(server, command, words):
    help_text = server.hitd(*command.split(), "--help").stdout
    assert all(word in help_text for word in words), help_text


def test_usage(server, requester):
    assert "KEYID" in server.hitd("key", "revoke", "--email", requester.email, ok=None).stderr
    assert "--email" in server.hitd("key", "list", ok=None).stderr


def state(server, command, email):
    return json.loads(server.hitd("account", command, "--email", email).stdout)


def test_a_suspended_requester_s_keys_are_refused_until_he_is_active(server, requester):
    client = requester.client()
    before = client.get_account_balance()["AvailableBalance"]
    assert state(server, "suspend", requester.email) == {
        "Id": requester.id, "Email": requester.email, "Role": "requester", "State": "suspended"}
    assert refusal(client) == "AccessDeniedException"
    assert state(server, "activate", requester.email)["State"] == "active"
    assert client.get_account_balance()["AvailableBalance"] == before


def test_a_suspended_worker_is_signed_out_and_takes_no_work(server, requester, worker):
    group = market.new_hit(requester.client())["HITGroupId"]
    worker.work(group)
    state(server, "suspend", worker.email)
    assert worker.accept(group)[0] in (401, 403)
    assert worker.sign_in()[0] == 200  # what he has earned stays his
    status, refused = worker.accept(group)
    assert status == 403 and "suspended" in json.dumps(refused)
    state(server, "activate", worker.email)
    assert worker.sign_in()[0] == 200
    assert "suspended" not in json.dumps(worker.accept(group))
