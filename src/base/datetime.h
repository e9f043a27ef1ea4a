/* Points in time are int64_t milliseconds since 1970-01-01 UTC, lengths of time int64_t seconds
 * (name ends in _s) or milliseconds (_ms). No time zone data of the system is used.
 */
#ifndef BASE_DATETIME_H
#define BASE_DATETIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define DAY_MS INT64_C(86400000)

int64_t time_wall_ms(void);      /* the machine's clock */
int64_t time_monotonic_us(void); /* for measuring */

/* Days since 1970-01-01 of a civil date (proleptic Gregorian), and back. */
int64_t time_days_from_civil(int64_t year, int month, int day);
void time_civil_from_days(int64_t days, int64_t *year, int *month, int *day);

/* "2026-12-24T00:00:00Z", with ".123" before Z only when the milliseconds are not 0. */
struct str time_iso(struct arena *a, int64_t ms);

/* Reads ISO 8601: date, or date and time with optional seconds and fraction, Z or +hh:mm; a
 * missing zone is UTC. The whole text or false. */
bool time_parse_iso(struct str s, int64_t *ms);

/* The file form of csv-formats 1.5, "Tue Mar 12 10:11:12 PDT 2019", in Pacific time by the rule
 * since 2007, whole seconds (cut off); the same in UTC. */
struct str time_pacific(struct arena *a, int64_t ms);
struct str time_file(struct arena *a, int64_t ms, bool utc);

/* Reads that form with PST, PDT, UTC or GMT, and "2018-06-08 15:14:39 UTC". */
bool time_parse_file(struct str s, int64_t *ms);

/* Offset of Pacific time from UTC at ms: -25200 (PDT) or -28800 (PST) seconds. */
int time_pacific_offset_s(int64_t ms);

#endif
