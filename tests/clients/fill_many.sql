-- What bench/fill.sql does not make: n of everything else that the API lists, for test_many.py.
-- Numbers and names in braces are put in by it. Portable SQL.

UPDATE hit_type SET requirements =
    '[{{"QualificationTypeId":"{type_id}","Comparator":"Exists","ActionsGuarded":"Accept"}}]'
WHERE id = {narrow};
INSERT INTO hit_type_requirement (hit_type, qualification) VALUES ({narrow}, '{type_id}');

INSERT INTO qualification (type, worker, value, status, granted_ms)
SELECT {type}, id, id % 7, 1, {now} - id / 3 FROM party WHERE id >= {worker} AND id < {worker} + {n};

INSERT INTO qualification_request (type, requester, worker, state, asked_ms)
SELECT {type}, {requester}, id, 1, {now} - id / 3
FROM party WHERE id >= {worker} AND id < {worker} + {n};

INSERT INTO worker_block (requester, worker, reason, created_ms)
SELECT {requester}, id, 'spam', {now} - id / 3
FROM party WHERE id >= {worker} AND id < {worker} + {n};

INSERT INTO qualification_type (requester, name, description, keywords, active, auto_granted,
                                auto_value, created_ms)
SELECT {requester}, 'Type ' || (id % 100) || ' ' || id, 'd', '', 1, 0, 1, {now}
FROM party WHERE id >= {worker} AND id < {worker} + {n} - 1;

-- A cent to each worker of the wide HIT, and a cent of fee.
INSERT INTO bonus (requester, worker, hit, assignment, cents, fee_cents, reason, at_ms)
SELECT {requester}, worker, hit, id, 1, 1, 'thanks', {now} - worker / 3
FROM assignment WHERE batch = {wide};
INSERT INTO transfer (at_ms, kind, debit, credit, cents, requester, batch, hit, assignment)
SELECT {now}, 10, {requester} * 8 + 1, worker * 8 + 3, 1, requester, batch, hit, id
FROM assignment WHERE batch = {wide};
INSERT INTO transfer (at_ms, kind, debit, credit, cents, requester, batch, hit, assignment)
SELECT {now}, 11, {requester} * 8 + 1, {requester} * 8 + 4, 1, requester, batch, hit, id
FROM assignment WHERE batch = {wide};
UPDATE account SET balance = balance - 2 * {n} WHERE id = {requester} * 8 + 1;
UPDATE account SET balance = balance + {n} WHERE id = {requester} * 8 + 4;
UPDATE account SET balance = balance + 1
WHERE id IN (SELECT worker * 8 + 3 FROM assignment WHERE batch = {wide});

INSERT INTO policy_line (hit, level, name, status, at_ms)
VALUES ({policy_hit}, 1, 'review', 2, {now});
INSERT INTO policy_line (hit, level, action, name, question, value, status, at_ms)
SELECT {policy_hit}, 1, x.action, 'KnownAnswerCorrect', 'q' || p.id, '1', 0, {now}
FROM party p, (SELECT MAX(id) AS action FROM policy_line WHERE hit = {policy_hit}) AS x
WHERE p.id >= {worker} AND p.id < {worker} + {n} - 1;
