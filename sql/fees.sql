-- Fee settings (src/market/fees.c): fees, fee_….

-- name: fee_settings :many
-- out: key text, value text
SELECT key, value FROM meta
WHERE key IN ('fee_base_pct', 'fee_bonus_pct', 'fee_many_from', 'fee_many_pct', 'fee_masters_pct',
              'fee_min_cents', 'fees')
ORDER BY key;
