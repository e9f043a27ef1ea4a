#!/usr/bin/env python3
"""Writes the sample results files of this folder, always the same bytes.

Invented content in the exact form of the old service's downloads: every cell quoted, CRLF between
rows, no line end after the last, rows two cells shorter than the header. The files hold what a
market must carry: several kinds of answers, line breaks and quotes in cells, text outside ASCII.
"""
import csv
import datetime
import json
import os
import random

FIXED = ("HITId HITTypeId Title Description Keywords Reward CreationTime MaxAssignments "
         "RequesterAnnotation AssignmentDurationInSeconds AutoApprovalDelayInSeconds Expiration "
         "NumberOfSimilarHITs LifetimeInSeconds AssignmentId WorkerId AssignmentStatus AcceptTime "
         "SubmitTime AutoApprovalTime ApprovalTime RejectionTime RequesterFeedback "
         "WorkTimeInSeconds LifetimeApprovalRate Last30DaysApprovalRate "
         "Last7DaysApprovalRate").split()
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
HERE = os.path.dirname(os.path.abspath(__file__))
START = datetime.datetime(2026, 11, 3, 8, 0, 0)  # Pacific Standard Time throughout


def ident(rnd, first="3", length=30):
    return first + "".join(rnd.choice(LETTERS) for _ in range(length - 1))


def when(t):
    return t.strftime("%a %b %d %H:%M:%S PST %Y") if t else ""


def percent(good, all_):
    return f"{(200 * good + all_) // (2 * all_) if all_ else 0}% ({good}/{all_})"


