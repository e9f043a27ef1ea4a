#include "api/answer.h"

#include "api/requirement.h"

static const struct word hit_words[] = {
    {"Assignable", 1}, {"Unassignable", 2}, {"Reviewable", 3},
    {"Reviewing", 4},  {"Disposed", 5},     {NULL, 0},
};

/* NotReviewed always: the others belong to a review that no operation does (requester-api 3.1). */
static const struct word review_words[] = {
    {"NotReviewed", 1},
    {"MarkedForReview", 2},
    {"ReviewedAppropriate", 3},
    {"ReviewedInappropriate", 4},
    {NULL, 0},
};

static const struct word assignment_words[] = {
    {"Submitted", 1},
    {"Approved", 2},
    {"Rejected", 3},
    {NULL, 0},
};

const struct field answer_hit_members[] = {
    ANSWER("HITId", F_TEXT, "the HIT"),
    ANSWER("HITTypeId", F_TEXT, "its type"),
    ANSWER("HITGroupId", F_TEXT, "the group that workers see it in"),
    ANSWER_MAYBE("HITLayoutId", F_TEXT, "when it was made from a layout"),
    ANSWER("CreationTime", F_TIME, "when it was published"),
    ANSWER("Title", F_TEXT, "of the type"),
    ANSWER("Description", F_TEXT, "of the type"),
    ANSWER("Question", F_TEXT, "the document as given, or the layout filled in"),
    ANSWER("Keywords", F_TEXT, "of the type; an empty text when it has none"),
    {.name = "HITStatus",
     .type = F_ENUM,
     .required = true,
     .words = hit_words,
     .help = "where it is in its life"},
    ANSWER("MaxAssignments", F_INT, "how many workers may do it"),
    ANSWER("Reward", F_MONEY, "for one approved assignment"),
    ANSWER("AutoApprovalDelayInSeconds", F_INT, "of the type"),
    ANSWER("Expiration", F_TIME, "no worker accepts it from then on"),
    ANSWER("AssignmentDurationInSeconds", F_INT, "of the type"),
    ANSWER_MAYBE("RequesterAnnotation", F_TEXT, "when one was given"),
    ANSWER_OF("QualificationRequirements", F_OBJECTS, requirement_fields,
              "QualificationRequirement", "of the type"),
    {.name = "HITReviewStatus",
     .type = F_ENUM,
     .required = true,
     .words = review_words,
     .help = "NotReviewed; no operation changes it"},
    ANSWER("NumberOfAssignmentsPending", F_INT, "accepted and not yet submitted"),
    ANSWER("NumberOfAssignmentsAvailable", F_INT, "to be accepted now; 0 once expired"),
    ANSWER("NumberOfAssignmentsCompleted", F_INT, "approved or rejected"),
    {0},
};

const struct field answer_assignment_members[] = {
    ANSWER("AssignmentId", F_TEXT, "the assignment"),
    ANSWER("WorkerId", F_TEXT, "whose work it is"),
    ANSWER("HITId", F_TEXT, "the HIT"),
    {.name = "AssignmentStatus",
     .type = F_ENUM,
     .required = true,
     .words = assignment_words,
     .help = "what became of it"},
    ANSWER("AutoApprovalTime", F_TIME, "when it is approved unless it is decided before"),
    ANSWER("AcceptTime", F_TIME, "when the worker took it"),
    ANSWER("SubmitTime", F_TIME, "when he handed it in"),
    ANSWER_MAYBE("ApprovalTime", F_TIME, "when it was approved"),
    ANSWER_MAYBE("RejectionTime", F_TIME, "when it was rejected; stays after an overturn"),
    ANSWER_MAYBE("Deadline", F_TIME, "until when it could be handed in"),
    ANSWER("Answer", F_TEXT, "a QuestionFormAnswers document"),
    ANSWER_MAYBE("RequesterFeedback", F_TEXT, "of the last decision, when given"),
    {0},
};

const struct field answer_nothing[] = {{0}};

const struct field answer_hit[] = {
    ANSWER_OF("HIT", F_OBJECT, answer_hit_members, "HIT", "the whole HIT"),
    {0},
};

const struct field answer_hits[] = {
    ANSWER_OF("HITs", F_OBJECTS, answer_hit_members, "HIT", "whole HITs"),
    ANSWER_PAGE,
    {0},
};
