"""One walk through all operations, a list of steps that every client plays (test_walk.py).

A step calls an operation, or lets a worker do something. "$name" stands for what an earlier step
has kept. gives names what the answer must hold, by path ("HITs.0.HITId"); a path that ends in ".#"
is a list's length. refused: name of the error, TurkErrorCode without its prefix, opening words.
"""
import collections

Step = collections.namedtuple("Step", "operation members keep gives refused worker")


def op(operation, members=None, keep=None, gives=None, refused=None):
    return Step(operation, members or {}, keep or {}, gives or {}, refused, None)


def worker(does, **named):
    return Step(None, named, {}, {}, None, does)


SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/"
HTML = f"""<HTMLQuestion xmlns="{SCHEMAS}2011-11-11/HTMLQuestion.xsd"><HTMLContent><![CDATA[<!DOCTYPE html>
<html><body><form method="post" action="/mturk/externalSubmit"><input name="tag"></form></body></html>
]]></HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>"""
FILE = f"""<QuestionForm xmlns="{SCHEMAS}2005-10-01/QuestionForm.xsd"><Question>
<QuestionIdentifier>photo</QuestionIdentifier><QuestionContent><Text>A photo, please.</Text>
</QuestionContent><AnswerSpecification><FileUploadAnswer><MaxFileSizeInBytes>1000</MaxFileSizeInBytes>
<MinFileSizeInBytes>1</MinFileSizeInBytes></FileUploadAnswer></AnswerSpecification></Question>
</QuestionForm>"""
UNKNOWN = "3" + "Z" * 29
TYPE = {"Title": "Größe schätzen 🐘", "Description": "Say what is <shown> & how big it is",
        "Keywords": "größe, 象", "Reward": "0.50", "AssignmentDurationInSeconds": 600}
QUEUE = {"Destination": "http://127.0.0.1:9/1/queue", "Transport": "SQS", "Version": "2014-08-15",
         "EventTypes": ["AssignmentSubmitted", "HITReviewable"]}
POLICY = {"PolicyName": "SimplePlurality/2011-09-01", "Parameters": [
    {"Key": "QuestionIds", "Values": ["tag"]}, {"Key": "QuestionAgreementThreshold", "Values": ["50"]}]}
STATE = "This operation can be called with a status of: "
DECIDED = ("RequestError", "InvalidAssignmentState", STATE + "Submitted (")
BONUS = {"WorkerId": "$ada", "AssignmentId": "$first", "BonusAmount": "0.10", "Reason": "schnell – 早い",
         "UniqueRequestToken": "once"}

QUALIFICATIONS = [
    op("CreateQualificationType", {"Name": "Birds", "Description": "Knows birds", "Keywords": "animals",
                                   "QualificationTypeStatus": "Active", "RetryDelayInSeconds": 60},
       keep={"type": "QualificationType.QualificationTypeId"},
       gives={"QualificationType.Name": "Birds", "QualificationType.IsRequestable": True,
              "QualificationType.AutoGranted": False, "QualificationType.RetryDelayInSeconds": 60}),
    op("CreateQualificationType", {"Name": "Birds", "Description": "d", "QualificationTypeStatus": "Active"},
       refused=("RequestError", "QualificationTypeAlreadyExists",
                "You have already created a QualificationType with this name.")),
    op("UpdateQualificationType", {"QualificationTypeId": "$type", "Description": "Knows Vögel"},
       gives={"QualificationType.Description": "Knows Vögel", "QualificationType.RetryDelayInSeconds": 60}),
    op("GetQualificationType", {"QualificationTypeId": "$type"},
       gives={"QualificationType.Description": "Knows Vögel",
              "QualificationType.QualificationTypeStatus": "Active"}),
    op("ListQualificationTypes", {"MustBeRequestable": True, "MustBeOwnedByCaller": True, "Query": "KNOWS v"},
       gives={"NumResults": 1, "QualificationTypes.#": 1,
              "QualificationTypes.0.QualificationTypeId": "$type"}),
    op("GetQualificationScore", {"QualificationTypeId": "$type", "WorkerId": "$ada"},
       refused=("RequestError", "QualificationDoesNotExist",
                "You requested a Qualification that does not exist. (")),
    op("AssociateQualificationWithWorker",
       {"QualificationTypeId": "$type", "WorkerId": "$ada", "IntegerValue": 5, "SendNotification": False},
       gives={}),
    op("GetQualificationScore", {"QualificationTypeId": "$type", "WorkerId": "$ada"},
       gives={"Qualification.IntegerValue": 5, "Qualification.Status": "Granted",
              "Qualification.WorkerId": "$ada"}),
    worker("asks", who="bob", type="$type"),
    worker("asks", who="cyd", type="$type"),
    op("ListQualificationRequests", {"QualificationTypeId": "$type"},
       keep={"asked": "QualificationRequests.0.QualificationRequestId",
             "also": "QualificationRequests.1.QualificationRequestId"},
       gives={"NumResults": 2, "QualificationRequests.0.WorkerId": "$bob",
              "QualificationRequests.1.WorkerId": "$cyd"}),
    op("AcceptQualificationRequest", {"QualificationRequestId": "$asked", "IntegerValue": 7}),
    op("AcceptQualificationRequest", {"QualificationRequestId": "$asked"},
       refused=("RequestError", "InvalidQualificationRequestState", STATE)),
    op("RejectQualificationRequest", {"QualificationRequestId": "$also", "Reason": "not yet"}),
    op("ListQualificationRequests", {}, gives={"NumResults": 0, "QualificationRequests": []}),
    op("ListWorkersWithQualificationType", {"QualificationTypeId": "$type", "Status": "Granted",
                                            "MaxResults": 100},
       gives={"NumResults": 2, "Qualifications.0.WorkerId": "$ada", "Qualifications.1.IntegerValue": 7}),
]

