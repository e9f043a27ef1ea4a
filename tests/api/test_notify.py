"""Words to workers and events to requesters (requester-api 2.30, 2.34, 2.38, 3.9)."""
import pytest

from market import new_hit

TEXT = "Cannot send a notification to a worker who has not done any work for you"


def notify(client, *ids, subject="More work", text="There is a new batch.\nCome and see."):
    answer = client.notify_workers(Subject=subject, MessageText=text, WorkerIds=list(ids))
    return answer["NotifyWorkersFailureStatuses"]


def messages(worker):
    return worker.form("GET", "/messages?format=json")[1]["threads"]


def test_notify_workers(server, mturk, worker):
    stranger = server.worker()
    hit = new_hit(mturk)
    done = worker.work(hit["HITGroupId"])
    assert [f["WorkerId"] for f in notify(mturk, worker.id)] == [worker.id]  # nothing decided yet
    mturk.reject_assignment(AssignmentId=done, RequesterFeedback="no")
    failures = notify(mturk, worker.id, stranger.id, "AEXAMPLE00000", worker.id)
    assert failures == [{"NotifyWorkersFailureCode": "HardFailure",
                         "NotifyWorkersFailureMessage": TEXT, "WorkerId": w}
                        for w in (stranger.id, "AEXAMPLE00000")]
    [thread] = messages(worker)
    assert thread["unread"] == 1  # named twice, written to once
    assert thread["text"].startswith("More work")
    assert messages(stranger) == []
    assert notify(server.requester().client(), worker.id)[0]["WorkerId"] == worker.id


def test_notify_workers_bounds(server, mturk):
    assert notify(mturk) == []
    assert len(notify(mturk, *("A%03d" % i for i in range(100)))) == 100
    for members in ({"subject": "x" * 201}, {"text": "x" * 4097}):
        with pytest.raises(mturk.exceptions.ClientError):
            notify(mturk, "A1", **members)
    with pytest.raises(mturk.exceptions.ClientError):
        notify(mturk, *("A%03d" % i for i in range(101)))
    assert notify(mturk, "A1", subject="é" * 200, text="é" * 4096)