def write(name, batch, rnd, workers, hits, per_hit):
    """hits: list of (input dict, function that gives an answer dict)."""
    inputs = list(hits[0][0])
    rows = []
    hit_type = ident(rnd)
    for n, (row, answer) in enumerate(hits):
        created = START + datetime.timedelta(seconds=n // 20)
        hit = ident(rnd)
        done = []
        for worker in rnd.sample(workers, per_hit):
            accept = created + datetime.timedelta(seconds=rnd.randint(60, 6 * 86400))
            submit = accept + datetime.timedelta(seconds=rnd.randint(12, 900))
            auto = submit + datetime.timedelta(seconds=batch["auto"])
            approval = submit + datetime.timedelta(seconds=rnd.randint(600, 2 * 86400))
            decided = rnd.random() < 0.85
            done.append({
                "HITId": hit, "HITTypeId": hit_type, "Title": batch["title"],
                "Description": batch["description"], "Keywords": batch["keywords"],
                "Reward": batch["reward"], "CreationTime": when(created),
                "MaxAssignments": per_hit,
                "RequesterAnnotation": f"BatchId:{batch['id']};OriginalHitTemplateId:928390866;",
                "AssignmentDurationInSeconds": 3600,
                "AutoApprovalDelayInSeconds": batch["auto"],
                "Expiration": when(created + datetime.timedelta(days=7)),
                "AssignmentId": ident(rnd), "WorkerId": worker,
                "AssignmentStatus": "Approved" if decided else "Submitted",
                "AcceptTime": when(accept), "SubmitTime": when(submit),
                "AutoApprovalTime": when(auto), "ApprovalTime": when(approval) if decided else "",
                "WorkTimeInSeconds": int((submit - accept).total_seconds()),
                "Input": row, "Answer": answer(rnd)})
        rows += sorted(done, key=lambda r: r["AssignmentId"])
    tally = {}
    for r in rows:
        good, all_ = tally.get(r["WorkerId"], (0, 0))
        decided = r["AssignmentStatus"] == "Approved"
        tally[r["WorkerId"]] = (good + decided, all_ + decided)
    answers = sorted({k for r in rows for k in r["Answer"]}, key=lambda s: s.encode())
    path = os.path.join(HERE, name)
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        out.writerow(FIXED + ["Input." + i for i in inputs] + ["Answer." + a for a in answers] +
                     ["Approve", "Reject"])
        for r in rows:
            rate = percent(*tally[r["WorkerId"]])
            for column in FIXED[-3:]:
                r[column] = rate
            out.writerow([r.get(c, "") for c in FIXED] + [r["Input"][i] for i in inputs] +
                         [r["Answer"].get(a, "") for a in answers])
        f.truncate(f.tell() - 2)
    print(f"{name}: {len(rows)} assignments of {len(hits)} HITs")


def birds(rnd):
    places = ["Sandur, Faroe Islands", "Øygarden", "Kraków", "Łeba", "São Roque", "Český Krumlov",
              "Port Alberni", "Hállormsstaður", "Nida", "Tórshavn"]
    def answer(r):
        kinds = r.sample(["heron", "gull", "swan", "crow", "none"], r.randint(1, 2))
        out = {"birds": "|".join(kinds), "sharp": r.choice(["yes", "no"]),
               "note": r.choice(["", "", "", "two of them, one half hidden", "it is a decoy",
                                 "sun in the lens; guessing", "the ring says \"B-41\"",
                                 "zdjęcie nieostre", "後ろ向きです"])}
        if "none" in kinds:
            out["why_none"] = "empty sky"
        return out
    return [({"image_url": f"https://images.example.org/shore/{n:04d}.jpg",
              "place": places[n % len(places)]}, answer) for n in range(1, 61)]


def reviews(rnd):
    lines = ["The kettle whistles in tune, which is more than I hoped for.",
             "Broke on day two. The hinge is made of hope.",
             "It is a lamp. It lamps.",
             "Lieferung schnell, Anleitung nur auf Finnisch – macht nichts 🙂",
             "=1+1 is printed on the box, nobody knows why",
             "@home it works, @work it does not"]
    def answer(r):
        mood = r.choice(["positive", "neutral", "negative"])
        value = {"mood": {m: m == mood for m in ("positive", "neutral", "negative")},
                 "because": r.choice(["tone", "plain words", "the joke in it", "négation claire"])}
        return {"taskAnswers": json.dumps([value], ensure_ascii=False, separators=(",", ":"))}
    return [({"review_id": str(90000 + n), "text": lines[n % len(lines)]}, answer)
            for n in range(40)]


def letters(rnd):
    def answer(r):
        return {"text": r.choice(["Dear aunt,\nthe boat came on Tuesday.\n\nYours, E.",
                                  "Dear aunt,\r\nthe boat came on Tuesday.",
                                  "dear aunt the boat came on tuesday",
                                  "Chère tante,\nle bateau est arrivé mardi.\n"]),
                "hand.label": r.choice(["pencil", "ink"]),
                "hand.legible": r.choice(["true", "false"]),
                "lines": r.choice(["3", "4", "5"])}
    return [({"scan": f"https://images.example.org/letters/{n:03d}.png",
              "hint": "Written in 1911,\nprobably in \"Old Town\""}, answer) for n in range(1, 31)]


def main():
    rnd = random.Random(20261103)
    workers = [ident(rnd, "A", 14) for _ in range(40)]
    write("Batch_4100211_batch_results.csv", {
        "id": 4100211, "title": "Which birds are in this picture?",
        "description": "Look at one picture of a shore and tick the birds you see.",
        "keywords": "image, birds, tagging, quick", "reward": "$0.08", "auto": 1209600},
        rnd, workers, birds(rnd), 3)
    write("Batch_4100212_batch_results.csv", {
        "id": 4100212, "title": "How does this product review feel?",
        "description": "Read a short review and say whether it is positive or negative.",
        "keywords": "text, sentiment, review", "reward": "$0.05", "auto": 1209600},
        rnd, workers, reviews(rnd), 2)
    write("Batch_4100213_batch_results.csv", {
        "id": 4100213, "title": "Type a handwritten letter",
        "description": "Type what stands in a scanned letter, line by line.",
        "keywords": "transcription, handwriting, letters", "reward": "$0.25", "auto": 1209600},
        rnd, workers, letters(rnd), 3)


if __name__ == "__main__":
    main()