PUBLISHING = [
    op("GetAccountBalance", gives={"AvailableBalance": "100.00", "OnHoldBalance": "0.00"}),
    op("CreateHITType", {**TYPE, "AutoApprovalDelayInSeconds": 86400, "QualificationRequirements": [
        {"QualificationTypeId": "$type", "Comparator": "GreaterThan", "IntegerValues": [4],
         "ActionsGuarded": "PreviewAndAccept"}]}, keep={"hit_type": "HITTypeId"}),
    op("UpdateNotificationSettings", {"HITTypeId": "$hit_type", "Notification": QUEUE, "Active": True}),
    op("SendTestEventNotification", {"Notification": QUEUE, "TestEventType": "Ping"}),
    op("CreateHITWithHITType",
       {"HITTypeId": "$hit_type", "LifetimeInSeconds": 3600, "MaxAssignments": 2, "Question": HTML,
        "RequesterAnnotation": "row 1", "UniqueRequestToken": "first", "HITReviewPolicy": POLICY},
       keep={"hit": "HIT.HITId", "group": "HIT.HITGroupId"},
       gives={"HIT.Title": TYPE["Title"], "HIT.Description": TYPE["Description"], "HIT.Reward": "0.50",
              "HIT.Keywords": TYPE["Keywords"], "HIT.Question": HTML, "HIT.HITStatus": "Assignable",
              "HIT.RequesterAnnotation": "row 1", "HIT.NumberOfAssignmentsAvailable": 2,
              "HIT.QualificationRequirements.0.IntegerValues": [4], "HIT.HITTypeId": "$hit_type"}),
    op("CreateHITWithHITType",
       {"HITTypeId": "$hit_type", "LifetimeInSeconds": 3600, "Question": HTML,
        "UniqueRequestToken": "first"},
       refused=("RequestError", "HITAlreadyExists", 'The HIT with ID "$hit" already exists. (')),
    op("GetAccountBalance", gives={"AvailableBalance": "98.80", "OnHoldBalance": "1.20"}),
    op("ListHITsForQualificationType", {"QualificationTypeId": "$type"},
       gives={"NumResults": 1, "HITs.0.HITId": "$hit"}),
    op("ListAssignmentsForHIT", {"HITId": "$hit"}, gives={"NumResults": 0, "Assignments": []}),
    op("GetHIT", {"HITId": UNKNOWN},
       refused=("RequestError", "HITDoesNotExist", f"Hit {UNKNOWN} does not exist. (")),
    op("CreateHIT", {**TYPE, "Reward": "1.234", "LifetimeInSeconds": 60, "Question": HTML},
       refused=("ValidationException", None, "1 validation error detected: Value '1.234' at 'reward' ")),
    op("CreateHIT", {**TYPE, "Reward": "1.23", "LifetimeInSeconds": 60, "Question": "<HTMLQuestion>"},
       refused=("ParameterValidationError", "XMLParseError",
                "There was an error parsing the XML question or answer data in your request.")),
]

