-- Fills a store that `hitd init` made, by sets: names in braces are numbers that bench/bench puts
-- in. Everything is as if it had gone through the market, so that hitd check is clean. The parts
-- are told apart by their comments "-- part:". Portable SQL.

-- part: workers
INSERT INTO party (id, public_id, role, email, name, country, password, state, adult, created_ms)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {workers})
SELECT {worker} + i, 'AB' || (100000000 + i), 2, 'worker' || i || '@example.org', 'Worker ' || i,
       'US', '', 0, 0, {now} - 864000000 FROM n;

INSERT INTO account (id, balance)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {workers} * 6)
SELECT ({worker} + i / 6) * 8 + 1 + i % 6, 0 FROM n;

INSERT INTO worker_stat (worker, accepted, submitted, approved, rejected, returned, abandoned,
                         day, day_accepted)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {workers})
SELECT {worker} + i, 0, 0, 0, 0, 0, 0, 0, 0 FROM n;

INSERT INTO document (id, digest, body)
VALUES ({batch0}, 'bench', '<p>${{image}}</p><p>${{words}}</p><input name="category">');

-- part: batch
INSERT INTO hit_type (id, requester, digest, title, description, keywords, reward_cents, duration_s,
                      auto_approval_s, requirements, masters, premium_cents, created_ms, open_hits,
                      events)
VALUES ({batch}, {requester}, 'bench {batch}', 'Say what the picture shows',
        'One look at one picture', 'picture, category', {reward}, 3600, 2592000, '[]', 0, 0,
        {now} - 172800000, 0, 0);

INSERT INTO batch (id, requester, project, kind, state, name, hit_type, document, columns, fields,
                   max_assignments, lifetime_s, fee_cents, created_ms, rows_total, rows_published,
                   slots, pending, submitted, approved, rejected)
VALUES ({batch}, {requester}, NULL, 1, 2, 'Pictures {batch}', {batch}, {batch0},
        '5:image5:words', '8:category7:comment', {slots}, 864000, {fee}, {now} - 172800000,
        {hits}, {hits}, {hits} * {slots}, 0, CASE {status} WHEN 2 THEN {hits} * {slots} ELSE 0 END,
        0, CASE {status} WHEN 4 THEN {hits} * {slots} ELSE 0 END);

INSERT INTO hit (id, requester, batch, hit_type, seq, vars, layout_hit, max_assignments, pending,
                 submitted, approved, rejected, expired, reviewing, many, fee_cents, reward_cents,
                 created_ms, expires_ms, activity_ms)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {hits})
SELECT {hit} + i, {requester}, {batch}, {batch}, i + 1,
       '39:https://example.org/pictures/' || (1000000000 + i) || '5:words', 0, {slots},
       0, CASE {status} WHEN 2 THEN {slots} ELSE 0 END, 0,
       CASE {status} WHEN 4 THEN {slots} ELSE 0 END, 0, 0, CASE WHEN {slots} >= 10 THEN 1 ELSE 0 END,
       {fee}, {reward}, {now} - 172800000, {now} + 691200000, {now} - 43200000 FROM n;

INSERT INTO batch_shape (batch, many, max_assignments, cost_cents, live, expired, used)
VALUES ({batch}, CASE WHEN {slots} >= 10 THEN 1 ELSE 0 END, {slots}, {reward} + {fee}, {hits}, 0, 0);

INSERT INTO assignment (id, hit, batch, requester, worker, status, version, reward_cents, fee_cents,
                        auto_approval_s, accepted_ms, deadline_ms, submitted_ms, auto_approval_ms,
                        rejected_ms, due_ms, entrance, feedback, rejection)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {hits} * {slots})
SELECT {assignment} + i, {hit} + i / {slots}, {batch}, {requester}, {worker} + i % {workers},
       {status}, CASE {status} WHEN 4 THEN 3 ELSE 2 END, {reward}, {fee}, 2592000,
       {now} - 90000000 + i % 3000000, {now} - 86400000 + i % 3000000, {now} - 86500000 + i % 3000000,
       {now} - 86500000 + i % 3000000 + 2592000000,
       CASE {status} WHEN 4 THEN {now} - 43200000 END,
       CASE {status} WHEN 2 THEN {now} - 86500000 + i % 3000000 + 2592000000 END,
       CASE {status} WHEN 4 THEN 3 END,
       CASE {status} WHEN 4 THEN 'The picture shows something else.' END,
       CASE {status} WHEN 4 THEN 'The picture shows something else.' END
