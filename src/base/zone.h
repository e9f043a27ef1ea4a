/* Time zones in which pages show times. A short list by rule, in the program itself: nothing is
 * read from the system, whose data is often missing in containers, and no call changes the process.
 *
 * A zone has an offset and, for some, a rule for summer time as it is today; times before a rule
 * was made are shown by it all the same (as the Pacific time of results files is).
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stddef.h>

#include "base/datetime.h"

struct zone;

/* By its name in the IANA list ("Europe/Berlin"); NULL for any other text. */
const struct zone *zone_find(struct str name);

/* The i-th of the list, west to east; NULL behind the last. */
const struct zone *zone_at(size_t i);

const char *zone_name(const struct zone *zone);  /* "Europe/Berlin" */
const char *zone_label(const struct zone *zone); /* "Central Europe (Berlin, Paris, Rome)" */

/* Seconds east of UTC at that moment; *letters, if not NULL, gets what is written behind the time
 * ("CEST"). NULL is UTC. */
int zone_offset_s(const struct zone *zone, int64_t ms, const char **letters);

/* The moment at which the clocks of the zone show these milliseconds since 1970-01-01 00:00 of
 * theirs. Of an hour that comes twice, the first; one that is left out is taken as if it were
 * not. NULL is UTC. */
int64_t zone_to_utc(const struct zone *zone, int64_t local_ms);

#endif