REVIEWING = [
    worker("works", who="ada", group="$group", keep="first", tag="größe & 象"),
    worker("works", who="bob", group="$group", keep="second", tag="größe & 象"),
    op("GetHIT", {"HITId": "$hit"},
       gives={"HIT.HITStatus": "Reviewable", "HIT.NumberOfAssignmentsPending": 0,
              "HIT.NumberOfAssignmentsCompleted": 0}),
    op("ListReviewableHITs", {"HITTypeId": "$hit_type"}, gives={"NumResults": 1, "HITs.0.HITId": "$hit"}),
    op("UpdateHITReviewStatus", {"HITId": "$hit"}),
    op("ListReviewableHITs", {"Status": "Reviewing"}, gives={"NumResults": 1, "HITs.0.HITId": "$hit"}),
    op("UpdateHITReviewStatus", {"HITId": "$hit", "Revert": True}),
    op("ListReviewPolicyResultsForHIT", {"HITId": "$hit", "PolicyLevels": ["HIT"]},
       gives={"HITId": "$hit", "HITReviewPolicy.PolicyName": POLICY["PolicyName"],
              "HITReviewReport.ReviewActions.0.ActionName": "review"}),
    op("ListAssignmentsForHIT", {"HITId": "$hit", "AssignmentStatuses": ["Submitted"], "MaxResults": 1},
       keep={"page": "NextToken"},
       gives={"NumResults": 1, "Assignments.0.AssignmentId": "$first", "Assignments.0.WorkerId": "$ada"}),
    op("ListAssignmentsForHIT", {"HITId": "$hit", "AssignmentStatuses": ["Submitted"],
                                 "NextToken": "$page"},
       gives={"NumResults": 1, "Assignments.0.AssignmentId": "$second"}),
    op("ListHITs", {"NextToken": "$page"},
       refused=("ParameterValidationError", "InvalidParameterValue", "The value ")),
    op("ApproveAssignment", {"AssignmentId": "$first", "RequesterFeedback": "schön"}),
    op("ApproveAssignment", {"AssignmentId": "$first"}, refused=DECIDED),
    op("RejectAssignment", {"AssignmentId": "$second", "RequesterFeedback": "Nein – 違う"}),
    op("RejectAssignment", {"AssignmentId": "$second", "RequesterFeedback": "again"}, refused=DECIDED),
    op("ApproveAssignment", {"AssignmentId": "$second"}, refused=DECIDED),
    op("GetAssignment", {"AssignmentId": "$second"},
       gives={"Assignment.AssignmentStatus": "Rejected", "HIT.HITId": "$hit",
              "Assignment.RequesterFeedback": "Nein – 違う"}),
    op("GetAccountBalance", gives={"AvailableBalance": "99.40", "OnHoldBalance": "0.00"}),
    op("ApproveAssignment", {"AssignmentId": "$second", "OverrideRejection": True}),
    op("GetAssignment", {"AssignmentId": "$second"}, gives={"Assignment.AssignmentStatus": "Approved"}),
    op("SendBonus", BONUS),
    op("SendBonus", BONUS, refused=("RequestError", "DuplicateRequest",
                                    'The idempotency token "once" has already been processed.')),
    op("ListBonusPayments", {"AssignmentId": "$first"},
       gives={"NumResults": 1, "BonusPayments.0.BonusAmount": "0.10",
              "BonusPayments.0.Reason": BONUS["Reason"], "BonusPayments.0.WorkerId": "$ada"}),
    op("ListBonusPayments", {}, refused=("ParameterValidationError", "=AWS.MissingParameters",
                                         "Your request is missing required parameters.")),
    op("GetAccountBalance", gives={"AvailableBalance": "98.68", "OnHoldBalance": "0.00"}),
]