FROM n;

INSERT INTO answer (assignment, fields)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {hits} * {slots})
SELECT {assignment} + i, '8:category1:14:cats7:comment1:122:Seen ' || (100000000 + i) || ' clearly'
FROM n;

UPDATE worker_stat SET accepted = accepted + x.n, submitted = submitted + x.n,
       rejected = rejected + CASE {status} WHEN 4 THEN x.n ELSE 0 END
FROM (SELECT worker AS w, COUNT(*) AS n FROM assignment
      WHERE id >= {assignment} AND id < {assignment} + {hits} * {slots} GROUP BY worker) AS x
WHERE worker_stat.worker = x.w;

INSERT INTO transfer (at_ms, kind, debit, credit, cents, requester)
VALUES ({now} - 172800000, 1, {requester} * 8 + 5, {requester} * 8 + 1,
        2 * {hits} * {slots} * ({reward} + {fee}), {requester});
INSERT INTO transfer (at_ms, kind, debit, credit, cents, requester, batch)
VALUES ({now} - 172800000, 3, {requester} * 8 + 1, {requester} * 8 + 2,
        {hits} * {slots} * ({reward} + {fee}), {requester}, {batch});
UPDATE account SET balance = balance - 2 * {hits} * {slots} * ({reward} + {fee})
WHERE id = {requester} * 8 + 5;
UPDATE account SET balance = balance + CASE {status} WHEN 4 THEN 2 ELSE 1 END
                                       * {hits} * {slots} * ({reward} + {fee})
WHERE id = {requester} * 8 + 1;
UPDATE account SET balance = balance + CASE {status} WHEN 4 THEN 0 ELSE 1 END
                                       * {hits} * {slots} * ({reward} + {fee})
WHERE id = {requester} * 8 + 2;

-- part: rejected
INSERT INTO settlement (id, requester, entrance, actor, at_ms, avail_before, avail_after, approved,
                        rejected, overturned, reward_cents, fee_cents, released_cents)
VALUES ({batch}, {requester}, 3, {requester}, {now} - 43200000, 0,
        {hits} * {slots} * ({reward} + {fee}), 0, {hits} * {slots}, 0, 0, 0,
        {hits} * {slots} * ({reward} + {fee}));
INSERT INTO requester_day (requester, day, approved, rejected, overturned, by_clock)
VALUES ({requester}, ({now} - 43200000) / 86400000, 0, {hits} * {slots}, 0, 0)
ON CONFLICT (requester, day) DO UPDATE SET rejected = requester_day.rejected + excluded.rejected;
INSERT INTO decision (settlement, assignment, hit, batch, worker, verdict, old_status, at_ms,
                      reward_cents, fee_cents, feedback)
SELECT {batch}, id, hit, batch, worker, 2, 2, rejected_ms, reward_cents, fee_cents, rejection
FROM assignment WHERE id >= {assignment} AND id < {assignment} + {hits} * {slots} ORDER BY id;
INSERT INTO transfer (at_ms, kind, debit, credit, cents, requester, batch, hit, assignment,
                      settlement)
SELECT rejected_ms, 4, {requester} * 8 + 2, {requester} * 8 + 1, reward_cents + fee_cents,
       requester, batch, hit, id, {batch}
FROM assignment WHERE id >= {assignment} AND id < {assignment} + {hits} * {slots} ORDER BY id;
INSERT INTO pair_day (requester, worker, day, approved, rejected)
SELECT {requester}, worker, rejected_ms / 86400000, 0, COUNT(*)
FROM assignment WHERE id >= {assignment} AND id < {assignment} + {hits} * {slots}
GROUP BY worker, rejected_ms / 86400000
ON CONFLICT (requester, worker, day) DO UPDATE SET
    rejected = pair_day.rejected + excluded.rejected;
