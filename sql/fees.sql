-- Fee settings (src/market/fees.c): fees, fee_….

-- name: fee_settings :many
-- out: key text, value text
SELECT key, value FROM meta WHERE key >= 'fee' AND key < 'fee_premium_' ORDER BY key;