AFTERWARDS = [
    op("NotifyWorkers", {"Subject": "Mehr", "MessageText": "Es gibt mehr – 象",
                         "WorkerIds": ["$ada", "AEXAMPLE00000"]},
       gives={"NotifyWorkersFailureStatuses.#": 1,
              "NotifyWorkersFailureStatuses.0.WorkerId": "AEXAMPLE00000",
              "NotifyWorkersFailureStatuses.0.NotifyWorkersFailureCode": "HardFailure"}),
    op("CreateWorkerBlock", {"WorkerId": "$cyd", "Reason": "spam"}),
    op("ListWorkerBlocks", {}, gives={"NumResults": 1, "WorkerBlocks": [{"WorkerId": "$cyd",
                                                                        "Reason": "spam"}]}),
    op("DeleteWorkerBlock", {"WorkerId": "$cyd"}),
    op("ListWorkerBlocks", {}, gives={"NumResults": 0, "WorkerBlocks": []}),
    op("CreateAdditionalAssignmentsForHIT", {"HITId": "$hit", "NumberOfAdditionalAssignments": 2}),
    op("CreateAdditionalAssignmentsForHIT", {"HITId": "$hit", "NumberOfAdditionalAssignments": 6},
       refused=("RequestError", "InvalidMaximumAssignmentsIncrease", "")),
    op("DeleteHIT", {"HITId": "$hit"},
       refused=("RequestError", "InvalidHITState",
                "This HIT is currently in the state 'Assignable'.  " + STATE)),
    op("CreateHIT", {**TYPE, "LifetimeInSeconds": 3600, "Question": FILE},
       keep={"form": "HIT.HITId", "form_group": "HIT.HITGroupId"},
       gives={"HIT.Question": FILE, "HIT.MaxAssignments": 1,
              "HIT.AutoApprovalDelayInSeconds": 2592000}),
    op("ListHITs", {"MaxResults": 1}, gives={"NumResults": 1, "HITs.0.HITId": "$form"}),
    worker("sends", who="cyd", group="$form_group", keep="file", photo=b"JPEG"),
    op("GetFileUploadURL", {"AssignmentId": "$file", "QuestionIdentifier": "photo"},
       keep={"url": "FileUploadURL"}),
    worker("opens", url="$url", holds=b"JPEG"),
    op("CreateHIT", {**TYPE, "LifetimeInSeconds": 3600, "Question": HTML, "MaxAssignments": 2},
       keep={"open": "HIT.HITId"}),
    op("CreateHITType", {**TYPE, "Title": "Dearer", "Reward": "1"}, keep={"dear": "HITTypeId"}),
    op("UpdateHITTypeOfHIT", {"HITId": "$open", "HITTypeId": "$dear"}),
    op("GetHIT", {"HITId": "$open"},
       gives={"HIT.Title": "Dearer", "HIT.Reward": "1.00", "HIT.HITTypeId": "$dear"}),
    # $98.68 less 2 and 1 of $0.60, and 2 of $1.20; their expiry returns what nobody has taken
    op("GetAccountBalance", gives={"AvailableBalance": "94.48", "OnHoldBalance": "4.20"}),
    op("UpdateExpirationForHIT", {"HITId": "$open", "ExpireAt": 0}),
    op("UpdateExpirationForHIT", {"HITId": "$hit", "ExpireAt": 1420070400}),
    op("GetAccountBalance", gives={"AvailableBalance": "98.08", "OnHoldBalance": "0.60"}),
    op("DeleteHIT", {"HITId": "$hit"}),
    op("GetHIT", {"HITId": "$hit"}, gives={"HIT.HITStatus": "Disposed"}),
    op("DeleteHIT", {"HITId": "$hit"},
       refused=("RequestError", "HITDoesNotExist", "Hit $hit does not exist. (")),
    op("ListHITs", {"MaxResults": 100}, gives={"NumResults": 2, "HITs.0.HITId": "$open"}),
    op("DisassociateQualificationFromWorker",
       {"WorkerId": "$ada", "QualificationTypeId": "$type", "Reason": "lapsed"}),
    op("GetQualificationScore", {"QualificationTypeId": "$type", "WorkerId": "$ada"},
       refused=("RequestError", "InvalidQualificationState", STATE + "Granted (")),
    op("DeleteQualificationType", {"QualificationTypeId": "$type"}),
    op("GetQualificationType", {"QualificationTypeId": "$type"},
       refused=("RequestError", "InvalidQualificationTypeState", STATE + "Active,Inactive (")),
]

STEPS = QUALIFICATIONS + PUBLISHING + REVIEWING + AFTERWARDS
