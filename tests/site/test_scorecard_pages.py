"""What workers see of a requester before they work for him (worker-site 12.2)."""
from browser import Browser
from market import new_hit


def test_card_and_rows(server):
    r = server.requester(deposit="100.00")
    mturk = r.client()
    hit = new_hit(mturk, Title="Carded", MaxAssignments=9)
    page = Browser(server).get("/requesters/%s/projects" % r.id)
    page.says("How this requester treats work", "Nothing was decided yet")
    work = []
    for _ in range(6):
        w = server.worker()
        entry = w.accept(hit["HITGroupId"])[1]
        server.advance("2m")
        assert w.submit(entry["assignment_id"], tag="cat")[0] == 200
        work.append(entry["assignment_id"])
    for a in work[:5]:
        mturk.approve_assignment(AssignmentId=a)
    mturk.reject_assignment(AssignmentId=work[5], RequesterFeedback="No")
    page = Browser(server).get("/requesters/%s/projects" % r.id)
    page.says("83.33%", "of 6 decided in two years", "$15.00", "0 of 1", "approves 83.33%",
              "$15.00 an hour")
    Browser(server).get("/projects/%s/tasks" % hit["HITGroupId"]).says("83.33%", "$15.00")
    mturk.approve_assignment(AssignmentId=work[5], OverrideRejection=True)
    page = Browser(server).get("/requesters/%s/projects" % r.id)
    page.says("100.00%", "1 of 1")
    # the JSON that worker tools read keeps its shape
    status, data = Browser(server).json("/requesters/%s/projects" % r.id)
    assert status == 200 and set(data) == {"results", "page_number", "num_results",
                                           "total_num_results"}
    assert Browser(server).get("/requesters/A000NOBODY/projects", None).status == 404
